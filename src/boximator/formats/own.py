"""boximator's own scene files, so that they stand in the list like the others: nothing is lost."""

from __future__ import annotations

from dataclasses import replace

from boximator.formats.source import Read, Source
from boximator.formats.target import ITSELF, Target, Written
from boximator.scene.embedded import is_embedded
from boximator.scene.wire import beside, read_scene, scene_to_text


def read(source: Source) -> Read:
    """The scene in a scene file.

    Raises:
        ManyProblems: all that is wrong with it.
    """
    scene = read_scene(source.path)
    named = scene.picture is not None and not is_embedded(scene.picture)
    return Read(scene=scene, picture=beside(source.path, scene.picture) if named and scene.picture else None)


def write(target: Target) -> Written:
    """A scene file; without a picture it says its size."""
    scene = target.scene
    if scene.picture is None and scene.width is None:
        scene = replace(scene, width=target.size[0], height=target.size[1])
    return Written(files={ITSELF: scene_to_text(scene).encode()})
