"""One clip as a base is trained on it, once it has been encoded; and several of them as one batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

TOLD = "told."


@dataclass(frozen=True, eq=False, kw_only=True)
class Lesson:
    """A clip without a batch axis, or, stacked, a batch of them.

    Attributes:
        clean: latents of the clip.
        drawn: latents of the clip with its boxes drawn on it (self-tracking).
        boxes: tight boxes, x0 y0 x1 y1 in [0, 1].
        colours: RGB of each slot.
        present: which slots hold an object.
        told: what else the base is told, as its family wants it: text states, the first picture.
    """

    clean: Float[Tensor, "*batch channels latents rows columns"]
    drawn: Float[Tensor, "*batch channels latents rows columns"]
    boxes: Float[Tensor, "*batch frames 8 4"]
    colours: Float[Tensor, "*batch 8 3"]
    present: Bool[Tensor, "*batch 8"]
    told: Mapping[str, Tensor]

    def tensors(self) -> dict[str, Tensor]:
        """By name, as they are kept in a file."""
        own = {name: getattr(self, name) for name in ("clean", "drawn", "boxes", "colours", "present")}
        told = {f"{TOLD}{name}": value for name, value in self.told.items()}
        return {name: value.cpu().contiguous() for name, value in (own | told).items()}

    @classmethod
    def of_tensors(cls, tensors: Mapping[str, Tensor]) -> Lesson:
        """The inverse of `tensors`."""
        told = {name.removeprefix(TOLD): value for name, value in tensors.items() if name.startswith(TOLD)}
        own = {name: value for name, value in tensors.items() if not name.startswith(TOLD)}
        return cls(told=told, **own)


def stacked(rows: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Tensors of one name and shape, side by side."""
    return {name: torch.stack([row[name] for row in rows]) for name in rows[0]}
