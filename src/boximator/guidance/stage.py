"""What a training-free method is told of the base it works on: pure facts, made by `boximator.bases.stages`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn

from boximator.guidance.reference import Reference
from boximator.guidance.regions import bell, covered, objects, track_boxes
from boximator.scene.plan import ControlPlan


class Levels(Protocol):
    """The noise levels of a sampler. Step 0 is the first; after the last stands the clean state."""

    def noised(self, clean: Tensor, *, noise: Tensor, step: int) -> Tensor:
        """What a clean state is like when ``step`` begins."""
        ...

    def model_input(self, latents: Tensor, *, step: int) -> Tensor:
        """What the denoiser is given for latents at the beginning of ``step``."""
        ...

    def timestep(self, step: int) -> float:
        """What the denoiser is told of the time."""
        ...


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Axes of latents. ``frames`` is the axis of latent frames (1 or 2; channels have the other), and ``packed`` how
    many video frames stand behind each other in the channels of one latent frame."""

    frames: int = 2
    packed: int = 1

    def unpack(self, latents: Tensor) -> Float[Tensor, "batch channels planes rows columns"]:
        """Every video frame a plane of its own."""
        if self.frames == 1:
            return rearrange(latents, "b f c h w -> b c f h w")
        return rearrange(latents, "b (r c) g h w -> b c (g r) h w", r=self.packed)

    def pack(self, planes: Float[Tensor, "batch channels planes rows columns"]) -> Tensor:
        """The inverse of `unpack`."""
        if self.frames == 1:
            return rearrange(planes, "b c f h w -> b f c h w")
        return rearrange(planes, "b c (g r) h w -> b (r c) g h w", r=self.packed)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One base, ready for clips of one size.

    Attributes:
        family: the base's name in messages.
        denoisers: its networks, of which one is called at each step.
        shape: of the latents of one video, the batch (1) first.
        layout: their axes.
        shows: for each plane of `Layout.unpack` the video frame it stands for.
        anchored: for each channel whether it speaks of the first picture's places: then an object stands in its
            first box in every plane. Other channels speak of places in their own frame.
        levels: the noise levels of the sampler.
        encode: reference clip -> clean latents.
        patch: rows and columns of latents in one token (of transformers).
        still: clean latents of "the first picture stands still", for bases whose latents leave frame 0 out.
    """

    family: str
    denoisers: tuple[nn.Module, ...]
    shape: tuple[int, ...]
    layout: Layout
    shows: tuple[int, ...]
    anchored: Bool[Tensor, " channels"]
    levels: Levels
    encode: Callable[[Reference], Tensor]
    patch: tuple[int, int] = (1, 1)
    still: Tensor | None = None

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of latents."""
        return self.shape[-2], self.shape[-1]

    @property
    def latents(self) -> int:
        """Latent frames."""
        return len(self.shows) // self.layout.packed

    def middle(self, latent: int) -> int:
        """The video frame in the middle of those that a latent frame holds."""
        return self.shows[latent * self.layout.packed + self.layout.packed // 2]

    def inside(self, plan: ControlPlan, *, slots: tuple[int, ...]) -> Bool[Tensor, "..."]:
        """Which latents belong to an object: a mask of the latents' shape."""
        planes = torch.zeros(len(self.anchored), len(self.shows), *self.grid, dtype=torch.bool)
        for slot in slots:
            boxes, shown = track_boxes(plan, slot=slot)
            region = covered(boxes, shown=shown, grid=self.grid)
            planes[~self.anchored] |= region[list(self.shows)]
            planes[self.anchored] |= region[0]
        return self.layout.pack(planes[None])

    def regions(
        self, plan: ControlPlan, *, grid: tuple[int, int], soft: bool = False
    ) -> Float[Tensor, "objects latents rows columns"]:
        """Where each object is in every latent frame: 1 or 0, or with ``soft`` its `bell`. A latent frame that holds
        several frames has it in all their boxes, and where channels are anchored in its first box too."""
        found: list[Tensor] = []
        for slot in objects(plan):
            boxes, shown = track_boxes(plan, slot=slot)
            region = (
                bell(boxes, shown=shown, grid=grid)
                if soft
                else covered(boxes, shown=shown, grid=grid).float()
            )
            planes = rearrange(region[list(self.shows)], "(g r) h w -> g r h w", r=self.layout.packed).amax(
                dim=1
            )
            found.append(torch.maximum(planes, region[0]) if self.anchored.any() else planes)
        return torch.stack(found)
