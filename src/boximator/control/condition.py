"""The boxes of a batch of videos as tensors: what the control module is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from einops import repeat
from jaxtyping import Bool, Float
from torch import Tensor

from boximator.scene.colours import SLOTS
from boximator.scene.plan import ControlPlan, plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene


@dataclass(frozen=True, eq=False, kw_only=True)
class Condition:
    """Boxes for every video of a batch, every video frame and every slot.

    Two conditions are the same only if they are the same object: caches are keyed by that.

    Attributes:
        boxes: x0 y0 x1 y1 in [0, 1], origin top left; an object outside is a segment on the border.
        colours: RGB in [0, 1], the identity of each object, also given as (batch, slots, 3) for all frames.
        hard: True for an exact bounding box, False for a region that must hold the object.
        present: False where the slot is empty in that frame (its boxes and colours are then ignored).

    Raises:
        Problem: the four tensors disagree about batch, frames or slots.
    """

    boxes: Float[Tensor, "batch frames slots 4"]
    colours: Float[Tensor, "batch frames slots 3"]
    hard: Bool[Tensor, "batch frames slots"]
    present: Bool[Tensor, "batch frames slots"]

    def __post_init__(self) -> None:
        if self.colours.ndim == 3 and self.boxes.ndim == 4:
            colours = repeat(
                self.colours, "batch slots rgb -> batch frames slots rgb", frames=self.boxes.shape[1]
            )
            object.__setattr__(self, "colours", colours)
        table = tuple(self.hard.shape)
        shapes = (tuple(self.boxes.shape), tuple(self.colours.shape), tuple(self.present.shape))
        if len(table) != 3 or shapes != ((*table, 4), (*table, 3), table):
            raise Problem(
                given=f"boxes {shapes[0]}, colours {shapes[1]}, hard {table}, present {shapes[2]}",
                wanted="boxes (batch, frames, slots, 4), colours (batch, frames, slots, 3) or (batch, slots, "
                "3), hard and present (batch, frames, slots)",
                fix="Give all four tensors the same batch, frames and slots",
            )

    @property
    def batch(self) -> int:
        return self.boxes.shape[0]

    @property
    def frames(self) -> int:
        return self.boxes.shape[1]

    @property
    def slots(self) -> int:
        return self.boxes.shape[2]

    @classmethod
    def from_plan(cls, plan: ControlPlan) -> Condition:
        """The condition of one video: every entry of a control plan, with a batch axis of 1 before it."""
        return cls(
            boxes=torch.from_numpy(plan.boxes.copy())[None].float(),
            colours=torch.from_numpy(plan.colours.copy())[None].float(),
            hard=torch.from_numpy(plan.hard.copy())[None].bool(),
            present=torch.from_numpy(plan.present.copy())[None].bool(),
        )

    @classmethod
    def of(cls, asked: Scene | ControlPlan | Condition) -> Condition:
        """The condition of one video, of a scene by the default rules of planning."""
        if isinstance(asked, Condition):
            return asked
        planned = plan(asked) if isinstance(asked, Scene) else asked
        if not isinstance(planned, ControlPlan):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise Problem(
                given=f"The boxes were given as {type(asked).__name__}",
                wanted="A Scene, a ControlPlan or a Condition",
                fix='Read a file first: adapter.boxes(read_scene("scene.json"))',
            )
        return cls.from_plan(planned)

    @classmethod
    def null(cls, *, batch: int, frames: int, slots: int = SLOTS) -> Condition:
        """No box in any slot."""
        absent = torch.zeros(batch, frames, slots, dtype=torch.bool)
        table = torch.zeros(batch, frames, slots, 1)
        return cls(
            boxes=table.expand(-1, -1, -1, 4),
            colours=table.expand(-1, -1, -1, 3),
            hard=absent,
            present=absent,
        )

    @classmethod
    def stack(cls, conditions: Sequence[Condition]) -> Condition:
        """One condition for the videos of all `conditions`, in order; frames and slots must agree."""
        sizes = {(condition.frames, condition.slots) for condition in conditions}
        if len(sizes) != 1:
            raise Problem(
                given=f"Conditions of (frames, slots) {sorted(sizes)} cannot share a batch",
                wanted="At least one condition, and all of one length with one number of slots",
                fix="Plan the scenes with the same frame count, or run them one by one",
            )
        return cls(
            boxes=torch.cat([condition.boxes for condition in conditions]),
            colours=torch.cat([condition.colours for condition in conditions]),
            hard=torch.cat([condition.hard for condition in conditions]),
            present=torch.cat([condition.present for condition in conditions]),
        )

    def to(self, device: torch.device | str) -> Condition:
        """The same condition on `device`."""
        return Condition(
            boxes=self.boxes.to(device),
            colours=self.colours.to(device),
            hard=self.hard.to(device),
            present=self.present.to(device),
        )
