"""The editor driven as a person drives it: real mouse, real keys, places given in fractions of the frame."""

from __future__ import annotations

import base64
import json
import pathlib
import re
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, expect

Place = tuple[float, float]

SCREENS = pathlib.Path(__file__).parents[3] / "out/studio-screens"

PATIENCE = 60_000
"""Milliseconds to wait for what is to be seen; only a failure takes as long."""

GO = 29
"""Pixels from a box's right edge to the round handle that pulls its end box out."""


DROP = """([name, type, data]) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name, { type }));
    for (const kind of ['dragover', 'drop']) {
        window.dispatchEvent(new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
    }
}"""


class Editor:
    """One page with the editor in it."""

    def __init__(self, page: Page, *, address: str, folder: pathlib.Path) -> None:
        self.page = page
        self.address = address
        self.folder = folder
        self.errors: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def open(self) -> None:
        """Until the page is drawn: from then on it listens."""
        self.page.goto(self.address)
        self.page.wait_for_selector(".page")

    def begin(self, example: str = "pig") -> None:
        """Take an example picture, and wait for the canvas."""
        self.page.get_by_role("button", name=f"Start with the example: {example}").click()
        self.page.wait_for_selector(".canvas canvas")
        self.keys("0")

    def until(self, happened: Callable[[], bool]) -> None:
        """Wait for what only a script can see. (`wait_for_function` asks for eval, which the page forbids.)"""
        for _ in range(PATIENCE // 100):
            if happened():
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"it did not happen within {PATIENCE / 1000:.0f} s")

    def scene(self) -> dict[str, Any]:
        return json.loads(self.page.evaluate("boximator.scene()"))

    def track(self, index: int = 0) -> dict[str, Any]:
        return self.scene()["tracks"][index]

    def frames_with_boxes(self, index: int = 0) -> list[int]:
        return [key["frame"] for key in self.track(index)["keyframes"]]

    def box(self, frame: int, index: int = 0) -> list[float]:
        return next(key["box"] for key in self.track(index)["keyframes"] if key["frame"] == frame)

    def frame(self) -> int:
        """The frame that is shown."""
        shown = self.page.get_by_role("slider", name="Frame shown").get_attribute("aria-valuenow")
        assert shown is not None
        return int(shown)

    def at(self, place: Place) -> Place:
        """Where a place of the frame is on the screen."""
        canvas = self.page.locator(".canvas")
        bounds = canvas.bounding_box()
        numbers = canvas.get_attribute("data-frame")
        assert bounds is not None
        assert numbers is not None
        left, top, width, height = (float(number) for number in numbers.split())
        return bounds["x"] + left + place[0] * width, bounds["y"] + top + place[1] * height

    def drag(self, start: Place, end: Place, *, shift: Place = (0, 0), button: Any = "left") -> None:
        """Press at a place, move to another, let go; `shift` is added to the first, in pixels."""
        x, y = self.at(start)
        self.page.mouse.move(x + shift[0], y + shift[1])
        self.page.mouse.down(button=button)
        self.page.mouse.move(*self.at(end), steps=6)
        self.page.mouse.up(button=button)

    def click(self, place: Place, *, button: Any = "left") -> None:
        self.page.mouse.click(*self.at(place), button=button)

    def draw(self, box: Sequence[float]) -> None:
        """A new box, whatever lies under it."""
        self.keys("r")
        self.drag((box[0], box[1]), (box[2], box[3]))

    def pull_end(self, box: Sequence[float], to: Place) -> None:
        """The end box pulled out by its round handle, moved by `to` of the frame."""
        middle = (box[1] + box[3]) / 2
        x, y = self.at((box[2], middle))
        width, height = self.at((1, 1))[0] - self.at((0, 0))[0], self.at((1, 1))[1] - self.at((0, 0))[1]
        self.page.mouse.move(x + GO, y)
        self.page.mouse.down()
        self.page.mouse.move(x + GO + to[0] * width, y + to[1] * height, steps=6)
        self.page.mouse.up()

    def keys(self, *pressed: str) -> None:
        """Keys on the canvas."""
        self.page.locator(".canvas").focus()
        for key in pressed:
            self.page.keyboard.press(key)

    def drop(self, path: pathlib.Path, kind: str) -> None:
        """A file let go over the page; `kind` is its media type."""
        self.page.evaluate(DROP, [path.name, kind, base64.b64encode(path.read_bytes()).decode()])

    def say(self, prompt: str) -> None:
        self.page.get_by_label("What happens").fill(prompt)

    def generate(self) -> None:
        self.page.locator("#generate").click()

    def result_cards(self) -> Any:
        return self.page.locator(".result")

    def wait_for_result(self) -> None:
        """Until a finished result is on the canvas."""
        expect(self.page.get_by_role("radio", name="Result")).to_be_checked()
        expect(self.page.locator(".result.looking .thumb img")).to_be_visible()

    def keep(self, name: str) -> None:
        """A screenshot for a person to look at."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{re.sub('[^a-z0-9-]', '-', name.lower())}.png")
