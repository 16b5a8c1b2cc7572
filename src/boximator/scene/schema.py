"""The shape of a scene file: its JSON Schema, and the names it knows."""

from __future__ import annotations

import functools
import json
from typing import Any

from pydantic import TypeAdapter

from boximator.scene.colours import SLOTS
from boximator.scene.path import Path
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track

REQUIRED = ("version", "tracks")
"""What a file must say, though a scene in memory has defaults for it."""


@functools.cache
def adapter() -> TypeAdapter[Scene]:
    """Checks and builds scenes from JSON. Made at first use: that takes longer than all the imports."""
    return TypeAdapter(Scene)


def json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scene file.

    What it cannot say (unique ids and frames, frames before the last one, edges in order) the reader checks.
    """
    schema = adapter().json_schema()
    for model in [schema, *schema["$defs"].values()]:
        model["description"] = model["description"].split("\n\n")[0]  # the rest is for Python
    schema["properties"]["tracks"] |= {"minItems": 1, "maxItems": SLOTS}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "required": list(REQUIRED),
        "title": "boximator scene, version 1",
    }


def schema_text() -> str:
    """The schema as the checked-in file `scene.schema.json` holds it."""
    return json.dumps(json_schema(), indent=2, sort_keys=True) + "\n"


def known_fields(place: tuple[str | int, ...]) -> tuple[str, ...]:
    """The field names of the object at this place in a scene file."""
    names = [part for part in place if isinstance(part, str)]
    owners = {"tracks": Track, "keyframes": Keyframe, "path": Path}
    owner = owners.get(names[-1], Scene) if names else Scene
    return tuple(owner.__dataclass_fields__)
