"""Choose one pose for every frame, or none: the best chain through the frames' candidates."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

ABSENT = -1
_SWITCH = 0.10  # for appearing or disappearing between two frames
_JUMP = 0.25  # for a jump by the object's own size; larger jumps cost the same as absence would
_MOST = 0.35


def _travel(
    before: Float[np.ndarray, "a 2 3"],
    *,
    after: Float[np.ndarray, "b 2 3"],
    centre: np.ndarray,
    radius: float,
) -> np.ndarray:
    """Distance between two poses, in radii: mean move of the centre and of two points on the rim."""
    probes = np.stack([centre, centre + np.array([radius, 0.0]), centre + np.array([0.0, radius])])
    one = probes @ before[:, :, :2].transpose(0, 2, 1) + before[:, None, :, 2]
    two = probes @ after[:, :, :2].transpose(0, 2, 1) + after[:, None, :, 2]
    return np.linalg.norm(one[:, None] - two[None], axis=-1).mean(axis=-1) / radius


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
            travel = _travel(poses[t - 1], after=poses[t], centre=centre, radius=radius)
            cost[:-1, :-1] = np.minimum(_JUMP * travel, _MOST)
        ways = best[-1][:, None] - cost
        back.append(ways.argmax(axis=0))
        best.append(ways.max(axis=0) + np.append(scores[t], absent))
    chain = [int(best[-1].argmax())]
    for step in reversed(back):
        chain.append(int(step[chain[-1]]))
    chain.reverse()
    return [ABSENT if index == len(poses[t]) else index for t, index in enumerate(chain)]
