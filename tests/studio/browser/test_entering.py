"""What stands in the picture comes in from a side: the picture becomes the last frame."""

from __future__ import annotations

from editor_driver import Editor
from playwright.sync_api import expect


def test_a_thing_of_the_picture_comes_in(editor: Editor) -> None:
    page = editor.page
    editor.begin("pig")
    before = editor.scene()["picture"]
    editor.draw([0.12, 0.18, 0.66, 0.86])
    page.get_by_role("button", name="Enter or leave").click()
    page.get_by_role("menuitem", name="Enter from the left").click()
    expect(page.get_by_text("Your picture is the last frame now")).to_be_visible()
    scene = editor.scene()
    assert scene["last_picture"] == before
    assert scene["picture"] not in (None, before)
    assert editor.frames_with_boxes() == [0, 15]
    assert editor.box(0)[2] < 0
    assert abs(editor.box(15)[0] - 0.12) < 0.02
    editor.keep("entering")
    editor.keys("Control+z")
    assert (editor.scene()["picture"], editor.scene()["last_picture"]) == (before, None)
    assert editor.frames_with_boxes() == [0]
    page.get_by_role("button", name="Enter or leave").click()
    page.get_by_role("menuitem", name="Leave to the right").click()
    assert editor.scene()["picture"] == before
    assert editor.box(15)[0] > 1
