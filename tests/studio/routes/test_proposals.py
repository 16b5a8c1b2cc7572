"""Proposals: what the detector finds, by a point, by a word, or all of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from studio_stand_ins import HOST, Client, HandEngine, config_in, png

from boximator.annotate.detection import Detection, Frame
from boximator.annotate.proposals import Finder
from boximator.studio.app import create_app
from boximator.studio.opening import opened
from boximator.studio.proposer import Proposer

THINGS = (
    Detection(box=(0.1, 0.1, 0.9, 0.9), score=0.9, label="horse"),
    Detection(box=(0.4, 0.2, 0.6, 0.8), score=0.7, label="person"),
    Detection(box=(0.0, 0.0, 0.2, 0.2), score=0.5, label="person"),
)


class Told:
    """Finds the same in every picture."""

    names = ("horse", "person")

    def detect(self, frames: Sequence[Frame], *, wanted: Sequence[str] | None) -> list[list[Detection]]:
        assert wanted is None
        assert [frame.shape for frame in frames] == [(48, 64, 3)]
        return [list(THINGS) for _ in frames]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No detector here, whatever this machine has."""
    monkeypatch.setenv("BOXIMATOR_HOME", str(tmp_path / "home"))
    return tmp_path


def test_without_a_detector_they_are_declined_in_words(home: Path, studio: Client) -> None:
    told = studio.http.get("/api/v1/capabilities").json()["proposals"]
    assert told["installed"] is False
    assert "fetch-detector" in told["reason"]
    body: dict[str, Any] = {"picture": studio.upload(), "point": {"x": 0.5, "y": 0.5}}
    answer = studio.http.post("/api/v1/proposals", json=body)
    assert answer.status_code == 501
    assert "drawn by hand" in answer.json()["message"]
    assert studio.http.post("/api/v1/proposals", json=body | {"picture": "a" * 22}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [0, 1, 2]),
        ({"point": {"x": 0.5, "y": 0.5}}, [1, 0]),
        ({"point": {"x": 0.95, "y": 0.95}}, []),
        ({"phrase": "a girl"}, [1, 2]),
        ({"phrase": "the brown pony"}, [0]),
        ({"phrase": "a dragon"}, []),
    ],
)
def test_with_one_they_are_what_is_there(home: Path, asked: dict[str, Any], found: list[int]) -> None:
    config = config_in(home)
    engine = HandEngine()
    with opened(config, engine=engine) as plain:
        service = dataclasses.replace(plain, proposer=Proposer(Finder(Told())))
        http = TestClient(create_app(config, studio=service), base_url=HOST)
        studio = Client(http, engine=engine, studio=service)
        assert http.get("/api/v1/capabilities").json()["proposals"] == {"installed": True, "reason": ""}
        answer = http.post("/api/v1/proposals", json={"picture": studio.upload(png()), **asked})
        assert answer.status_code == 200, answer.text
        assert [(one["label"], one["box"]) for one in answer.json()] == [
            (THINGS[index].label, list(THINGS[index].box)) for index in found
        ]
