"""Every call that the OpenAPI document allows, and many that it does not: nothing makes the studio stumble.

How many calls were made is printed at the end (pytest -s shows it). Event streams do not end by themselves, so they
have tests of their own.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from studio_stand_ins import HOST, Client, client, config_in, request, scene

from boximator.studio import openapi

CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 15
"""For each operation, for calls that keep to the document and for calls that do not."""

CALLS: Counter[int] = Counter()


@dataclass
class Fuzzed:
    """A studio that has something to be asked for."""

    schema: Any
    studio: Client
    picture: str
    jobs: list[str]


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Generator[Fuzzed]:
    with client(config_in(tmp_path_factory.mktemp("fuzz"))) as studio:
        picture = studio.upload()
        done, running = (studio.submit(picture=picture)["id"] for _ in range(2))
        studio.engine.running(done)
        studio.engine.step(1, preview=b"small")
        studio.engine.finish()
        studio.engine.running(running)
        schema = schemathesis.openapi.from_asgi(
            "/openapi.json", studio.http.app, headers={"Host": "127.0.0.1"}
        )
        yield Fuzzed(schema, studio, picture, [done, running])
        print(f"\n{CALLS.total()} calls, by status: {dict(sorted(CALLS.items()))}")  # noqa: T201 - for people


def operations() -> Iterator[tuple[str, str, GenerationMode]]:
    """Every operation, to be called as documented and otherwise; those that take nothing only as documented."""
    paths = json.loads(openapi.FILE.read_text(encoding="utf-8"))["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            if not path.endswith("/events"):
                yield method, path, GenerationMode.POSITIVE
                if operation.keys() & {"parameters", "requestBody"}:
                    yield method, path, GenerationMode.NEGATIVE


@pytest.mark.parametrize(("method", "path", "mode"), list(operations()))
def test_nothing_makes_it_stumble(fuzzed: Fuzzed, method: str, path: str, mode: GenerationMode) -> None:
    calls = fuzzed.schema[path][method].as_strategy(generation_mode=mode)

    @settings(max_examples=EXAMPLES, suppress_health_check=cast("list[HealthCheck]", list(HealthCheck)))
    @given(data=st.data())
    def call(data: st.DataObject) -> None:
        case: Any = data.draw(calls)
        if data.draw(st.booleans()):
            aim(case, fuzzed, data)
        answer = case.call(base_url=HOST)
        CALLS[answer.status_code] += 1
        assert answer.status_code < 500 or (answer.status_code, path) == (501, "/api/v1/proposals")
        case.validate_response(answer, checks=CHECKS)

    call()


def aim(case: Any, fuzzed: Fuzzed, data: st.DataObject) -> None:
    """Point a call at what is there: a drawn id never is."""
    names = case.path_parameters or {}
    if "job" in names:
        names["job"] = data.draw(st.sampled_from(fuzzed.jobs))
    if "picture" in names:
        names["picture"] = fuzzed.picture
    if case.path.endswith("/jobs") and case.method == "POST":
        case.body = request(fuzzed.picture) | {"priority": data.draw(st.integers(-200, 200))}
    if case.path.endswith("/plan"):
        case.body = {"scene": scene(fuzzed.picture, seed=data.draw(st.integers(-1, 9)))}


def test_much_was_tried_and_much_of_it_was_let_in() -> None:
    if not CALLS:
        pytest.skip("runs after the calls")
    assert CALLS.total() > 300
    assert CALLS[200] + CALLS[201] > 40
    assert CALLS[422] > 40
