"""`--size`: WIDTHxHEIGHT in pixels, in every command alike."""

from __future__ import annotations

import re
from dataclasses import dataclass

from boximator.scene.problem import Problem
from boximator.scene.rules import LARGEST_SIDE, SMALLEST_SIDE


@dataclass(frozen=True)
class Pixels:
    """Sides of a video or picture."""

    width: int
    height: int


def pixels(
    told: str, *, least: int = SMALLEST_SIDE, most: int = LARGEST_SIDE, example: str = "832x480"
) -> Pixels:
    """The sides that were written, each from ``least`` to ``most``.

    Raises:
        Problem: something else was written; ``example`` is offered instead.
    """
    found = re.fullmatch(r"\s*(\d{1,6})\s*[xX×]\s*(\d{1,6})\s*", told)
    sides = (int(found[1]), int(found[2])) if found else ()
    if not sides or not all(least <= side <= most for side in sides):
        raise Problem(
            given=f'--size is "{told}"',
            wanted=f"WIDTHxHEIGHT, {least} to {most} pixels a side",
            fix=f"Write --size {example}, say",
        )
    return Pixels(width=sides[0], height=sides[1])
