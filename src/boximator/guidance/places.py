"""Objects at the tokens of an attention site: who is where, in the order in which the site has its tokens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor

from boximator.guidance.sites import Kind
from boximator.guidance.stage import Stage
from boximator.scene.plan import ControlPlan


def grid_of(tokens: int, *, grid: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of a U-Net's level that has so many tokens a frame: the latents' halved some times, up."""
    rows, columns = grid
    while rows * columns > tokens:
        rows, columns = -(-rows // 2), -(-columns // 2)
    assert rows * columns == tokens, f"{tokens} tokens are no level of latents of {grid}"
    return rows, columns


@dataclass(frozen=True, eq=False)
class Map:
    """Objects on the latent frames of one grid: where they are, and how near to the middle (`regions.bell`)."""

    inside: Float[Tensor, "objects latents rows columns"]
    bell: Float[Tensor, "objects latents rows columns"]

    @property
    def frames(self) -> int:
        """Latent frames."""
        return self.inside.shape[1]

    @property
    def tokens(self) -> int:
        """Of all latent frames."""
        return self.inside[0].numel()

    @cached_property
    def share(self) -> Float[Tensor, " objects"]:
        """Mean share of the frame that each object has."""
        return self.inside.mean(dim=(1, 2, 3))


class Places:
    """A plan's objects at any site of a stage."""

    def __init__(self, stage: Stage, *, plan: ControlPlan) -> None:
        self.stage = stage
        self.plan = plan
        self._maps: dict[tuple[int, int], Map] = {}

    def on(self, grid: tuple[int, int]) -> Map:
        """The map of a grid, made once."""
        if grid not in self._maps:
            inside, bell = (self.stage.regions(self.plan, grid=grid, soft=soft) for soft in (False, True))
            self._maps[grid] = Map(inside=inside, bell=bell)
        return self._maps[grid]

    def at(self, kind: Kind, *, tokens: int, rows: int, batch: int) -> Map:
        """The map of a site's grid.

        Args:
            kind: the site's.
            tokens: visual tokens in one row of attention's batch.
            rows: rows of attention's batch.
            batch: videos in the call.
        """
        if kind in ("space", "frame_words"):
            grid = grid_of(tokens, grid=self.stage.grid)
        elif kind == "time":
            grid = grid_of(rows // batch, grid=self.stage.grid)
        else:
            grid = (self.stage.grid[0] // self.stage.patch[0], self.stage.grid[1] // self.stage.patch[1])
        return self.on(grid)


def ordered(
    planes: Float[Tensor, "objects latents rows columns"], *, kind: Kind, rows: int
) -> Float[Tensor, "rows tokens objects"]:
    """Planes in the order of a site's visual tokens, for every one of ``rows`` rows of attention's batch."""
    if kind in ("space", "frame_words"):
        table = rearrange(planes, "n f h w -> f (h w) n")
    elif kind == "time":
        table = rearrange(planes, "n f h w -> (h w) f n")
    else:
        table = rearrange(planes, "n f h w -> 1 (f h w) n")
    return table.repeat(rows // table.shape[0], 1, 1)


def with_ground(members: Float[Tensor, "rows tokens objects"]) -> Float[Tensor, "rows tokens groups"]:
    """One more group: the background, which is where no object is."""
    return torch.cat([members, 1 - members.amax(dim=-1, keepdim=True)], dim=-1)
