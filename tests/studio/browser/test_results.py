"""Results: seen again in the frames, compared, kept through a reload, a second tab and the death of a worker."""

from __future__ import annotations

import os
import pathlib
import signal
from typing import Any

import pytest
from editor_driver import Editor
from playwright.sync_api import Browser, expect
from studio_process import Serving, tab

BOX = [0.16, 0.22, 0.62, 0.81]


def ask(editor: Editor, prompt: str) -> None:
    editor.page.get_by_role("tab", name="Scene").click()
    editor.say(prompt)
    editor.generate()


def test_a_killed_worker_loses_no_job_and_a_second_tab_sees_it(
    editor: Editor, pretending: Serving, chromium: Browser, tmp_path: pathlib.Path
) -> None:
    editor.begin("pig")
    editor.draw(BOX)
    editor.pull_end(BOX, (0.3, 0.02))
    ask(editor, "killed once")
    expect(editor.page.locator(".progress").get_by_text("Step")).to_be_visible()
    (worker,) = pretending.workers()
    os.kill(worker, signal.SIGKILL)
    with tab(chromium, pretending.address, tmp_path) as second:
        second.begin("sheep")
        expect(second.page.locator(".progress", has_text="killed once")).to_be_visible()
        editor.page.reload()
        editor.page.wait_for_selector(".canvas canvas")
        second.page.get_by_role("tab", name="Results").click()
        card = second.result_cards().filter(has_text="killed once")
        expect(card.get_by_text("mean IoU")).to_be_visible()
    assert pretending.workers() != [worker]
    editor.page.get_by_role("tab", name="Results").click()
    expect(editor.result_cards().filter(has_text="killed once").get_by_text("mean IoU")).to_be_visible()


def test_two_results_are_compared_and_seen_again(editor: Editor) -> None:
    page = editor.page
    editor.begin("pig")
    editor.draw(BOX)
    editor.pull_end(BOX, (0.3, 0.02))
    ask(editor, "first of two")
    editor.wait_for_result()
    # The pretended video moves nothing, so what was asked and what is seen part.
    expect(page.locator(".chip.iou")).to_contain_text("IoU 0.5")
    page.get_by_role("radio", name="Plan").click()
    editor.draw([0.7, 0.1, 0.9, 0.3])
    editor.keys("x")
    ask(editor, "second of two")
    editor.wait_for_result()
    expect(page.locator(".chip.iou")).to_contain_text(["IoU 0.5", "IoU 1.0"])
    other = editor.result_cards().filter(has_text="first of two")
    other.get_by_role("button", name="Compare with this one").click()
    expect(other.locator(".mark")).to_have_text("B")
    expect(page.locator(".result .mark")).to_have_count(2)
    split = page.get_by_role("slider", name="Divider between the two results")
    expect(split).to_have_value("50")
    editor.drag((0.5, 0.5), (0.25, 0.5))
    expect(split).to_have_value("25")
    editor.keep("compare")
    page.get_by_label("Found").uncheck()
    page.get_by_label("Requested boxes").uncheck()
    editor.keys("w")
    expect(page.get_by_role("radio", name="Plan")).to_be_checked()
    other.get_by_role("button", name="Edit this scene").click()
    expect(page.get_by_text("Opened first of two")).to_be_visible()
    assert len(editor.scene()["tracks"]) == 1
    editor.keys("Control+z")
    assert len(editor.scene()["tracks"]) == 2


@pytest.fixture
def touched(chromium: Browser, studio: str, tmp_path: pathlib.Path) -> Any:
    with tab(chromium, studio, tmp_path, touch=True) as driver:
        yield driver


def test_fingers_draw_move_and_pinch(touched: Editor) -> None:
    touched.begin("pig")
    fingers = touched.page.context.new_cdp_session(touched.page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(map(touched.at, places))]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def slide(start: tuple[float, float], end: tuple[float, float]) -> None:
        touch("touchStart", start)
        for share in (0.25, 0.5, 0.75, 1.0):
            touch(
                "touchMove", (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
            )
        touch("touchEnd")

    slide((0.2, 0.3), (0.4, 0.6))
    assert touched.box(0) == pytest.approx([0.2, 0.3, 0.4, 0.6], abs=0.02)
    slide((0.3, 0.45), (0.4, 0.55))
    assert touched.box(0) == pytest.approx([0.3, 0.4, 0.5, 0.7], abs=0.02)
    before = touched.box(0)
    left, right = touched.at((0, 0))[0], touched.at((1, 0))[0]
    # Both fingers are told by places on the screen: the frame grows under them.
    touch("touchStart", (0.6, 0.2), (0.8, 0.2))
    middle, y = touched.at((0.7, 0.2))
    for reach in (100, 140, 180):
        points = [{"x": middle - reach, "y": y, "id": 0}, {"x": middle + reach, "y": y, "id": 1}]
        fingers.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})
    touch("touchEnd")
    assert touched.at((1, 0))[0] - touched.at((0, 0))[0] > (right - left) * 1.2
    assert touched.box(0) == before
