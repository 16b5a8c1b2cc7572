#!/usr/bin/env python
"""The studio's picture and moving picture for the README: a real browser, a real studio, the real base.

    .venv/bin/python scripts/make_studio_media.py docs/media

Writes studio.png (a finished result with its boxes) and studio.webp (from picture to video). Needs Debian's chromium
and the package playwright, as the browser tests do; it drives the editor by their driver.
"""

from __future__ import annotations

import argparse
import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/studio/browser"))

from editor_driver import GO, Editor
from playwright.sync_api import expect, sync_playwright
from studio_process import serving, tab

from conftest import CHROMIUM, FLAGS

EXAMPLE = "pig"
BOX = (0.15, 0.2, 0.63, 0.82)
WAY = (0.3, 0.02)
PROMPT = "a pig trots to the right over the grass"
SIZE = (960, 600)
QUALITY = 72

POINTER = """() => {
    const dot = document.createElement('div');
    Object.assign(dot.style, {
        position: 'fixed', width: '22px', height: '22px', margin: '-11px 0 0 -11px', borderRadius: '50%',
        background: 'rgb(255 255 255 / 35%)', border: '2px solid #fff', boxShadow: '0 0 6px #000',
        pointerEvents: 'none', zIndex: '99', left: '-50px', top: '-50px',
    });
    document.body.append(dot);
    addEventListener('pointermove', (event) => {
        Object.assign(dot.style, { left: `${event.clientX}px`, top: `${event.clientY}px` });
    }, true);
}"""
"""A round pointer: screenshots have none."""


class Reel:
    """Screenshots with the milliseconds that each stays."""

    def __init__(self, editor: Editor) -> None:
        self._page = editor.page
        self.frames: list[Image.Image] = []
        self.times: list[int] = []

    def shoot(self, milliseconds: int = 90) -> None:
        """One more frame; one that is as the last makes that stay longer."""
        shot = Image.open(io.BytesIO(self._page.screenshot())).convert("RGB")
        frame = shot.resize(SIZE, Image.Resampling.LANCZOS)
        if self.frames and frame.tobytes() == self.frames[-1].tobytes():
            self.times[-1] += milliseconds
            return
        self.frames.append(frame)
        self.times.append(milliseconds)

    def save(self, path: Path) -> None:
        first, *rest = self.frames
        first.save(
            path, save_all=True, append_images=rest, duration=self.times, loop=0, quality=QUALITY, method=6
        )


def drag(editor: Editor, reel: Reel, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Slowly, to be watched; places in pixels of the page."""
    mouse = editor.page.mouse
    mouse.move(*start)
    reel.shoot(250)
    mouse.down()
    for step in range(1, 9):
        share = step / 8
        mouse.move(*(a + share * (b - a) for a, b in zip(start, end, strict=True)))
        reel.shoot(60)
    mouse.up()
    reel.shoot(500)


def play(editor: Editor, reel: Reel) -> None:
    """Draw, pull, say, generate, look."""
    page = editor.page
    page.evaluate(POINTER)
    reel.shoot(1200)
    editor.begin(EXAMPLE)
    reel.shoot(800)
    drag(editor, reel, editor.at((BOX[0], BOX[1])), editor.at((BOX[2], BOX[3])))
    x, y = editor.at((BOX[2], (BOX[1] + BOX[3]) / 2))
    unit = editor.at((1, 1))[0] - editor.at((0, 0))[0], editor.at((1, 1))[1] - editor.at((0, 0))[1]
    drag(editor, reel, (x + GO, y), (x + GO + WAY[0] * unit[0], y + WAY[1] * unit[1]))
    for end in range(7, len(PROMPT) + 7, 7):
        editor.say(PROMPT[:end])
        reel.shoot(110)
    reel.shoot(500)
    button = page.locator("#generate").bounding_box()
    assert button is not None
    page.mouse.move(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
    reel.shoot(300)
    editor.generate()
    shown = None
    result = page.get_by_role("radio", name="Result")
    while not (result.count() and result.is_checked()):
        picture = page.locator(".progress img")
        now = picture.get_attribute("src") if picture.count() else None
        if now != shown:
            shown = now
            reel.shoot(260)
        page.wait_for_timeout(60)
    expect(page.get_by_text("Loading frames")).to_have_count(0)
    page.mouse.move(640, 790)


def show(editor: Editor, reel: Reel) -> None:
    """The result, frame by frame, with its boxes, then without."""
    page = editor.page
    count = len(editor.scene()["tracks"][0]["keyframes"]) and editor.scene()["frames"]
    for round_ in range(2):
        if round_:
            page.get_by_label("Requested boxes").uncheck()
            page.get_by_label("Found").uncheck()
        editor.keys("Home")
        for _ in range(count):
            reel.shoot(110)
            editor.keys("f")
        reel.shoot(700)


def still(editor: Editor, path: Path) -> None:
    """The screenshot: the result in its last third, small enough for a README."""
    page = editor.page
    page.get_by_label("Requested boxes").check()
    page.get_by_label("Found").check()
    editor.keys("End", "d", "d", "d")
    page.mouse.move(1279, 799)
    page.evaluate("document.activeElement.blur()")
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, optimize=True)


def main(folder: Path) -> None:
    """Both files."""
    assert CHROMIUM is not None, "Debian: apt-get install chromium"
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with serving(Path(name)) as studio, tab(browser, studio.address, Path(name)) as editor:
            reel = Reel(editor)
            play(editor, reel)
            show(editor, reel)
            still(editor, folder / "studio.png")
            reel.save(folder / "studio.webp")
        browser.close()
    for path in (folder / "studio.png", folder / "studio.webp"):
        sys.stdout.write(f"{path}: {path.stat().st_size / 1e6:.2f} MB\n")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("folder", type=Path, nargs="?", default=Path("docs/media"))
    main(options.parse_args().folder)
