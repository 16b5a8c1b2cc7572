"""Entry `backward`: backward flow, visibility and colour in each frame's own coordinates.

Frame = visibility * warp(picture, flow) + (1 - visibility) * colour, as LFDM (arXiv 2303.13744) draws.
"""

from __future__ import annotations

import numpy as np
import torch
from einops import rearrange, repeat
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional as F

from boximator.pocket.layout import PACK
from boximator.pocket.state import COLOUR_SCALE, FLOW_SCALE, HIDDEN_SCALE, to_cells
from boximator.training.base_task import COLOUR_WEIGHT, HIDDEN_WEIGHT
from boximator.training.contest.keep import enlarged
from boximator.training.contest.shot import Needs, Shot
from boximator.training.contest.state import Group, as_bytes, packed, unpacked

_ALIKE = 0.15  # difference of colour ([-1, 1]) at which a neighbour's flow is trusted a third as much


class BackwardState:
    """Colour, backward flow, hidden."""

    needs = Needs(backward=True)
    groups = (
        Group("colour", channels=3 * PACK, weight=COLOUR_WEIGHT),
        Group("flow", channels=2 * PACK, weight=1.0),
        Group("hidden", channels=PACK, weight=HIDDEN_WEIGHT),
    )

    def encode(self, shot: Shot) -> Float[Tensor, "batch channels latent rows columns"]:
        """With the scales of `boximator.pocket.state`."""
        assert shot.back_flow is not None, "the shot has no backward flow"
        assert shot.back_visible is not None, "the shot has no backward visibility"
        parts = (
            COLOUR_SCALE * (shot.batch.colour - to_cells(shot.picture)[:, None]),
            FLOW_SCALE * shot.back_flow,
            HIDDEN_SCALE * (1 - shot.back_visible)[:, :, None],
        )
        return torch.cat([packed(part) for part in parts], dim=1)

    def render(
        self, state: Float[Tensor, "batch channels latent rows columns"], *, shot: Shot
    ) -> UInt8[np.ndarray, "batch later height width 3"]:
        """Warp, and colour where there is nothing to be warped."""
        colour, flow, hidden = (
            unpacked(part) for part in state.split([group.channels for group in self.groups], dim=1)
        )
        cells = colour / COLOUR_SCALE + to_cells(shot.picture)[:, None]
        wanted = enlarged(cells, like=shot.picture)
        visible = (1 - enlarged(hidden / HIDDEN_SCALE, like=shot.picture)).clamp(0, 1)
        carried = warped(shot.picture, flow=flow / FLOW_SCALE, wanted=wanted)
        return as_bytes(visible * carried + (1 - visible) * wanted)


def warped(
    picture: Float[Tensor, "batch 3 height width"],
    *,
    flow: Float[Tensor, "batch later 2 rows columns"],
    wanted: Float[Tensor, "batch later 3 height width"],
) -> Float[Tensor, "batch later 3 height width"]:
    """Every pixel fetched by the flows of the four cells round it.

    They count by nearness, and by how well what they fetch agrees with the ``wanted`` colours: a pixel on a rim takes
    the thing's flow or the background's, not their mean, which fetches what stands between them.
    """
    later, (rows, columns) = flow.shape[1], flow.shape[-2:]
    height, width = picture.shape[-2:]
    y, x = _places(height, cells=rows), _places(width, cells=columns)
    source = repeat(picture, "b c h w -> (b t) c h w", t=later)
    goal = rearrange(wanted, "b t c h w -> (b t) c h w")
    moves = rearrange(flow, "b t c h w -> (b t) c h w")
    total, weights = torch.zeros_like(goal), torch.full_like(goal[:, :1], 1e-12)
    for dy in (0, 1):
        for dx in (0, 1):
            row, column = y.floor() + dy, x.floor() + dx
            near = (1 - (y - row).abs())[:, None] * (1 - (x - column).abs())[None]
            inside = row.long().clamp(0, rows - 1)[:, None], column.long().clamp(0, columns - 1)[None]
            found = _fetched(source, flow=moves[:, :, *inside])
            off = (found - goal).square().mean(1, keepdim=True)
            weight = near * (-off / _ALIKE**2).exp().clamp_min(1e-6)
            total, weights = total + weight * found, weights + weight
    return rearrange(total / weights, "(b t) c h w -> b t c h w", t=later)


def _places(pixels: int, *, cells: int) -> Float[Tensor, " pixels"]:
    """Where the centres of pixels lie among those of cells."""
    return (torch.arange(pixels) + 0.5) * cells / pixels - 0.5


def _fetched(
    source: Float[Tensor, "n 3 height width"], *, flow: Float[Tensor, "n 2 height width"]
) -> Float[Tensor, "n 3 height width"]:
    """The source's pixels at each place plus the flow there (fractions of width and height)."""
    height, width = source.shape[-2:]
    ys, xs = (torch.arange(height) + 0.5) / height, (torch.arange(width) + 0.5) / width
    at = torch.stack([xs[None] + flow[:, 0], ys[:, None] + flow[:, 1]], dim=-1)
    return F.grid_sample(source, 2 * at - 1, mode="bilinear", padding_mode="border", align_corners=False)
