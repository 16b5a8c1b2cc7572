"""A project saved as its picture, and opened again: dropped, chosen, and taken as a plain picture."""

from __future__ import annotations

import io
import pathlib

import pytest
from editor_driver import Editor
from PIL import Image
from playwright.sync_api import expect

from boximator.scene.inside import scene_inside

BOX = [0.2, 0.3, 0.4, 0.6]


def choose(editor: Editor, item: str) -> None:
    editor.page.get_by_role("button", name="Project", exact=True).click()
    editor.page.get_by_role("menuitem", name=item).click()


@pytest.fixture
def saved(editor: Editor) -> pathlib.Path:
    """A project with one track, saved as a picture."""
    editor.begin("pig")
    editor.draw(BOX)
    editor.pull_end(BOX, (0.3, 0.1))
    editor.say("a pig runs")
    with editor.page.expect_download() as waiting:
        choose(editor, "Save as picture (PNG)")
    assert waiting.value.suggested_filename == "pig.png"
    waiting.value.save_as(editor.folder / "pig.png")
    return editor.folder / "pig.png"


def test_the_picture_brings_the_project_back(editor: Editor, saved: pathlib.Path) -> None:
    before = editor.scene()
    with Image.open(saved) as picture:
        picture.load()
        assert picture.format == "PNG"
    inside = scene_inside(saved)
    assert inside is not None
    assert inside.prompt == "a pig runs"
    assert len(inside.tracks) == 1
    editor.keys("Control+a", "Delete")
    editor.say("")
    editor.drop(saved, "image/png")
    expect(editor.page.get_by_text("Opened pig.png")).to_be_visible()
    after = editor.scene()
    assert after["tracks"] == before["tracks"]
    assert after["prompt"] == "a pig runs"
    expect(editor.page.get_by_label("Name of the project")).to_have_value("pig")
    # Saved once more, not a byte is another.
    with editor.page.expect_download() as waiting:
        choose(editor, "Save as picture (PNG)")
    assert pathlib.Path(waiting.value.path()).read_bytes() == saved.read_bytes()


def test_it_is_chosen_or_pasted_like_any_file(editor: Editor, saved: pathlib.Path) -> None:
    page = editor.page
    choose(editor, "New project")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Drop a picture or a video").click()
    chooser.value.set_files(saved)
    page.wait_for_selector(".canvas canvas")
    assert len(editor.scene()["tracks"]) == 1
    choose(editor, "New project")
    page.evaluate(PASTE, list(saved.read_bytes()))
    page.wait_for_selector(".canvas canvas")
    assert len(editor.scene()["tracks"]) == 1


PASTE = """(bytes) => {
    const carried = new DataTransfer();
    carried.items.add(new File([Uint8Array.from(bytes)], 'pasted.png', { type: 'image/png' }));
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carried, bubbles: true }));
}"""


def test_pictures_from_elsewhere_and_replacements_change_no_track(
    editor: Editor, saved: pathlib.Path
) -> None:
    page = editor.page
    editor.keys("Control+a", "Delete")
    editor.draw([0.5, 0.5, 0.8, 0.8])
    before = editor.scene()["tracks"]
    with page.expect_file_chooser() as chooser:
        choose(editor, "Replace the picture")
    chooser.value.set_files(saved)
    plain = io.BytesIO()
    with Image.open(saved) as picture:
        picture.convert("L").save(plain, "PNG")  # as another program saves it: without the scene
    (editor.folder / "grey.png").write_bytes(plain.getvalue())
    shown = editor.scene()["picture"]
    editor.drop(editor.folder / "grey.png", "image/png")
    editor.until(lambda: editor.scene()["picture"] != shown)
    assert editor.scene()["tracks"] == before


def test_a_damaged_scene_leaves_the_picture_and_says_so(editor: Editor, saved: pathlib.Path) -> None:
    data = bytearray(saved.read_bytes())
    data[data.index(b"a pig runs")] ^= 1
    (editor.folder / "broken.png").write_bytes(data)
    editor.drop(editor.folder / "broken.png", "image/png")
    expect(editor.page.get_by_text("The boxes inside broken.png cannot be read")).to_be_visible()
    assert len(editor.scene()["tracks"]) == 1  # those that were there
