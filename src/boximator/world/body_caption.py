"""A sentence on what bodies do, as it shows in the picture."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from boximator.world.body_cast import Body
from boximator.world.caption import direction, with_article

_STILL = 0.06  # of the frame's height


def body_caption(
    bodies: list[Body], *, boxes: Float[np.ndarray, "frames 8 4"], aspect: float, camera_moves: bool
) -> str:
    """Names each body and what it does; ``aspect`` is the frame's width over its height."""
    told = [_sentence(body, boxes=boxes[:, slot], aspect=aspect) for slot, body in enumerate(bodies)]
    return ", ".join(told) + (", the camera moves" if camera_moves else "")


def _sentence(body: Body, *, boxes: Float[np.ndarray, "frames 4"], aspect: float) -> str:
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 * [aspect, 1.0]
    travel = centres[-1] - centres[0]
    noun = with_article(body.label)
    if body.start == "drop":
        return f"{noun} falls to the floor"
    if np.abs(travel).max() < _STILL:
        return f"{noun} {'spins' if body.start == 'spin' else 'stays where it is'}"
    if body.start == "throw":
        return f"{noun} is thrown {direction(travel)}" + _depth(boxes)
    verb = (
        "rolls"
        if body.start == "roll" and body.shape.rolls
        else "tumbles"
        if body.start == "roll"
        else "moves"
    )
    return f"{noun} {verb} {direction(travel)}" + _depth(boxes)


def _depth(boxes: Float[np.ndarray, "frames 4"]) -> str:
    """Whether it comes nearer, by how large it is at the beginning and the end; cut or turned bodies tell little."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 1e-3)
    growth = float(np.log(sides[-1] / sides[0]).min()), float(np.log(sides[-1] / sides[0]).max())
    if growth[0] > 0.2:
        return " and comes closer"
    return " and goes away" if growth[1] < -0.2 and sides[-1].min() > 0.02 else ""
