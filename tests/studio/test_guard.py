"""Who may call the studio, and what every answer carries."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from studio_stand_ins import HOST, Client, client, config_in

from boximator.scene.problem import Problem
from boximator.studio.app import create_app
from boximator.studio.config import StudioConfig, is_loopback
from boximator.studio.guard import POLICY

TOKEN = "secret-token-of-the-test"
HEALTH = "/api/v1/health"


@pytest.fixture
def watched(tmp_path: Path) -> Generator[Client]:
    """A studio that others can reach."""
    with client(config_in(tmp_path, host="0.0.0.0", token=TOKEN)) as it:
        yield it


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8600", "127.0.0.1:1", "[::1]:8600"])
def test_it_answers_to_its_own_names(studio: Client, host: str) -> None:
    assert studio.http.get(HEALTH, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8600",
        "",
        "10.0.0.5",
        "[::1",
        "@localhost",
    ],
)
@pytest.mark.parametrize("path", [HEALTH, "/", "/openapi.json"])
def test_it_does_not_answer_to_other_names(studio: Client, host: str, path: str) -> None:
    answer = studio.http.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert "a name that is not its own" in answer.text


def test_another_name_can_be_allowed(tmp_path: Path) -> None:
    with client(config_in(tmp_path, allow_hosts=("Studio.example",))) as studio:
        assert studio.http.get(HEALTH, headers={"Host": "studio.example:80"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_pages_of_others_may_not_call(studio: Client, headers: dict[str, str]) -> None:
    for method, path in (("POST", "/api/v1/plan"), ("GET", HEALTH)):
        answer = studio.http.request(method, path, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["faults"][0]["given"] == "The request comes from a page of another origin."


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": HOST},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ],
)
def test_its_own_pages_may_and_links_to_it_work(studio: Client, headers: dict[str, str]) -> None:
    assert studio.http.get("/", headers=headers).status_code == 200


def test_another_page_can_be_allowed(tmp_path: Path) -> None:
    with client(config_in(tmp_path, allow_origins=("http://localhost:5173",))) as studio:
        assert studio.http.get(HEALTH, headers={"Origin": "http://localhost:5173"}).status_code == 200
        assert studio.http.get(HEALTH, headers={"Origin": "http://localhost:5174"}).status_code == 403


@pytest.mark.parametrize("path", [HEALTH, "/", "/openapi.json", "/api/v1/events"])
def test_without_the_token_nothing_is_answered(watched: Client, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Cookie": "boximator_0=wrong"}):
        assert watched.http.get(path, headers=headers).status_code == 401
    assert watched.http.get(path, params={"token": "wrong"}).status_code == 401


def test_the_token_opens_as_a_header(watched: Client) -> None:
    assert watched.http.get(HEALTH, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_the_token_in_the_address_becomes_a_cookie(watched: Client) -> None:
    answer = watched.http.get("/", params={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert watched.http.get(HEALTH).status_code == 200
    assert watched.http.get(HEALTH, headers={"Origin": "http://evil.example"}).status_code == 403


def test_who_has_the_token_may_call_it_by_any_address_but_not_by_any_name(watched: Client) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert watched.http.get(HEALTH, headers={"Host": "192.168.1.7:8600"} | bearer).status_code == 200
    assert watched.http.get(HEALTH, headers={"Host": "evil.example"} | bearer).status_code == 421


@pytest.mark.parametrize("path", [HEALTH, "/", "/api/v1/nothing", "/nothing.js"])
def test_every_answer_carries_the_policy(studio: Client, path: str) -> None:
    headers = studio.http.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "script-src 'self'" in POLICY


def test_a_web_socket_is_closed(tmp_path: Path) -> None:
    app = TestClient(create_app(config_in(tmp_path), studio=None), base_url=HOST)
    with pytest.raises(WebSocketDisconnect) as closed, app.websocket_connect("/api/v1/events"):
        pass
    assert closed.value.code == 1008


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("192.168.0.2", False),
        ("studio", False),
    ],
)
def test_which_addresses_are_this_machines_own(host: str, own: bool) -> None:
    assert is_loopback(host) is own


@pytest.mark.parametrize(
    "wrong",
    [
        {"engine": "magic"},
        {"allow_origins": ("localhost:5173",)},
        {"allow_origins": ("http://localhost:5173/",)},
        {"token": "short"},
        {"token": "with spaces in it"},
    ],
)
def test_a_studio_that_cannot_be_is_refused_in_words(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(Problem):
        StudioConfig(data=tmp_path, **wrong)  # pyright: ignore[reportArgumentType]


def test_only_one_studio_uses_a_folder(tmp_path: Path, studio: Client) -> None:
    del studio
    config = config_in(tmp_path)
    with pytest.raises(Problem, match="Another studio uses"), client(config):
        pass
