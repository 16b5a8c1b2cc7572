"""Whether a model in training draws the coloured boxes of self-tracking."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

_CONTRAST = 0.5
"""Length of a colour difference (RGB in [-1, 1]) below which nobody could tell the two apart."""


def outline_share(
    shown: Float[Tensor, "batch later 3 rows columns"],
    *,
    true: Float[Tensor, "batch later 3 rows columns"],
    drawn: Float[Tensor, "batch later 3 rows columns"],
) -> float | None:
    """Share of outline cells that are shown nearer to the outline's colour than to the true one, 0 to 1.

    ``true`` and ``drawn`` are the target without and with outlines: where they differ is an outline. None if
    they differ nowhere.
    """
    outline = (drawn - true).norm(dim=2) > _CONTRAST
    if not outline.any():
        return None
    nearer = (shown - drawn).norm(dim=2) < (shown - true).norm(dim=2)
    return nearer[outline].float().mean().item()
