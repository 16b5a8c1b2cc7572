"""What is wrong with a request beyond its shape: limits, and pictures that are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from boximator.scene.problem import Fault, ManyProblems, Problem
from boximator.scene.scene import Scene
from boximator.studio import wire
from boximator.studio.exchange_wire import ExportRequest
from boximator.studio.limits import Limits
from boximator.studio.picture_store import PictureStore


def check_scene(scene: Scene, *, limits: Limits) -> None:
    """Raises a Problem unless the scene is within the limits."""
    _refuse(_scene_faults(scene, limits=limits))


def check_job(request: wire.JobRequest, *, limits: Limits, pictures: PictureStore) -> None:
    """Raises a Problem unless the scene is within the limits and its pictures have been uploaded."""
    scene = request.scene
    faults = [*_scene_faults(scene, limits=limits)]
    if scene.picture is None:
        faults.append(_not_uploaded("scene.picture", "The scene has no picture"))
    for place, name in (("scene.picture", scene.picture), ("scene.last_picture", scene.last_picture)):
        if name is not None:
            faults += _picture_faults(place, name, pictures=pictures)
    _refuse(faults)


def check_export(request: ExportRequest, *, limits: Limits, pictures: PictureStore) -> bytes | None:
    """The first picture's file, None if the scene names none; a Problem unless all is within the limits."""
    scene = request.scene
    faults = [*_scene_faults(scene, limits=limits)]
    if scene.picture is None:
        _refuse(faults)
        return None
    faults += _picture_faults("scene.picture", scene.picture, pictures=pictures)
    _refuse(faults)
    return pictures.original(scene.picture)


def _picture_faults(place: str, name: str, *, pictures: PictureStore) -> Iterator[Fault]:
    if not (re.fullmatch(wire.ID_PATTERN, name) and pictures.has(name)):
        yield _not_uploaded(place, "That is not the id of a picture that was uploaded here")


def _scene_faults(scene: Scene, *, limits: Limits) -> Iterator[Fault]:
    if not 2 <= scene.frames <= limits.frames:
        yield Fault(
            "scene.frames",
            Problem(
                given=f"The scene has {scene.frames} frames",
                wanted=f"This studio makes 2 to {limits.frames}",
                fix=f"Choose frames in that range, {Scene.frames} say",
            ),
        )


def _not_uploaded(place: str, given: str) -> Fault:
    return Fault(
        place,
        Problem(
            given=given,
            wanted="Here a scene names its pictures by the ids that POST /api/v1/pictures answered with",
            fix="Upload the picture, and write its id",
        ),
    )


def _refuse(faults: Iterator[Fault] | list[Fault]) -> None:
    found = tuple(faults)
    if found:
        raise ManyProblems("The request", found)
