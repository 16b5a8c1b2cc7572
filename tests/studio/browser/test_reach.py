"""Reached by everybody: keys alone, contrast, focus, reduced motion."""

from __future__ import annotations

import pytest
from editor_driver import Editor
from playwright.sync_api import expect

CONTRAST = """() => {
    const colour = (text) => {
        const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
        return { rgb: [r, g, b], a };
    };
    const over = (front, back) => front.rgb.map((value, i) => value * front.a + back[i] * (1 - front.a));
    const ground = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
            const style = getComputedStyle(at);
            layers.push(colour(style.backgroundColor));
            if (colour(style.backgroundColor).a === 1) break;
        }
        return layers.reverse().reduce((back, layer) => over(layer, back), [24, 25, 28]);
    };
    const light = (rgb) => {
        const [r, g, b] = rgb.map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const shown = (element, style) => {
        const front = colour(style.color);
        for (let at = element; at; at = at.parentElement) front.a *= Number(getComputedStyle(at).opacity);
        return front;
    };
    const poor = [];
    const judge = (words, front, back) => {
        const [a, b] = [light(over(front, back)), light(back)];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) poor.push(`${words.slice(0, 40)}: ${ratio.toFixed(2)}`);
    };
    for (const field of document.querySelectorAll('input, textarea')) {
        if (field.disabled || field.value || !field.placeholder || !field.checkVisibility()) continue;
        judge(field.placeholder, shown(field, getComputedStyle(field, '::placeholder')), ground(field));
    }
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const element = walk.currentNode.parentElement;
        const words = walk.currentNode.textContent.trim();
        if (!words || element.closest('.unseen, .skip, :disabled, script') || !element.checkVisibility()) continue;
        if (colour(getComputedStyle(element).color).a === 0) continue;
        judge(words, shown(element, getComputedStyle(element)), ground(element));
    }
    return poor;
}"""


def contrasts(editor: Editor) -> list[str]:
    return editor.page.evaluate(CONTRAST)


def test_keys_alone_go_from_an_example_to_a_video(editor: Editor) -> None:
    page = editor.page
    assert contrasts(editor) == []
    page.get_by_role("button", name="Start with the example: duck").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".canvas canvas")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.canvas')"):
            break
    focus = page.evaluate(
        "(() => { const style = getComputedStyle(document.activeElement);"
        " return style.outlineStyle + style.boxShadow; })()"
    )
    assert focus != "nonenone"
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    assert editor.box(0) == pytest.approx([0.35, 0.35, 0.65, 0.65])
    for key in ("Shift+ArrowLeft", "Control+Shift+ArrowRight", "End", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert editor.frames_with_boxes() == [0, 15]
    assert editor.box(15)[0] > editor.box(0)[0]
    # Past the last track Tab goes on through the page: nobody is caught on the canvas.
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('.canvas')")
    editor.say("a duck swims")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert contrasts(editor) == []
    editor.wait_for_result()
    assert contrasts(editor) == []
    # Reduced motion: nothing plays or moves by itself.
    assert editor.frame() == 0
    assert page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length") == 0


def test_the_other_keys(editor: Editor) -> None:
    page = editor.page
    editor.begin("pig")
    editor.draw([0.2, 0.3, 0.4, 0.6])
    editor.draw([0.6, 0.3, 0.8, 0.6])
    chosen = page.locator(".lane.chosen")
    editor.keys("Shift+Tab")
    expect(chosen).to_have_attribute("aria-label", "Track Object 1")
    editor.keys("Tab")
    expect(chosen).to_have_attribute("aria-label", "Track Object 2")
    editor.keys("Shift+Tab")
    expect(chosen).to_have_attribute("aria-label", "Track Object 1")
    editor.keys("Control+c", "End")
    page.keyboard.press("Control+v")
    copied = len(editor.scene()["tracks"]) == 3 or editor.frames_with_boxes() == [0, 15]
    assert copied
    editor.keys("Control+z", "Home", "Shift+l")
    box = editor.box(0)
    editor.drag((0.3, 0.45), (0.5, 0.55))
    assert editor.box(0) == box  # locked
    editor.keys("Control+z") if editor.box(0) != box else None
    before = editor.at((1, 1))[0] - editor.at((0, 0))[0]
    editor.keys("1")
    assert editor.at((1, 1))[0] - editor.at((0, 0))[0] != before
    editor.keys("0")
    assert editor.at((1, 1))[0] - editor.at((0, 0))[0] == pytest.approx(before)
    onion = page.get_by_role("button", name="Onion skins")
    pressed = onion.get_attribute("aria-pressed")
    editor.keys("g")
    expect(onion).not_to_have_attribute("aria-pressed", pressed or "")
    editor.keys(".", ".", ",")
    assert editor.frame() == 1
    editor.keys("n")
    expect(page.get_by_role("button", name="Draw a box")).to_have_attribute("aria-pressed", "true")
    editor.keys("s")
    expect(page.get_by_role("button", name="Select and move")).to_have_attribute("aria-pressed", "true")
