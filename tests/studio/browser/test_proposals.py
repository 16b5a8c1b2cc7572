"""Boxes that a detector proposes. What the detector itself finds is told here by the test: its weights are fetched."""

from __future__ import annotations

import json
from typing import Any

import pytest
from editor_driver import Editor
from playwright.sync_api import Route, expect

SHEEP = {"box": [0.2, 0.1, 0.7, 0.9], "label": "sheep", "score": 0.9}
DOG = {"box": [0.4, 0.4, 0.6, 0.8], "label": "dog", "score": 0.6}


def with_detector(route: Route) -> None:
    told = route.fetch().json()
    told["proposals"] = {"installed": True, "reason": ""}
    route.fulfill(json=told)


@pytest.fixture
def asked(editor: Editor) -> list[dict[str, Any]]:
    """What the detector was asked, by a page that has the sheep on its canvas."""
    heard: list[dict[str, Any]] = []

    def propose(route: Route) -> None:
        wanted = json.loads(route.request.post_data or "{}")
        heard.append(wanted)
        found = [DOG] if "point" in wanted else [] if wanted.get("phrase") == "dragon" else [SHEEP, DOG]
        route.fulfill(json=found)

    editor.page.route("**/api/v1/capabilities", with_detector)
    editor.page.route("**/api/v1/proposals", propose)
    editor.open()
    editor.begin("sheep")
    return heard


def test_what_is_seen_named_or_clicked_gets_a_box(editor: Editor, asked: list[dict[str, Any]]) -> None:
    page = editor.page
    seen = page.get_by_role("group", name="Seen in the picture")
    expect(seen.get_by_role("button")).to_have_count(2)
    editor.keep("proposals")
    seen.get_by_role("button", name="Draw a box round: sheep").click()
    assert (editor.track()["label"], editor.box(0)) == ("sheep", SHEEP["box"])
    editor.keys("End", "r")
    editor.click((0.5, 0.6))
    expect(page.locator(".lane[role=group]")).to_have_count(2)
    assert (editor.track(1)["label"], editor.box(0, 1)) == ("dog", DOG["box"])
    assert asked[-1]["point"] == pytest.approx({"x": 0.5, "y": 0.6}, abs=0.01)
    expect(page.get_by_role("button", name="Select and move")).to_have_attribute("aria-pressed", "true")
    editor.keys("Control+z")
    assert len(editor.scene()["tracks"]) == 1
    editor.keys("Escape")
    page.get_by_label("Find by name").fill("the white sheep")
    page.keyboard.press("Enter")
    expect(page.locator(".lane[role=group]")).to_have_count(2)
    assert editor.track(1)["label"] == "the white sheep"
    editor.keys("Escape")
    page.get_by_label("Find by name").fill("dragon")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing like that was found")).to_be_visible()
    assert len(editor.scene()["tracks"]) == 2


def test_a_box_that_cuts_through_a_thing_is_told_and_can_take_all_of_it(
    editor: Editor, asked: list[dict[str, Any]]
) -> None:
    page = editor.page
    expect(page.get_by_role("group", name="Seen in the picture")).to_be_visible()
    assert asked
    editor.draw([0.45, 0.1, 0.7, 0.9])
    editor.pull_end([0.45, 0.1, 0.7, 0.9], (0.2, 0))
    expect(page.get_by_text("seems to reach beyond the box")).to_be_visible()
    editor.keep("cut-thing")
    page.get_by_role("button", name="Take all of it").click()
    assert editor.box(0) == SHEEP["box"]
    assert editor.box(15) == pytest.approx([0.4, 0.1, 0.9, 0.9], abs=0.01)
    expect(page.get_by_text("seems to reach beyond the box")).to_have_count(0)
    editor.keys("Control+z")
    expect(page.get_by_text("seems to reach beyond the box")).to_be_visible()
