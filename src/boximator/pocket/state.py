"""What `pocket` denoises: for every frame low-resolution colour and the motion of the first picture's pixels.

Joint appearance and motion follows VideoJAM (arXiv 2502.02492); the motion is kept in the *first picture's*
coordinates, so that an object's outline stands at the same cells in every frame and only its displacement
changes. The displacement round a thing is the thing's own: what moves is told coarsely, once for a neighbourhood, and
which cells of it are the thing's stands in a channel beside it. (Told in one, a model that is unsure of the outline
moves everything by less: LOG.md.) The clean state of "nothing moves, and no things" is zero everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from boximator.pocket.layout import CELL, PACK, STATE_CHANNELS

# With these, things that move have states of about unit size. At a third of them the first 4,000 clips of
# training taught nothing: the noise hid everything at all but the last times (LOG.md).
FLOW_SCALE = 8.0
HIDDEN_SCALE = 1.0
THING_SCALE = 1.5
COLOUR_SCALE = 1.5


@dataclass(frozen=True)
class Motion:
    """A decoded state, frames 1 to T-1.

    ``colour`` is in [-1, 1] in each frame's own coordinates. ``flow`` is the displacement (fractions of width
    and height) and ``visible`` the visibility (0..1) of the first picture's cells; ``thing`` is how much (0..1) of
    each of them belongs to a thing that can move by itself, and goes by that displacement.
    """

    colour: Float[Tensor, "batch later 3 rows columns"]
    flow: Float[Tensor, "batch later 2 rows columns"]
    visible: Float[Tensor, "batch later rows columns"]
    thing: Float[Tensor, "batch later rows columns"]


def to_cells(picture: Float[Tensor, "*batch 3 height width"]) -> Float[Tensor, "*batch 3 rows columns"]:
    """Average the model's picture over the cells of the state."""
    flat = picture.reshape(-1, *picture.shape[-3:])
    return F.avg_pool2d(flat, CELL).reshape(
        *picture.shape[:-2], picture.shape[-2] // CELL, picture.shape[-1] // CELL
    )


def encode(
    motion: Motion, *, first: Float[Tensor, "batch 3 rows columns"]
) -> Float[Tensor, "batch channels latent rows columns"]:
    """Pack a motion into the clean state: residuals on "the first picture, still, all visible"."""
    parts = [
        COLOUR_SCALE * (motion.colour - first[:, None]),
        FLOW_SCALE * motion.flow,
        HIDDEN_SCALE * (1 - motion.visible)[:, :, None],
        THING_SCALE * motion.thing[:, :, None],
    ]
    return rearrange(torch.cat(parts, dim=2), "b (g r) c h w -> b (r c) g h w", r=PACK)


def decode(
    state: Float[Tensor, "batch channels latent rows columns"],
    *,
    first: Float[Tensor, "batch 3 rows columns"],
) -> Motion:
    """Undo `encode`; colours, visibility and thing are cut to their ranges."""
    frames = rearrange(state, "b (r c) g h w -> b (g r) c h w", c=STATE_CHANNELS)
    return Motion(
        colour=(frames[:, :, :3] / COLOUR_SCALE + first[:, None]).clamp(-1, 1),
        flow=frames[:, :, 3:5] / FLOW_SCALE,
        visible=(1 - frames[:, :, 5] / HIDDEN_SCALE).clamp(0, 1),
        thing=(frames[:, :, 6] / THING_SCALE).clamp(0, 1),
    )
