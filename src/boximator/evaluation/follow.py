"""Follow one object through the frames: candidates from everywhere, then from its own neighbouring frames."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from boximator.evaluation.evidence import Poses, View, evidence, hidden_share
from boximator.evaluation.link import ABSENT, best_chain
from boximator.evaluation.look import Look
from boximator.evaluation.refine import polished, searched

FOUND = 0.35
"""Agreement from which an object counts as found; see `tests/evaluation/test_observer.py` for what chance gives."""
LEAST_JUDGED = 0.15
"""Share of the object that must be in the frame and not behind something known."""
_COVERED = 0.4  # share of a place behind other objects that excuses not seeing an object there


@dataclass(frozen=True)
class Sighting:
    """A pose of an object in one frame, and the agreement there."""

    pose: Float[np.ndarray, "2 3"]
    score: float


Track = list[Sighting | None]


def improved(look: Look, *, views: list[View], candidates: list[Poses], salt: int) -> list[Poses]:
    """Every candidate searched on from, in its own frame."""
    return [
        searched(look, view=view, poses=poses, rng=np.random.default_rng([salt, t])) if len(poses) else poses
        for t, (view, poses) in enumerate(zip(views, candidates, strict=True))
    ]


def follow(
    look: Look, *, views: list[View], candidates: list[Poses], known: Float[np.ndarray, "2 3"] | None
) -> Track:
    """Link candidates over time, look again next to what was found, and make the result exact.

    ``known`` is the pose in frame 0 where the given picture shows it.
    """
    if known is not None:
        candidates = [known[None], *candidates[1:]]
    chain = _chain(look, views=views, candidates=candidates)
    for salt in (1, 2):
        near = _neighbours(candidates, chain=chain)
        if known is not None:
            near[0] = near[0][:0]
        near = improved(look, views=views, candidates=near, salt=salt)
        candidates = [np.concatenate(pair) for pair in zip(candidates, near, strict=True)]
        chain = _chain(look, views=views, candidates=candidates)
    return [
        _sighting(look, view=views[t], pose=candidates[t][index], exact=t == 0 and known is not None)
        if index != ABSENT else None
        for t, index in enumerate(chain)
    ]  # fmt: skip


def _chain(look: Look, *, views: list[View], candidates: list[Poses]) -> list[int]:
    scores: list[np.ndarray] = []
    for view, poses in zip(views, candidates, strict=True):
        seen = evidence(look, view=view, poses=poses)
        whole = seen.total / np.maximum(seen.judged, 1e-3)  # what is out of sight is taken to agree as well
        scores.append(np.where(seen.judged >= LEAST_JUDGED, whole, -1.0))
    return best_chain(candidates, scores=scores, absent=FOUND - 0.1, centre=look.centre, radius=look.radius)


def _neighbours(candidates: list[Poses], *, chain: list[int]) -> list[Poses]:
    """For every frame where the object should be by the sightings before and after it: the same place, half way
    between, straight on."""
    seen = [t for t, index in enumerate(chain) if index != ABSENT]
    poses = {t: candidates[t][chain[t]] for t in seen}
    out: list[Poses] = []
    for frame in range(len(candidates)):
        before, after = [t for t in seen if t < frame], [t for t in seen if t > frame]
        near = [poses[t] for t in (*before[-1:], *after[:1])]
        for pair in (before[-1:] + after[:1], before[-2:], after[:2]):
            if len(pair) == 2:
                share = (frame - pair[0]) / (pair[1] - pair[0])
                near.append(between(poses[pair[0]], two=poses[pair[1]], share=share))
        out.append(np.asarray(near).reshape(-1, 2, 3))
    return out


def _sighting(look: Look, *, view: View, pose: np.ndarray, exact: bool) -> Sighting | None:
    poses = pose[None] if exact else polished(look, view=view, poses=pose[None])
    seen = evidence(look, view=view, poses=poses)
    good = seen.agreement[0] >= FOUND and seen.judged[0] >= LEAST_JUDGED
    return Sighting(pose=poses[0], score=float(seen.agreement[0])) if good or exact else None


def bridged(look: Look, *, views: list[View], track: Track) -> dict[int, Float[np.ndarray, "2 3"]]:
    """Poses for the frames where the object was not seen but must be behind something known.

    The place is taken on the straight way between the sightings before and after.
    """
    seen = [t for t, sighting in enumerate(track) if sighting is not None]
    out: dict[int, np.ndarray] = {}
    for first, last in itertools.pairwise(seen):
        one, two = track[first], track[last]
        assert one is not None
        assert two is not None
        for t in range(first + 1, last):
            pose = between(one.pose, two=two.pose, share=(t - first) / (last - first))
            if hidden_share(look, view=views[t], poses=pose[None])[0] >= _COVERED:
                out[t] = pose
    return out


def between(one: np.ndarray, *, two: np.ndarray, share: float) -> np.ndarray:
    """The pose on the straight way from ``one`` (share 0) to ``two`` (share 1), or beyond it."""
    return (1 - share) * one + share * two
