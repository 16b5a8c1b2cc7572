"""Keys are put on other keys in the list on "?"."""

from __future__ import annotations

from editor_driver import Editor
from playwright.sync_api import Locator, expect


def change(editor: Editor, action: str, key: str) -> None:
    """In the open list: the key of an action, then the new one."""
    editor.page.get_by_role("button", name=f"Change the key of “{action}”").click()
    editor.page.keyboard.press(key)


def listed(editor: Editor) -> Locator:
    editor.keys("?")
    return editor.page.get_by_role("dialog", name="Keyboard shortcuts")


def is_hard(editor: Editor) -> bool:
    return editor.track()["keyframes"][0]["hard"]


def test_a_key_is_changed_kept_and_given_back(editor: Editor) -> None:
    page = editor.page
    editor.begin("pig")
    editor.draw([0.2, 0.3, 0.4, 0.6])
    dialog = listed(editor)
    change(editor, "Hard or soft", "j")
    expect(dialog.get_by_role("status")).to_have_text("“Hard or soft” is on J now.")
    editor.keep("keys-changed")
    page.keyboard.press("Escape")
    editor.keys("h")
    assert is_hard(editor)
    editor.keys("j")
    assert not is_hard(editor)
    page.reload()
    page.wait_for_selector(".canvas canvas")
    page.get_by_role("button", name="Choose Object 1").click()
    before = is_hard(editor)
    editor.keys("j")
    assert is_hard(editor) != before
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    other = opened.value
    other.wait_for_selector(".page")
    other.evaluate("localStorage.clear(); localStorage.setItem('boximator.keys', '{\"hard\": [\"u\"]}')")
    page.bring_to_front()
    editor.keys("j")
    assert is_hard(editor) != before
    editor.keys("u")
    assert is_hard(editor) == before
    dialog = listed(editor)
    dialog.get_by_role("button", name="All keys as they were").click()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    editor.keys("h")
    assert is_hard(editor) != before


def test_a_key_that_is_taken_or_the_page_s_own_is_told(editor: Editor) -> None:
    page = editor.page
    editor.begin("pig")
    dialog = listed(editor)
    said = dialog.get_by_role("status")
    change(editor, "Loop", "k")
    expect(said).to_contain_text("K is the key of “Add or remove a box on this frame”")
    editor.keep("keys-taken")
    dialog.get_by_role("button", name="Exchange the keys").click()
    expect(said).to_have_text("“Loop” is on K now.")
    expect(
        page.get_by_role("button", name="Change the key of “Add or remove a box on this frame”, now L")
    ).to_be_visible()
    change(editor, "Loop", "Tab")
    expect(said).to_contain_text("Tab belongs to the page")
    change(editor, "Loop", "Escape")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    loop = page.get_by_role("button", name="Loop")
    assert loop.get_attribute("title") == "Loop  (K)"
    pressed = loop.get_attribute("aria-pressed")
    editor.keys("k")
    expect(loop).not_to_have_attribute("aria-pressed", pressed or "")
