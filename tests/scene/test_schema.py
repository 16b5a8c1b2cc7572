from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

import boximator.scene.schema
from boximator.scene.schema import json_schema, known_fields, schema_text

CHECKED_IN = pathlib.Path(boximator.scene.schema.__file__).with_name("scene.schema.json")


def test_the_schema_that_is_checked_in_is_the_one_of_the_code() -> None:
    """Renew it: boximator scene schema > src/boximator/scene/scene.schema.json"""
    assert CHECKED_IN.read_text(encoding="utf-8") == schema_text()


def objects() -> list[dict[str, Any]]:
    schema = json_schema()
    return [schema, *schema["$defs"].values()]


def test_it_allows_no_field_it_does_not_know_and_describes_those_it_does() -> None:
    for described in objects():
        assert described["additionalProperties"] is False
        assert all("description" in field for field in described["properties"].values())


def test_it_wants_a_version_and_one_to_eight_tracks() -> None:
    schema = json_schema()
    assert schema["required"] == ["version", "tracks"]
    assert (schema["properties"]["tracks"]["minItems"], schema["properties"]["tracks"]["maxItems"]) == (1, 8)
    assert schema["properties"]["version"]["const"] == 1


def test_it_is_json_of_a_known_draft() -> None:
    assert json.loads(schema_text())["$schema"].endswith("/draft/2020-12/schema")


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ((), "prompt"),
        (("tracks", 0), "keyframes"),
        (("tracks", 0, "keyframes", 3), "box"),
        (("tracks", 0, "path"), "points"),
    ],
)
def test_fields_are_known_by_their_place(place: tuple[str | int, ...], field: str) -> None:
    assert field in known_fields(place)
