"""Files in and out: pictures and videos dropped, other tools' formats."""

from __future__ import annotations

import pathlib
import zipfile

import numpy as np
import pytest
from editor_driver import Editor
from playwright.sync_api import expect

from boximator.provenance.marks import write_marked
from boximator.video.writer import write_video


def test_a_dropped_video_gives_its_first_frame(editor: Editor) -> None:
    frames = np.full((4, 96, 128, 3), 90, np.uint8)
    frames[:, 20:60, 30:80] = [200, 60, 40]
    write_video(frames, editor.folder / "clip.mp4", fps=8)
    editor.drop(editor.folder / "clip.mp4", "video/mp4")
    editor.page.wait_for_selector(".canvas canvas")
    expect(editor.page.get_by_text("first frame")).to_be_visible()
    editor.draw([0.2, 0.2, 0.6, 0.6])
    assert len(editor.scene()["tracks"]) == 1


def test_boxes_go_to_another_tool_and_come_back(editor: Editor) -> None:
    page = editor.page
    editor.begin("pig")
    editor.draw([0.2, 0.3, 0.4, 0.6])
    editor.pull_end([0.2, 0.3, 0.4, 0.6], (0.3, 0.1))
    page.get_by_role("button", name="Project", exact=True).click()
    page.get_by_role("menuitem", name="Other tools").click()
    dialog = page.get_by_role("dialog", name="Other tools")
    saved: dict[str, pathlib.Path] = {}
    for title, name in (("CVAT for video 1.1", "cvat.xml"), ("MOTChallenge", "mot.zip")):
        with page.expect_download() as waiting:
            dialog.get_by_role("button", name=f"Write as {title}").click()
        assert waiting.value.suggested_filename == name
        saved[name] = editor.folder / name
        waiting.value.save_as(saved[name])
    expect(dialog.get_by_role("status")).to_contain_text("left out")
    editor.keep("formats")
    assert zipfile.is_zipfile(saved["mot.zip"])
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose a file").click()
    broken = editor.folder / "broken.xml"
    broken.write_text("no", encoding="utf-8")
    chooser.value.set_files(broken)
    expect(dialog.get_by_role("alert")).to_contain_text("broken.xml")
    editor.errors.clear()  # the browser tells of the refusal, too
    page.keyboard.press("Escape")
    before = editor.track()
    for name, kind in (("cvat.xml", "text/xml"), ("mot.zip", "application/zip")):
        editor.keys("Control+a", "Delete")
        assert editor.scene()["tracks"] == []
        editor.drop(saved[name], kind)
        expect(page.get_by_text(f"Opened {name}")).to_be_visible()
        assert editor.frames_with_boxes() == [0, 15]
        assert editor.box(15) == pytest.approx(before["keyframes"][1]["box"], abs=0.002)
    editor.keys("Control+z")
    assert editor.scene()["tracks"] == []


def test_a_file_is_asked_whether_it_was_made_here(editor: Editor) -> None:
    page = editor.page
    page.get_by_role("button", name="Project", exact=True).click()
    page.get_by_role("menuitem", name="Was this made here?").click()
    dialog = page.get_by_role("dialog", name="Was this made here?")
    frames = np.random.default_rng(0).integers(60, 190, (1, 24, 32, 3), np.uint8)
    write_marked(
        frames.repeat(12, axis=1).repeat(12, axis=2).repeat(4, axis=0), editor.folder / "ours.mp4", fps=8
    )
    editor.drop(editor.folder / "ours.mp4", "video/mp4")
    expect(dialog.get_by_role("heading", name="Made with boximator, unchanged since")).to_be_visible()
    expect(dialog.locator("li.found")).to_have_count(4)
    editor.keep("verify")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose a file").click()
    (editor.folder / "note.txt").write_text("no picture", encoding="utf-8")
    chooser.value.set_files(editor.folder / "note.txt")
    expect(dialog.get_by_text("neither a picture nor a video")).to_be_visible()
    editor.errors.clear()  # the browser tells of the refusal, too
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Drop a picture or a video here")).to_be_visible()  # nothing came onto the canvas
