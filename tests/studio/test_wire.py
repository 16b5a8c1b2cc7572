"""What travels."""

from __future__ import annotations

import dataclasses

import pytest
from pydantic import ValidationError
from studio_stand_ins import request

from boximator import generation
from boximator.scene.problem import ManyProblems
from boximator.studio import wire


def test_the_settings_are_those_of_the_generation() -> None:
    assert wire.Settings().model_dump() == dataclasses.asdict(generation.Settings())


def test_bases_are_those_of_the_generation() -> None:
    assert (wire.JobRequest.model_fields["base"].default,) == generation.BASES


@pytest.mark.parametrize(
    "wrong", [{"steps": 0}, {"steps": 10**6}, {"guidance": -1}, {"guidance": float("nan")}, {"speed": 1}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        wire.Settings.model_validate(wrong)


def test_a_scene_in_a_request_is_read_as_one_in_a_file() -> None:
    body = request("a" * 22)
    body["scene"]["tracks"][0]["keyframes"][0]["box"] = [1, 2]
    body["scene"]["speed"] = 3
    with pytest.raises(ValidationError) as refused:
        wire.JobRequest.model_validate(body)
    (error,) = refused.value.errors()
    problem = error["ctx"]["error"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
    assert isinstance(problem, ManyProblems)
    assert {fault.place for fault in problem.faults} == {"tracks[0].keyframes[0].box", "speed"}
