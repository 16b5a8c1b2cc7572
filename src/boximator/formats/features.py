"""What a scene says, in parts: which of them a format keeps is told exactly, in the docs and at each conversion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from boximator.scene.plan import drawn_boxes
from boximator.scene.scene import Scene

NO_NAME = "object"
"""What other tools are told where a track has no label: they all want one."""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One part of a scene: its short name for tables, what a person is told, and whether a scene uses it."""

    name: str
    loss: str
    used: Callable[[Scene], bool]


def _keys(scene: Scene) -> list[bool]:
    return [key.hard for track in scene.tracks for key in track.keyframes]


def _timed(scene: Scene) -> bool:
    """Whether any gap between two boxes is eased."""
    return any(key.easing != "linear" for track in scene.tracks for key in track.keyframes[:-1])


def _reaches_out(scene: Scene) -> bool:
    boxes, present = drawn_boxes(scene)
    return bool(np.any((boxes[present] < 0.0) | (boxes[present] > 1.0)))


def _resized(scene: Scene) -> bool:
    boxes, present = drawn_boxes(scene)
    sizes = boxes[..., 2:] - boxes[..., :2]
    return any(
        bool(np.ptp(sizes[present[:, index], index], axis=0).max(initial=0.0) > 1e-6)
        for index in range(len(scene.tracks))
    )


def _partly(scene: Scene) -> bool:
    return not drawn_boxes(scene)[1].all()


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        Feature(name="prompt", loss="The prompt is left out.", used=lambda scene: bool(scene.prompt)),
        Feature(name="seed", loss="The seed is left out.", used=lambda scene: scene.seed != 0),
        Feature(name="fps", loss="The frame rate is left out.", used=lambda scene: scene.fps != Scene.fps),
        Feature(
            name="picture",
            loss="The picture is left out: pass it on beside the file.",
            used=lambda scene: scene.picture is not None,
        ),
        Feature(
            name="last picture",
            loss="The last picture is left out.",
            used=lambda scene: scene.last_picture is not None,
        ),
        Feature(
            name="labels",
            loss="The labels of the tracks are left out.",
            used=lambda scene: any(track.label for track in scene.tracks),
        ),
        Feature(
            name="soft",
            loss="Soft boxes are written like hard ones.",
            used=lambda scene: not all(_keys(scene)),
        ),
        Feature(
            name="keyframes",
            loss="There is a box for each frame: which ones you drew is left out.",
            used=lambda scene: len(_keys(scene)) > 0,
        ),
        Feature(
            name="timing",
            loss="Easing is left out; its effect is in the boxes of the frames between.",
            used=_timed,
        ),
        Feature(
            name="paths",
            loss="Paths are left out; their effect is in the boxes of the frames along them.",
            used=lambda scene: any(track.path is not None for track in scene.tracks),
        ),
        Feature(name="size changes", loss="Each box keeps the size of its first frame.", used=_resized),
        Feature(
            name="outside",
            loss="Parts of boxes beyond the frame are cut off.",
            used=_reaches_out,
        ),
        Feature(
            name="spans",
            loss="A track that says nothing on some frames holds its nearest box there.",
            used=_partly,
        ),
    )
}
"""In the order in which losses are told. What every format has: where the tracks are, on each frame they speak of."""

EVERYTHING = frozenset(FEATURES)


def losses(scene: Scene, keeps: frozenset[str]) -> tuple[str, ...]:
    """What of this scene a format that keeps only these features leaves out, in sentences."""
    return tuple(
        feature.loss for name, feature in FEATURES.items() if name not in keeps and feature.used(scene)
    )
