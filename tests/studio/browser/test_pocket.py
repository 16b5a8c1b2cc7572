"""The whole way once more with the real base: a photograph of one's own becomes a video that obeys."""

from __future__ import annotations

import pathlib

import pytest
from playwright.sync_api import Browser, expect
from studio_process import serving, tab

from boximator.video.picture import read_picture
from boximator.video.reader import VideoReader

PIG = pathlib.Path(__file__).parents[3] / "src/boximator/evaluation/photos/pig.jpg"
BOX = [0.16, 0.22, 0.62, 0.81]


def test_a_photograph_becomes_a_video(chromium: Browser, tmp_path: pathlib.Path) -> None:
    with serving(tmp_path / "data") as studio, tab(chromium, studio.address, tmp_path) as editor:
        page = editor.page
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="choose a picture").click()
        chooser.value.set_files(PIG)
        page.wait_for_selector(".canvas canvas")
        editor.drag((BOX[0], BOX[1]), (BOX[2], BOX[3]))
        editor.pull_end(BOX, (0.3, 0.02))
        editor.say("a pig trots to the right over the grass")
        editor.generate()
        expect(page.locator(".progress img")).to_be_visible(timeout=120_000)
        editor.keep("5-real-progress")
        expect(page.get_by_role("radio", name="Result")).to_be_checked(timeout=300_000)
        overlap = page.locator(".chip.iou")
        expect(overlap).to_be_visible()
        assert float((overlap.text_content() or "").removeprefix("IoU ")) > 0.6
        editor.keys("End")
        expect(page.get_by_text("Loading frames")).to_have_count(0)
        editor.keep("6-real-result")
        page.locator(".result.looking").get_by_role("button", name="Download").click()
        with page.expect_download() as waiting:
            page.get_by_role("menuitem", name="MP4 video").click()
        waiting.value.save_as(tmp_path / "pig.mp4")
    with VideoReader(tmp_path / "pig.mp4") as film:
        assert len(film) == 16
        height, width, _ = film[0].shape
    rows, columns, _ = read_picture(PIG).shape
    assert width / height == pytest.approx(columns / rows, rel=0.02)
