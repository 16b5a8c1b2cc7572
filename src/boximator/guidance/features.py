"""Features of all frames in one space: self-attention's outputs when every frame looks at frame 0 only (SG-I2V)."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from boximator.guidance.editing import Attend, editing
from boximator.guidance.places import grid_of
from boximator.guidance.sites import Site, sites
from boximator.guidance.stage import Stage
from boximator.guidance.watch import Call
from boximator.scene.problem import Problem


def feature_sites(denoiser: nn.Module) -> tuple[Site, ...]:
    """The authors' two layers, or what comes nearest to them.

    In a U-Net those within a frame of the last two attentions of the last up block but one that has any (SVD's block
    2, attentions 1 and 2); in a transformer the first two blocks of the last third.
    """
    found = [site for site in sites(denoiser) if site.kind in ("space", "video")]
    if found and found[0].kind == "video":
        start = 2 * len(found) // 3
        return tuple(found[start : start + 2])
    blocks = sorted(
        {site.path.split(".")[1] for site in found if site.path.startswith("up_blocks.")}, key=int
    )
    if not blocks:
        raise Problem(
            given=f"{type(denoiser).__name__} has no attention within a frame on its way up",
            wanted="sg-i2v compares features of the up blocks",
            fix="Use the method ttm",
        )
    chosen = blocks[-2:][0]
    return tuple(site for site in found if site.path.startswith(f"up_blocks.{chosen}."))[-2:]


@dataclass(frozen=True, eq=False)
class Features:
    """Of every latent frame, and of frame 0 without a gradient, on the latents' grid."""

    frames: Float[Tensor, "latents channels rows columns"]
    first: Float[Tensor, "channels rows columns"]


class Reader:
    """Runs a base's network for its features. ``noise`` is what a state that stands still is noised with."""

    def __init__(self, stage: Stage, *, noise: Tensor) -> None:
        self.stage = stage
        self.noise = noise

    def read(self, call: Call, *, latents: Tensor, step: int) -> Features:
        """The features of one video's latents at the beginning of ``step``; gradients reach the latents.

        Args:
            call: how the pipeline last called the network.
        """
        places = feature_sites(call.denoiser)
        kept: list[Tensor] = []

        def keep(_module: object, _given: object, answer: Tensor) -> None:
            kept.append(answer)

        with ExitStack() as stack:
            for site in places:
                stack.callback(site.module.register_forward_hook(keep).remove)
            stack.enter_context(editing(places, make=self._to_first, method="sg-i2v"))
            call.denoiser(**self._arguments(call, latents=latents, step=step))
        planes = [self._planes(answer, site=site) for answer, site in zip(kept, places, strict=True)]
        joined = torch.cat(
            [functional.interpolate(each, size=self.stage.grid, mode="bilinear") for each in planes], 1
        )
        latent = self.stage.latents
        first = joined[0] if self.stage.still is None else joined[latent]
        return Features(frames=joined[:latent], first=first.detach())

    def _to_first(self, site: Site) -> Attend:
        """Every token looks at the tokens of frame 0 (or of the still video's first latent frame) only."""

        def first(part: Tensor) -> Tensor:
            if site.kind == "space":
                return part[:1].detach().expand_as(part)
            tokens = part.shape[2] // self.stage.latents
            return part[-1:, :, :tokens].detach().expand(len(part), -1, -1, -1)

        def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            return functional.scaled_dot_product_attention(query, first(key), first(value))

        return attend

    def _planes(self, answer: Tensor, *, site: Site) -> Float[Tensor, "frames channels rows columns"]:
        if site.kind == "space":
            rows, columns = grid_of(answer.shape[1], grid=self.stage.grid)
            return rearrange(answer, "f (h w) c -> f c h w", h=rows, w=columns)
        rows, columns = (size // by for size, by in zip(self.stage.grid, self.stage.patch, strict=True))
        return rearrange(answer, "b (f h w) c -> (b f) c h w", h=rows, w=columns)

    def _arguments(self, call: Call, *, latents: Tensor, step: int) -> dict[str, Any]:
        """The call's, with other latents at another step, and of guidance its conditional half alone (the last row).
        Where the stage knows a state that stands still, it comes as a second video."""
        states, rows = [latents], call.sample.shape[0]
        if self.stage.still is not None:
            still = self.stage.still.to(latents)
            states.append(self.stage.levels.noised(still, noise=self.noise.to(latents), step=step))
        arguments = {
            name: torch.cat([value[-1:]] * len(states)) if _by_video(value, rows=rows) else value
            for name, value in call.arguments.items()
        }
        arguments["timestep"] = torch.full_like(arguments["timestep"], self.stage.levels.timestep(step))
        axis = 2 if self.stage.layout.frames == 1 else 1
        given = torch.cat([self.stage.levels.model_input(state, step=step) for state in states])
        whole = arguments[call.sample_name]
        beside = whole.narrow(axis, given.shape[axis], whole.shape[axis] - given.shape[axis])
        arguments[call.sample_name] = torch.cat([given.to(whole.dtype), beside], dim=axis)
        return arguments


def _by_video(value: object, *, rows: int) -> bool:
    return isinstance(value, Tensor) and value.ndim > 0 and value.shape[0] == rows
