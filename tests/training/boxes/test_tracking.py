from __future__ import annotations

import numpy as np

from boximator.training.boxes.tracking import painted

RED = np.array([1.0, 0.0, 0.0], np.float32)


def drawn(box: tuple[float, float, float, float], *, present: bool = True, first: int = 0) -> np.ndarray:
    boxes = np.zeros((2, 8, 4), np.float32)
    boxes[:, 3] = box
    return painted(
        np.full((2, 16, 32, 3), 7, np.uint8),
        boxes=boxes,
        colours=np.tile(RED, (8, 1)),
        present=np.arange(8) == 3 if present else np.zeros(8, bool),
        line=2,
        first=first,
    )


def reds(film: np.ndarray) -> list[int]:
    return (film == (255, 0, 0)).all(-1).sum((1, 2)).tolist()


def test_the_outline_lies_inside_the_box() -> None:
    film = drawn((0.25, 0.25, 0.75, 0.75))
    assert reds(film) == [8 * 16 - 4 * 12] * 2
    red = (film[0] == (255, 0, 0)).all(-1)
    assert red[4:12, 8:24].sum() == red.sum()
    assert (film[0, 6:10, 10:22] == 7).all()


def test_a_box_no_wider_than_its_outline_is_filled() -> None:
    assert reds(drawn((0.25, 0.25, 0.25 + 3 / 32, 0.75))) == [8 * 3] * 2


def test_an_object_outside_and_an_empty_slot_have_none() -> None:
    assert reds(drawn((0.0, 0.2, 0.0, 0.8))) == [0, 0]
    assert reds(drawn((0.25, 0.25, 0.75, 0.75), present=False)) == [0, 0]


def test_the_given_picture_stays_clean() -> None:
    assert reds(drawn((0.25, 0.25, 0.75, 0.75), first=1)) == [0, 80]
