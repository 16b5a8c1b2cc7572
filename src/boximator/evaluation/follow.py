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

FOUND = 0.30
"""Agreement from which an object counts as found. Objects of other clips, looked for where they are not, reach 0.2 to
0.3 as a rule; objects that are there 0.6 to 1, and about 0.5 where half of them is hidden."""
LEAST_JUDGED = 0.15
"""Share of the object that must be in the frame and not behind something known."""
_ABSENT = 0.15  # score of showing nothing in a frame
_SMALLER = 0.4  # power of the scale that makes a part of a half-hidden object a worse answer than the whole
_ENOUGH = 0.3  # share of points that, when they can be judged, are worth as much as all
_LOYALTY = 0.1  # by which a sighting must be better than the tracked pose to be believed instead
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
    fixed = known is not None
    if fixed:
        candidates = [known[None], *candidates[1:]]
    chosen = _chosen(look, views=views, candidates=candidates)
    for way in (1, -1):
        tracked = _carried(look, views=views, poses=chosen, way=way)
        candidates = _joined(candidates, tracked, fixed=fixed)
    chosen = _chosen(look, views=views, candidates=candidates)
    near = _near(chosen, frames=len(views))
    better = improved(look, views=views, candidates=near, salt=1)
    candidates = _joined(_joined(candidates, near, fixed=fixed), better, fixed=fixed)
    chosen = _chosen(look, views=views, candidates=candidates)
    return [
        _sighting(look, view=view, pose=chosen[t], exact=t == 0 and fixed) if t in chosen else None
        for t, view in enumerate(views)
    ]


def _chosen(look: Look, *, views: list[View], candidates: list[Poses]) -> dict[int, Float[np.ndarray, "2 3"]]:
    """The best chain of candidates through the frames, by frame; frames without the object are left out."""
    scores: list[np.ndarray] = []
    for view, poses in zip(views, candidates, strict=True):
        seen = evidence(look, view=view, poses=poses)
        scale = np.sqrt(np.abs(np.linalg.det(poses[:, :, :2])))
        score = seen.agreement * np.minimum(scale, 1) ** _SMALLER * np.minimum(1, seen.judged / _ENOUGH)
        scores.append(np.where(seen.judged >= LEAST_JUDGED, score, -1.0))
    chain = best_chain(candidates, scores=scores, absent=_ABSENT, centre=look.centre, radius=look.radius)
    return {t: candidates[t][index] for t, index in enumerate(chain) if index != ABSENT}


def _joined(candidates: list[Poses], more: list[Poses], *, fixed: bool) -> list[Poses]:
    """More candidates for every frame but a first one that is known."""
    return [
        poses if t == 0 and fixed else np.concatenate([poses, new])
        for t, (poses, new) in enumerate(zip(candidates, more, strict=True))
    ]


def _carried(look: Look, *, views: list[View], poses: dict[int, np.ndarray], way: int) -> list[Poses]:
    """Track frame by frame, forwards (1) or backwards (-1): from where it was, and from where it was heading.

    Where the sighting that was chosen before is clearly better, the tracking goes on from there.
    """
    out: list[Poses] = [np.zeros((0, 2, 3))] * len(views)
    past: list[np.ndarray] = []
    for t in range(len(views))[::way]:
        if past:
            starts = np.stack([past[-1], 2 * past[-1] - past[-2]] if len(past) > 1 else past)
            found = searched(look, view=views[t], poses=starts, rng=np.random.default_rng([2 + way, t]))
            out[t] = np.concatenate([starts, polished(look, view=views[t], poses=found)])
        choice = np.concatenate([out[t], poses[t][None]]) if t in poses else out[t]
        if len(choice):
            total = evidence(look, view=views[t], poses=choice).total
            total[: len(out[t])] += _LOYALTY
            past = [*past, choice[int(total.argmax())]]
    return out


def _near(poses: dict[int, np.ndarray], *, frames: int) -> list[Poses]:
    """For every frame where the object should be by the sightings before and after it: the same place, half way
    between, straight on."""
    seen = sorted(poses)
    out: list[Poses] = []
    for t in range(frames):
        before, after = [s for s in seen if s < t], [s for s in seen if s > t]
        places = [poses[s] for s in (*before[-1:], *after[:1])]
        for pair in (before[-1:] + after[:1], before[-2:], after[:2]):
            if len(pair) == 2:
                share = (t - pair[0]) / (pair[1] - pair[0])
                places.append(between(poses[pair[0]], two=poses[pair[1]], share=share))
        out.append(np.asarray(places).reshape(-1, 2, 3))
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
