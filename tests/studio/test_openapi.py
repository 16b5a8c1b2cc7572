"""The OpenAPI document that is checked in."""

from __future__ import annotations

from pathlib import Path

from studio_stand_ins import Client

from boximator.studio import openapi
from boximator.studio.app import create_app
from boximator.studio.config import StudioConfig

RENEW = "renew it: python -m boximator.studio.openapi > src/boximator/studio/openapi.json, then make the types again"


def test_the_file_is_what_the_routes_are(tmp_path: Path) -> None:
    made = openapi.document_text(create_app(StudioConfig(data=tmp_path), studio=None))
    assert openapi.FILE.read_text(encoding="utf-8") == made, RENEW


def test_it_is_served(studio: Client) -> None:
    served = studio.http.get("/openapi.json").json()
    assert "/api/v1/jobs" in served["paths"]
    assert served == openapi.document(create_app(StudioConfig(data=Path("unused")), studio=None))


def test_every_operation_has_its_own_name_and_says_what_it_does(studio: Client) -> None:
    paths = studio.http.get("/openapi.json").json()["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["description"] for operation in operations)
    assert all("4XX" in operation["responses"] for operation in operations)
