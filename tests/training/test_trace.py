from __future__ import annotations

import pytest
import torch
from torch import Tensor

from boximator.training.trace import outline_share

GREY = torch.zeros(1, 2, 3, 4, 4)


def outlined() -> Tensor:
    """Grey with a red row in the second frame."""
    drawn = GREY.clone()
    drawn[0, 1, :, 2] = torch.tensor([1.0, -1.0, -1.0])[:, None]
    return drawn


def test_a_drawn_outline_counts_and_the_truth_does_not() -> None:
    assert outline_share(outlined(), true=GREY, drawn=outlined()) == 1
    assert outline_share(GREY, true=GREY, drawn=outlined()) == 0


def test_the_share_is_of_the_outlines_cells_alone() -> None:
    half = outlined()
    half[0, 1, :, 2, 2:] = 0
    half[0, 0] = 1
    assert outline_share(half, true=GREY, drawn=outlined()) == 0.5


@pytest.mark.parametrize(("mixed", "share"), [(0.45, 0), (0.55, 1)])
def test_a_cell_goes_to_the_nearer_colour(mixed: float, share: float) -> None:
    assert outline_share(mixed * outlined(), true=GREY, drawn=outlined()) == share


def test_an_outline_that_nobody_could_see_says_nothing() -> None:
    assert outline_share(GREY, true=GREY, drawn=GREY) is None
    assert outline_share(GREY, true=GREY, drawn=0.2 * outlined()) is None
