"""The boxes a clip is trained with: stages, softening, identities (arXiv 2402.01566, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from einops import repeat
from jaxtyping import Bool, Float
from torch import Tensor

from boximator.control.condition import Condition
from boximator.scene.colours import COLOURS, SLOTS

_BETA = 8.0  # Beta(1, 8), mean 1/9 of the frame a side

TINT = 0.5
"""Share of its colour in what lies within a drawn box."""


@dataclass(frozen=True)
class Constraints:
    """How the boxes of a stage are made.

    ``soft`` is the share of boxes that become soft regions, ``drawn`` whether the target shows the boxes
    (self-tracking), ``boxless`` the share of clips without any box.
    """

    soft: float
    drawn: bool
    boxless: float = 0.25


@dataclass(frozen=True)
class Constrained:
    """Boxes for the control module, and which tight boxes to draw in which colour."""

    condition: Condition
    tight: Float[Tensor, "batch frames 8 4"]
    colours: Float[Tensor, "batch 8 3"]
    present: Bool[Tensor, "batch 8"]


def beta_margins(shape: tuple[int, ...], *, generator: torch.Generator) -> Float[Tensor, "*shape"]:
    """Draws of Beta(1, 8) by its inverse distribution function."""
    return 1 - (1 - torch.rand(shape, generator=generator)) ** (1 / _BETA)


def softened(
    boxes: Float[Tensor, "*batch 4"], *, soft: Bool[Tensor, "*batch"], generator: torch.Generator
) -> Float[Tensor, "*batch 4"]:
    """Expand soft boxes independently on each side; a segment on the border (an object outside) stays one."""
    margins = beta_margins(tuple(boxes.shape), generator=generator)
    outward = torch.tensor([-1.0, -1.0, 1.0, 1.0])
    wide = (boxes + margins * outward).clamp(0, 1)
    segment = ((boxes[..., 2] - boxes[..., 0]) <= 0) | ((boxes[..., 3] - boxes[..., 1]) <= 0)
    return torch.where((soft & ~segment)[..., None], wide, boxes)


def _permuted(
    boxes: Float[Tensor, "batch frames 8 4"], *, present: Bool[Tensor, "batch 8"], generator: torch.Generator
) -> tuple[Float[Tensor, "batch frames 8 4"], Bool[Tensor, "batch 8"], Float[Tensor, "batch 8 3"]]:
    """Put objects into random slots with random colours, so that neither means anything but identity."""
    batch = boxes.shape[0]
    slots = torch.stack([torch.randperm(SLOTS, generator=generator) for _ in range(batch)])
    order = torch.stack([torch.randperm(SLOTS, generator=generator) for _ in range(batch)])
    rows = torch.arange(batch)[:, None]
    return (
        boxes.transpose(1, 2)[rows, slots].transpose(1, 2),
        present[rows, slots],
        torch.tensor(COLOURS)[order],
    )


def constrain(
    boxes: Float[Tensor, "batch frames 8 4"],
    *,
    present: Bool[Tensor, "batch 8"],
    rule: Constraints,
    generator: torch.Generator,
) -> Constrained:
    """Make a stage's constraints from exact boxes.

    The box of frame 0 stays hard: on an image-to-video base it is the one that a person draws round an object
    of the picture. Later boxes are softened one by one, each side on its own.
    """
    batch, frames = boxes.shape[:2]
    tight, present, colours = _permuted(boxes, present=present, generator=generator)
    given = torch.rand(batch, generator=generator) >= rule.boxless
    present = present & given[:, None]
    soft = torch.rand((batch, frames, SLOTS), generator=generator) < rule.soft
    soft[:, 0] = False
    return Constrained(
        condition=Condition(
            boxes=softened(tight, soft=soft, generator=generator),
            colours=colours,
            hard=~soft,
            present=repeat(present, "b n -> b f n", f=frames),
        ),
        tight=tight,
        colours=colours,
        present=present,
    )


def draw_tracking(
    colour: Float[Tensor, "batch later 3 rows columns"], *, constrained: Constrained
) -> Float[Tensor, "batch later 3 rows columns"]:
    """Self-tracking: draw every object's tight box on the target in its colour, one cell wide and tinted within.

    An outline alone is finer than the tokens of a small base and teaches it nothing but noise (LOG.md).
    """
    rows, columns = colour.shape[-2:]
    boxes = constrained.tight[:, 1:]
    x0, y0 = torch.floor(boxes[..., 0] * columns), torch.floor(boxes[..., 1] * rows)
    x1, y1 = torch.ceil(boxes[..., 2] * columns) - 1, torch.ceil(boxes[..., 3] * rows) - 1
    shown = (x1 > x0) & (y1 > y0) & constrained.present[:, None]
    ys = torch.arange(rows).reshape(rows, 1)
    xs = torch.arange(columns).reshape(1, columns)
    out = colour
    for slot in range(SLOTS):
        a, b, c, d = (edge[..., slot, None, None] for edge in (x0, y0, x1, y1))
        inside = (xs >= a) & (xs <= c) & (ys >= b) & (ys <= d) & shown[..., slot, None, None]
        ring = inside & ((xs == a) | (xs == c) | (ys == b) | (ys == d))
        paint = (2 * constrained.colours[:, slot] - 1)[:, None, :, None, None].expand_as(out)
        out = torch.where(inside[:, :, None], out.lerp(paint, TINT), out)
        out = torch.where(ring[:, :, None], paint, out)
    return out
