"""Keys are put on other keys in the list on "?"."""

from __future__ import annotations

import pytest
from editor_driver import Editor
from playwright.sync_api import Locator, expect
from test_reach import contrasts

SAVING = 2000
"""Milliseconds in which the project is surely kept; what is asserted after a reload does not hang on it."""


def change(editor: Editor, action: str, key: str) -> None:
    """In the open list: "Change" beside an action, then the new key."""
    editor.page.get_by_role("button", name=f"Change the key of “{action}”").click()
    editor.page.keyboard.press(key)


def listed(editor: Editor) -> Locator:
    editor.keys("?")
    return editor.page.get_by_role("dialog", name="Keyboard shortcuts")


def is_hard(editor: Editor) -> bool:
    return editor.track()["keyframes"][0]["hard"]


@pytest.fixture
def drawn(editor: Editor) -> Editor:
    """One box, chosen."""
    editor.begin("pig")
    editor.draw([0.2, 0.3, 0.4, 0.6])
    return editor


def test_a_key_is_changed_kept_and_given_back(drawn: Editor) -> None:
    page = drawn.page
    dialog = listed(drawn)
    change(drawn, "Hard or soft", "j")
    expect(dialog.get_by_role("status")).to_have_text("“Hard or soft” is on J now.")
    page.keyboard.press("Escape")
    drawn.keys("h")
    assert is_hard(drawn)
    drawn.keys("j")
    assert not is_hard(drawn)
    page.wait_for_timeout(SAVING)
    page.reload()
    page.get_by_role("button", name="Choose Object 1").click()
    drawn.keys("j")
    assert is_hard(drawn)
    dialog = listed(drawn)
    dialog.get_by_role("button", name="Reset the key of “Hard or soft” to H").click()
    expect(dialog.get_by_role("status")).to_have_text("“Hard or soft” is on H now.")
    expect(dialog.get_by_role("button", name="Change the key of “Hard or soft”, now H")).to_be_focused()
    expect(dialog.get_by_role("button", name="Reset the key")).to_have_count(0)
    page.keyboard.press("Escape")
    drawn.keys("j")
    assert is_hard(drawn)
    drawn.keys("h")
    assert not is_hard(drawn)


def test_another_tab_follows_and_all_keys_go_back(drawn: Editor) -> None:
    page = drawn.page
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    other = opened.value
    other.get_by_role("button", name="Keyboard shortcuts").click()
    other.get_by_role("button", name="Change the key of “Hard or soft”").click()
    other.keyboard.press("u")
    other.close()
    page.bring_to_front()
    drawn.keys("u")
    assert not is_hard(drawn)
    dialog = listed(drawn)
    dialog.get_by_role("button", name="Reset all").click()
    expect(dialog.get_by_role("button", name="Change the key of “Hard or soft”, now H")).to_be_visible()
    dialog.get_by_role("button", name="Undo the reset").click()
    expect(dialog.get_by_role("button", name="Change the key of “Hard or soft”, now U")).to_be_visible()
    dialog.get_by_role("button", name="Reset all").click()
    page.keyboard.press("Escape")
    drawn.keys("h")
    assert is_hard(drawn)


def test_a_key_that_is_taken_is_told_and_swapped_or_kept(drawn: Editor) -> None:
    page = drawn.page
    dialog = listed(drawn)
    change(drawn, "Loop", "k")
    expect(dialog.get_by_text("K is the key of “Add or remove a box on this frame”.").last).to_be_visible()
    expect(dialog.get_by_role("button", name="Swap the keys")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("status")).to_have_text("“Loop” stays on L.")
    change(drawn, "Loop", "k")
    page.keyboard.press("Enter")
    named = "Change the key of “Add or remove a box on this frame”, now L"
    expect(dialog.get_by_role("button", name=named)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    loop = page.get_by_role("button", name="Loop", exact=True)
    expect(loop).to_have_attribute("title", "Loop  (K)")
    pressed = loop.get_attribute("aria-pressed")
    drawn.keys("k")
    expect(loop).not_to_have_attribute("aria-pressed", pressed or "")
    expect(page.locator("kbd", has_text="L").first).to_be_visible()  # in the panel, on "Remove this box"


def test_keys_alone_change_a_key_and_esc_and_tab_are_never_lost(drawn: Editor) -> None:
    page = drawn.page
    dialog = listed(drawn)
    dialog.get_by_role("button", name="Change the key of “Loop”").focus()
    page.keyboard.press("Enter")
    waiting = dialog.get_by_role("application", name="Press the new key of “Loop”. Esc leaves it as it is.")
    expect(waiting).to_be_focused()
    for key, told in (("Tab", "Next track"), ("Space", "Play or pause"), ("Control+v", "Paste")):
        page.keyboard.press(key)
        expect(dialog.get_by_role("status")).to_contain_text(f"always stays with “{told}")
        expect(waiting).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("button", name="Change the key of “Loop”, now L")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Control+u")
    expect(dialog.get_by_role("button", name="Change the key of “Loop”, now Ctrl Shift U")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("heading", name="Paths").click()  # who clicks elsewhere has changed nothing
    expect(waiting).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_is_readable(editor: Editor, language: str, width: int) -> None:
    page = editor.page
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(f"localStorage.setItem('boximator.language', '{language}')")
    page.evaluate(
        """localStorage.setItem('boximator.keys', '{"hard": ["j"], "duplicate": ["ctrl+shift+u"]}')"""
    )
    page.reload()
    page.locator(".examples button").first.click()
    page.wait_for_selector(".canvas canvas")
    editor.keys("?")
    editor.keep(f"keys-{language}-{width}")
    page.locator(".keys dl > div", has_text={"en": "Hide", "zh": "隐藏"}[language]).get_by_role(
        "button"
    ).click()
    editor.keep(f"keys-{language}-{width}-waiting")
    page.keyboard.press("k")
    expect(page.locator(".keys .problem")).to_be_visible()
    editor.keep(f"keys-{language}-{width}-taken")
    assert contrasts(editor) == []
    over = (
        "[...document.querySelectorAll('.keys dl > div')].filter((row) => row.scrollWidth > row.clientWidth)"
    )
    assert page.evaluate(f"{over}.length") == 0
