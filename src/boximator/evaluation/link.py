"""Choose one pose for every frame, or none: the best chain through the frames' candidates."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

ABSENT = -1
_SWITCH = 0.15  # for appearing or disappearing between two frames
_JUMP, _MOST_JUMP = 0.2, 0.4  # for a move by the object's own radius in one frame; the most for any move
_CHANGE, _MOST_CHANGE = 1.5, 0.5  # for a change of shape that moves the outline by a radius; the most for any


def change_cost(
    before: Float[np.ndarray, "a 2 3"],
    *,
    after: Float[np.ndarray, "b 2 3"],
    centre: np.ndarray,
    radius: float,
) -> Float[np.ndarray, "a b"]:
    """How unlikely each pose is one frame after another: things move freely but change their shape slowly."""
    places = [poses[:, :, :2] @ centre + poses[:, :, 2] for poses in (before, after)]
    move = np.linalg.norm(places[0][:, None] - places[1][None], axis=-1) / radius
    bend = before[:, None, :, :2] - after[None, :, :, :2]
    change = np.linalg.norm(bend, axis=(-2, -1)) / np.sqrt(2)
    return np.minimum(_JUMP * move, _MOST_JUMP) + np.minimum(_CHANGE * change, _MOST_CHANGE)


def best_chain(
    poses: list[Float[np.ndarray, "candidates 2 3"]], *, scores: list[Float[np.ndarray, " candidates"]],
    absent: float, centre: np.ndarray, radius: float,
) -> list[int]:  # fmt: skip
    """For every frame the index of a candidate, or `ABSENT`; ``absent`` is the score of showing nothing."""
    best = [np.append(scores[0], absent)]
    back: list[np.ndarray] = []
    for t in range(1, len(poses)):
        cost = np.full((len(poses[t - 1]) + 1, len(poses[t]) + 1), _SWITCH)
        cost[-1, -1] = 0
        if len(poses[t - 1]) and len(poses[t]):
            cost[:-1, :-1] = change_cost(poses[t - 1], after=poses[t], centre=centre, radius=radius)
        ways = best[-1][:, None] - cost
        back.append(ways.argmax(axis=0))
        best.append(ways.max(axis=0) + np.append(scores[t], absent))
    chain = [int(best[-1].argmax())]
    for step in reversed(back):
        chain.append(int(step[chain[-1]]))
    chain.reverse()
    return [ABSENT if index == len(poses[t]) else index for t, index in enumerate(chain)]
