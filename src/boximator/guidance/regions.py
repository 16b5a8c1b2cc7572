"""Boxes as regions of a grid: which cells they cover, and how near to their middles the cells are."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from boximator.scene.box import TOUCH
from boximator.scene.plan import ControlPlan
from boximator.scene.problem import Problem

SIDES_TO_SIGMA = 3.0
"""A box's side over the standard deviation of its Gaussian (TrailBlazer and FreeTraj alike)."""


def objects(plan: ControlPlan, *, first: bool = False) -> tuple[int, ...]:
    """The slots that have a box with an area in some frame, or with ``first`` in frame 0.

    Raises:
        Problem: there is none, so that nothing would be controlled.
    """
    sizes = (plan.boxes[..., 2:] - plan.boxes[..., :2]).min(axis=-1)
    shown = plan.present & (sizes > TOUCH)
    found = tuple(int(slot) for slot in np.flatnonzero(shown[0] if first else shown.any(axis=0)))
    if not found:
        where = "in frame 0" if first else "in any frame"
        raise Problem(
            given=f"The scene has no box with an area {where}",
            wanted="This method moves what the boxes hold",
            fix="Draw a box round what should move, on the first frame, and where it goes",
        )
    return found


def track_boxes(plan: ControlPlan, *, slot: int) -> tuple[Float[Tensor, "frames 4"], Bool[Tensor, " frames"]]:
    """An object's boxes, and the frames in which it has one with an area."""
    boxes = torch.from_numpy(plan.boxes[:, slot].copy()).float()
    area = (boxes[:, 2:] - boxes[:, :2]).amin(dim=-1) > TOUCH
    return boxes, torch.from_numpy(plan.present[:, slot].copy()) & area


def centres(rows: int, columns: int) -> tuple[Float[Tensor, "rows 1"], Float[Tensor, " columns"]]:
    """Where the middles of cells are: y down, x across, in [0, 1]."""
    return (torch.arange(rows)[:, None] + 0.5) / rows, (torch.arange(columns) + 0.5) / columns


def covered(
    boxes: Float[Tensor, "count 4"], *, shown: Bool[Tensor, " count"], grid: tuple[int, int]
) -> Bool[Tensor, "count rows columns"]:
    """Cells whose middle lies in the box; of one too thin for any, the row or column that its middle is in."""
    rows = _between(boxes[:, 1], boxes[:, 3], cells=grid[0])
    columns = _between(boxes[:, 0], boxes[:, 2], cells=grid[1])
    return rows[:, :, None] & columns[:, None] & shown[:, None, None]


def _between(
    low: Float[Tensor, " count"], high: Float[Tensor, " count"], *, cells: int
) -> Bool[Tensor, "count cells"]:
    middles = (torch.arange(cells) + 0.5) / cells
    inside = (middles >= low[:, None]) & (middles < high[:, None])
    nearest = ((low + high) / 2 * cells).long().clamp(0, cells - 1)
    return torch.where(inside.any(dim=1)[:, None], inside, torch.arange(cells) == nearest[:, None])


def bell(
    boxes: Float[Tensor, "count 4"], *, shown: Bool[Tensor, " count"], grid: tuple[int, int]
) -> Float[Tensor, "count rows columns"]:
    """A Gaussian in each box, 1 at its middle, with a third of its sides as deviations; 0 outside the box."""
    y, x = centres(*grid)
    x0, y0, x1, y1 = (edge[:, None, None] for edge in boxes.unbind(-1))
    wide, high = (x1 - x0).clamp_min(TOUCH), (y1 - y0).clamp_min(TOUCH)
    across = (x - (x0 + x1) / 2) * SIDES_TO_SIGMA / wide
    down = (y - (y0 + y1) / 2) * SIDES_TO_SIGMA / high
    return torch.exp(-(across**2 + down**2) / 2) * covered(boxes, shown=shown, grid=grid)
