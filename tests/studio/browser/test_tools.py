"""Every tool and key, with a real mouse and real keys; undo; reload."""

from __future__ import annotations

import pytest
from editor_driver import Editor
from playwright.sync_api import expect

HERE = [0.2, 0.3, 0.4, 0.6]

SAVED = """(prompt) => new Promise((done) => {
    const request = indexedDB.open('boximator', 1);
    request.onsuccess = () => {
        const all = request.result.transaction('projects').objectStore('projects').getAll();
        all.onsuccess = () => {
            request.result.close();
            done(all.result.some((one) => one.scene.prompt === prompt));
        };
    };
})"""
"""Whether the browser's database holds a project with this prompt."""


def near(box: list[float], wanted: list[float]) -> bool:
    return box == pytest.approx(wanted, abs=0.012)


@pytest.fixture
def drawn(editor: Editor) -> Editor:
    """The pig with one box, chosen."""
    editor.begin("pig")
    editor.draw(HERE)
    return editor


def test_a_box_is_moved_resized_and_leaves_the_frame(drawn: Editor) -> None:
    drawn.drag((0.25, 0.35), (0.35, 0.45))
    assert near(drawn.box(0), [0.3, 0.4, 0.5, 0.7])
    drawn.drag((0.5, 0.7), (0.7, 0.8))
    assert near(drawn.box(0), [0.3, 0.4, 0.7, 0.8])
    drawn.drag((0.35, 0.45), (0.02, 0.45))
    assert drawn.box(0)[0] < 0
    before = drawn.box(0)
    drawn.keys("ArrowRight", "Shift+ArrowDown", "Control+ArrowRight")
    after = drawn.box(0)
    assert after[0] - before[0] == pytest.approx(1 / 768, abs=1e-4)
    assert after[1] - before[1] == pytest.approx(10 / 576, abs=1e-4)
    assert after[2] - before[2] == pytest.approx(2 / 768, abs=1e-4)


def test_undo_takes_back_one_gesture_at_a_time(drawn: Editor) -> None:
    drawn.drag((0.25, 0.35), (0.45, 0.35))
    drawn.pull_end([0.4, 0.3, 0.6, 0.6], (0.2, 0.1))
    assert drawn.frames_with_boxes() == [0, 15]
    drawn.keys("Control+z")
    assert drawn.frames_with_boxes() == [0]
    drawn.keys("Control+z")
    assert near(drawn.box(0), HERE)
    drawn.keys("Control+z")
    assert drawn.scene()["tracks"] == []
    drawn.keys("Control+Shift+z", "Control+y", "Control+y")
    assert drawn.frames_with_boxes() == [0, 15]


def test_escape_takes_back_the_gesture_that_goes_on(drawn: Editor) -> None:
    drawn.page.mouse.move(*drawn.at((0.25, 0.35)))
    drawn.page.mouse.down()
    drawn.page.mouse.move(*drawn.at((0.6, 0.6)), steps=4)
    assert not near(drawn.box(0), HERE)
    drawn.page.keyboard.press("Escape")
    drawn.page.mouse.up()
    assert near(drawn.box(0), HERE)


def test_keys_of_time(drawn: Editor) -> None:
    drawn.keys("End", "k")
    assert drawn.frames_with_boxes() == [0, 15]
    drawn.keys("b")
    assert drawn.frame() == 8
    drawn.keys("k", "h")
    assert drawn.frames_with_boxes() == [0, 8, 15]
    assert [key["hard"] for key in drawn.track()["keyframes"]] == [True, False, True]
    drawn.keys("e")
    assert drawn.frame() == 15
    drawn.keys("Shift+e", "Shift+e", "i")
    assert drawn.frame() == 0
    assert drawn.track()["keyframes"][0]["easing"] == "ease_in"
    drawn.keys("f", "f", "d")
    assert drawn.frame() == 1
    drawn.keys("f", "f", "f", "o")
    assert drawn.frames_with_boxes() == [0, 4]
    drawn.keys("Home")
    play_and_stop(drawn)


def play_and_stop(editor: Editor) -> None:
    """In a loop, so that playing does not end by itself before a slow machine presses the key again."""
    loop = editor.page.get_by_role("button", name="Loop")
    if loop.get_attribute("aria-pressed") != "true":
        editor.keys("l")
    expect(loop).to_have_attribute("aria-pressed", "true")
    counter = editor.page.locator(".counter b")
    expect(counter).to_have_text("00")
    editor.keys("Space")
    expect(counter).not_to_have_text("00")
    editor.keys("Space")
    expect(editor.page.get_by_role("button", name="Play the plan")).to_be_visible()


def test_a_path_by_pen_and_by_points(drawn: Editor) -> None:
    drawn.keys("p")
    x, y = drawn.at((0.3, 0.45))
    drawn.page.mouse.move(x, y)
    drawn.page.mouse.down()
    for place in ((0.4, 0.3), (0.5, 0.2), (0.6, 0.2), (0.7, 0.3), (0.8, 0.5)):
        drawn.page.mouse.move(*drawn.at(place), steps=3)
    drawn.page.mouse.up()
    path = drawn.track()["path"]
    assert path["kind"] == "smooth"
    assert path["points"][0] == pytest.approx([0.3, 0.45], abs=0.01)
    assert path["points"][-1] == pytest.approx([0.8, 0.5], abs=0.01)
    drawn.drag((0.8, 0.5), (0.9, 0.6))
    assert drawn.track()["path"]["points"][-1] == pytest.approx([0.9, 0.6], abs=0.02)
    count = len(drawn.track()["path"]["points"])
    drawn.click((0.9, 0.6), button="right")
    assert len(drawn.track()["path"]["points"]) == count - 1
    drawn.page.get_by_role("button", name="Remove the path").click()
    assert drawn.track()["path"] is None
    drawn.keys("p")
    drawn.click((0.6, 0.3))
    drawn.click((0.8, 0.7))
    drawn.keys("Escape")
    assert [len(drawn.track()["path"]["points"])] == [3]
    drawn.keep("path")


def test_several_tracks_are_chosen_copied_pinned_and_deleted(drawn: Editor) -> None:
    drawn.draw([0.1, 0.2, 0.7, 0.8])
    drawn.keys("Escape")
    drawn.click((0.3, 0.45))
    assert drawn.page.locator(".lane.chosen").get_attribute("aria-label") == "Track Object 1"
    drawn.click((0.3, 0.45))
    assert drawn.page.locator(".lane.chosen").get_attribute("aria-label") == "Track Object 2"
    drawn.keys("Control+d")
    assert len(drawn.scene()["tracks"]) == 3
    drawn.keys("x")
    assert drawn.frames_with_boxes(2) == [0, 15]
    assert drawn.box(0, 2) == drawn.box(15, 2)
    drawn.keys("Control+a", "Delete")
    assert drawn.scene()["tracks"] == []
    drawn.keys("Control+z")
    assert len(drawn.scene()["tracks"]) == 3


def test_diamonds_are_dragged_in_time(drawn: Editor) -> None:
    drawn.keys("End", "k", "Home")
    diamonds = drawn.page.locator(".diamond")
    ruler = drawn.page.get_by_role("slider", name="Frame shown").bounding_box()
    source = diamonds.nth(1).bounding_box()
    assert ruler is not None
    assert source is not None
    y = source["y"] + source["height"] / 2
    drawn.page.mouse.move(source["x"] + source["width"] / 2, y)
    drawn.page.mouse.down()
    drawn.page.mouse.move(ruler["x"] + ruler["width"] * 10.5 / 16, y, steps=5)
    drawn.page.mouse.up()
    assert drawn.frames_with_boxes() == [0, 10]
    assert drawn.frame() == 10
    diamonds.nth(1).focus()
    drawn.page.keyboard.press("ArrowLeft")
    assert drawn.frames_with_boxes() == [0, 9]


def test_zoom_and_window_never_move_a_box(drawn: Editor) -> None:
    before = drawn.box(0)
    drawn.page.mouse.move(*drawn.at((0.7, 0.7)))
    drawn.page.mouse.wheel(0, -400)
    drawn.page.set_viewport_size({"width": 1024, "height": 700})
    drawn.until(lambda: drawn.page.evaluate("innerWidth === 1024"))
    drawn.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert drawn.box(0) == before
    drawn.keys("0")
    drawn.drag((0.25, 0.35), (0.35, 0.35))
    assert near(drawn.box(0), [0.3, 0.3, 0.5, 0.6])
    for button in drawn.page.get_by_role("button").all():
        assert button.bounding_box() is not None
    assert drawn.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    drawn.keep("narrow")


def test_a_reload_loses_nothing_and_undo_goes_on(drawn: Editor) -> None:
    drawn.pull_end(HERE, (0.3, 0.1))
    drawn.say("a pig runs")
    before = drawn.scene()
    wait_until_saved(drawn, "a pig runs")
    drawn.page.reload()
    drawn.page.wait_for_selector(".canvas canvas")
    assert drawn.scene() == before
    drawn.keys("Control+z", "Control+z")
    assert drawn.scene()["prompt"] == ""
    assert drawn.frames_with_boxes() == [0]


def wait_until_saved(editor: Editor, prompt: str) -> None:
    editor.until(lambda: editor.page.evaluate(SAVED, prompt))


@pytest.mark.parametrize("turn", range(4))
def test_a_reload_in_the_moment_of_a_change_loses_nothing(editor: Editor, turn: int) -> None:
    page = editor.page
    editor.begin("pig")
    if turn % 2:
        page.wait_for_timeout(400)
    editor.draw(HERE)
    if turn > 1:
        page.wait_for_timeout(400)
        editor.keys("h")
    before = editor.scene()
    page.reload()
    page.wait_for_selector(".canvas canvas")
    assert editor.scene() == before
    editor.keys("Control+z")
    assert editor.scene() != before


def test_presets_keys_list_and_chinese(drawn: Editor) -> None:
    page = drawn.page
    page.get_by_role("button", name="Add camera motion").click()
    page.get_by_role("menuitem", name="Pan right").click()
    assert [track["label"] for track in drawn.scene()["tracks"][1:]] == ["Pan right", "Pan right"]
    drawn.keys("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    drawn.keep("keys")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitem", name="简体中文").click()
    expect(page.get_by_text("发生什么", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    drawn.keep("chinese")


def test_what_is_wrong_is_said_beside_it(drawn: Editor) -> None:
    expect(drawn.page.locator(".card .remarks", has_text="not where it goes")).to_be_visible()
    drawn.pull_end(HERE, (0.3, 0.1))
    expect(drawn.page.locator(".card .remarks", has_text="not where it goes")).to_have_count(0)
    expect(drawn.page.locator(".remarks", has_text="Without words")).to_be_visible()
    drawn.keys("Control+a", "Delete")
    expect(drawn.page.locator("#generate")).to_be_disabled()
    expect(drawn.page.locator("#generate-stop")).to_contain_text("Draw a box")


def test_everything_that_can_be_pressed_has_a_name(drawn: Editor) -> None:
    unnamed = drawn.page.evaluate(
        """[...document.querySelectorAll('button, input, textarea, [role=slider]')].filter((element) =>
        !element.getAttribute('aria-label') && !element.textContent.trim() && !element.labels?.length
        ).map((element) => element.outerHTML)"""
    )
    assert unnamed == []
