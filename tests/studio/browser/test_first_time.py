"""From a picture to a finished video, as somebody does it who has read nothing."""

from __future__ import annotations

import json
import pathlib

import pytest
from editor_driver import Editor
from playwright.sync_api import expect

from boximator.scene.embedded import is_embedded
from boximator.scene.wire import read_scene
from boximator.video.picture import scene_picture
from boximator.video.reader import VideoReader

PIG = [0.16, 0.22, 0.62, 0.81]


def test_from_picture_to_video(editor: Editor) -> None:
    page = editor.page
    expect(page.get_by_text("Drop a picture or a video here")).to_be_visible()
    editor.keep("1-start")
    editor.begin("pig")
    steps = page.get_by_role("status", name="First steps")
    expect(steps).to_contain_text("Drag a box")
    editor.drag((0.16, 0.22), (0.62, 0.81))
    assert editor.box(0) == pytest.approx(PIG, abs=0.01)
    expect(steps).to_contain_text("Pull the round arrow")
    editor.pull_end(PIG, (0.3, 0.02))
    assert editor.box(15) == pytest.approx([0.46, 0.24, 0.92, 0.83], abs=0.01)
    expect(steps).to_contain_text("Say in a few words")
    editor.say("a pig trots to the right over the grass")
    expect(steps).to_contain_text("Press Generate")
    expect(
        page.get_by_text("Downloads say that they are generated: label, watermark, metadata, signature.")
    ).to_be_visible()
    editor.keep("2-asked")
    editor.generate()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".progress").get_by_text("Step")).to_be_visible()
    editor.keep("3-progress")
    editor.wait_for_result()
    editor.keys("End")
    assert editor.frame() == 15
    editor.keep("4-result")


def test_a_result_is_downloaded_and_plays_by_frames(editor: Editor) -> None:
    page = editor.page
    editor.begin("duck")
    editor.draw([0.1, 0.2, 0.7, 0.9])
    editor.pull_end([0.1, 0.2, 0.7, 0.9], (0.2, 0))
    editor.say("a duck swims")
    editor.generate()
    editor.wait_for_result()
    assert page.locator("video").count() == 0
    for kind, name in (("MP4 video", "film.mp4"), ("Scene (JSON)", "again.json")):
        page.locator(".result.looking").get_by_role("button", name="Download").click()
        with page.expect_download() as waiting:
            page.get_by_role("menuitem", name=kind).click()
        assert waiting.value.failure() is None, (kind, waiting.value.url)
        waiting.value.save_as(editor.folder / name)
    with VideoReader(editor.folder / "film.mp4") as film:
        assert len(film) == 16
    again = read_scene(editor.folder / "again.json")
    assert again.prompt == "a duck swims"
    assert is_embedded(again.picture or "")


def test_cancel_stops_a_running_and_a_waiting_job(editor: Editor) -> None:
    page = editor.page
    editor.begin("sheep")
    editor.draw([0.2, 0.1, 0.7, 0.9])
    editor.say("first")
    editor.generate()
    expect(page.locator(".progress").get_by_text("Step")).to_be_visible()
    editor.say("second")
    editor.generate()
    expect(page.locator(".progress")).to_have_count(2)
    page.locator(".progress", has_text="second").get_by_role("button", name="Cancel").click()
    page.locator(".progress", has_text="first").get_by_role("button", name="Cancel").click()
    expect(page.locator(".progress")).to_have_count(0)
    page.get_by_role("tab", name="Results").click()
    for prompt in ("first", "second"):
        expect(editor.result_cards().filter(has_text=prompt).get_by_text("Cancelled")).to_be_visible()


def test_the_project_file_is_one_that_the_command_line_reads(editor: Editor) -> None:
    page = editor.page
    editor.begin("kingfisher")
    editor.draw([0.28, 0.09, 0.63, 0.89])
    with page.expect_download() as waiting:
        editor.keys("Control+s")
    file = pathlib.Path(editor.folder / "kingfisher.json")
    assert waiting.value.suggested_filename == "kingfisher.json"
    waiting.value.save_as(file)
    scene = read_scene(file)
    assert scene.picture is not None
    assert scene_picture(file, scene.picture).pixels.shape == (432, 768, 3)
    # And the editor opens what it saved, and what others wrote.
    page.evaluate("indexedDB.deleteDatabase('unrelated')")
    with page.expect_file_chooser() as chooser:
        editor.keys("Control+o")
    chooser.value.set_files(file)
    expect(page.get_by_text("Opened kingfisher.json")).to_be_visible()
    assert editor.box(0) == pytest.approx([0.28, 0.09, 0.63, 0.89], abs=0.01)
    broken = editor.folder / "broken.json"
    broken.write_text(json.dumps({"version": 1, "tracks": [{"id": 1, "keyframes": []}]}), encoding="utf-8")
    with page.expect_file_chooser() as chooser:
        editor.keys("Control+o")
    chooser.value.set_files(broken)
    expect(page.get_by_role("alert")).to_contain_text("tracks[0].keyframes should hold at least one box")
