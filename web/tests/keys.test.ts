import { beforeEach, describe, expect, test } from "vitest";
import {
  bind,
  CHANGEABLE,
  type Changeable,
  choose,
  DEFAULTS,
  follow,
  giveBack,
  isChanged,
  isReserved,
  keysOf,
  ownerOf,
  read,
  shown,
  useBindings,
} from "../src/keys/bindings";
import { begin, bringBack, forget, hear, leave, putAllBack, putBack, swap, useChange } from "../src/keys/change";
import { combination } from "../src/keys/combination";
import { bindingOf, fixedOwner, KEYMAP, keysOfBinding } from "../src/keys/keymap";
import { rowsOf } from "../src/keys/rows";
import { en } from "../src/words/en";

const press = (key: string, ctrlKey = false, shiftKey = false, altKey = false) => ({ key, ctrlKey, shiftKey, altKey, metaKey: false });
const all = () => KEYMAP.flatMap(keysOfBinding);

beforeEach(() => {
  choose({});
  forget();
});

describe("keys", () => {
  test("no combination means two things", () => {
    expect(new Set(all()).size).toBe(all().length);
    expect(all().length).toBeGreaterThan(50);
  });

  test("a press is written as the table writes it", () => {
    expect(combination(press("Z", true, true))).toBe("ctrl+shift+z");
    expect(combination(press("?", false, true))).toBe("?");
    expect(combination(press(" "))).toBe("space");
    expect(combination(press("ArrowLeft", false, true))).toBe("shift+arrowleft");
  });

  test("a key is written as it stands on the keyboard", () => {
    expect([shown("ctrl+shift+z"), shown("+"), shown("ctrl++"), shown("shift+arrowleft")]).toEqual([
      ["Ctrl", "Shift", "Z"],
      ["+"],
      ["Ctrl", "+"],
      ["Shift", "←"],
    ]);
  });

  test("the list names every command once, with a key", () => {
    const rows = (["canvas", "path", "time", "view", "project"] as const).flatMap((group) => rowsOf(group, en.keys));
    expect(rows.flatMap((row) => row.action ?? []).sort()).toEqual([...CHANGEABLE].sort());
    expect(rows.filter((row) => !row.keys[0]?.[0])).toEqual([]);
    for (const { action } of KEYMAP) expect(rows.map((row) => row.label)).toContain(en.keys.actions[action]);
  });
});

describe("other keys", () => {
  test("an action is put on another key, and whoever had it takes the old one", () => {
    bind("hard", "j");
    expect([bindingOf("j")?.action, bindingOf("h")]).toEqual(["hard", undefined]);
    bind("hard", "n"); // the second key of "box"
    expect([keysOf("hard"), keysOf("box")]).toEqual([["n"], ["r", "j"]]);
    expect(ownerOf("j")).toBe("box");
  });

  test("a second key stays, and can become the first", () => {
    bind("stepBack", "a");
    expect(keysOf("stepBack")).toEqual(["a", ","]);
    bind("stepBack", ",");
    expect(keysOf("stepBack")).toEqual([",", "a"]);
  });

  test("going back takes along whoever has the key now, and only them", () => {
    bind("hard", "l");
    bind("pin", "j");
    expect(giveBack("hard")).toEqual(["hard", "loop"]);
    expect([keysOf("hard"), keysOf("loop"), keysOf("pin")]).toEqual([["h"], ["l"], ["j"]]);
    expect(isChanged("pin", useBindings.getState().chosen)).toBe(true);
    expect(isChanged("hard", useBindings.getState().chosen)).toBe(false);
  });

  test("whatever is changed, swapped and given back, no key means two things and none of the fixed ones is lost", () => {
    const fixed = KEYMAP.flatMap(({ keys }) => keys ?? []);
    const free = ["j", "u", "ctrl+k", "alt+x", "f2", "shift+a", ...all().filter((key) => !isReserved(key))];
    let seed = 1;
    const draw = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let count = 0; count < 2000; count++) {
      const action = CHANGEABLE[draw(CHANGEABLE.length)] as Changeable;
      if (draw(5) === 0) giveBack(action);
      else bind(action, free[draw(free.length)] as string);
      expect(new Set(all()).size).toBe(all().length);
      expect(CHANGEABLE.filter((one) => !keysOf(one)[0])).toEqual([]);
      expect(KEYMAP.flatMap(({ keys }) => keys ?? [])).toEqual(fixed);
      const { chosen } = useBindings.getState();
      expect(read(JSON.stringify(chosen))).toEqual(chosen);
    }
    for (const action of CHANGEABLE) giveBack(action);
    expect(CHANGEABLE.map(keysOf)).toEqual(CHANGEABLE.map((action) => DEFAULTS[action]));
  });

  test("the keys that lead through the page, and the browser's, stay what they are", () => {
    const page = ["tab", "shift+tab", "ctrl+tab", "escape", "shift+escape", "enter", "space", "?", "arrowleft", "ctrl+shift+arrowup", "ctrl+v"];
    const browser = ["ctrl+w", "ctrl+r", "ctrl+shift+t", "ctrl+0", "ctrl++", "f5", "ctrl+f5", "f12", "alt+f4", "alt+arrowleft"];
    expect([...page, ...browser].filter((pressed) => !isReserved(pressed))).toEqual([]);
    expect(["ctrl+enter", "home", "j", "alt+j", "+", "f2", "ctrl+k"].filter(isReserved)).toEqual([]);
    expect(CHANGEABLE.flatMap(keysOf).filter(isReserved)).toEqual([]);
    expect([fixedOwner("tab"), fixedOwner("ctrl+v"), fixedOwner("f5")]).toEqual(["next", "paste", undefined]);
  });

  test("what was kept is read as far as it can be used", () => {
    const useless = ["", "[", "3", "null", '{"hard": 3}', '{"hard": []}', '{"hard": [""]}', '{"flight": ["j"]}', '{"hard": ["tab"]}'];
    for (const text of [null, ...useless]) expect(read(text)).toEqual({});
    expect(read('{"hard": ["j"], "pin": null}')).toEqual({ hard: ["j"] });
    // Two actions on one key, as another version may have left them: both go back.
    expect(read('{"hard": ["l"], "pin": ["j"]}')).toEqual({ pin: ["j"] });
    expect(read('{"hard": ["l"], "loop": ["h"]}')).toEqual({ hard: ["l"], loop: ["h"] });
    expect(read('{"hard": ["j", "j"], "pin": ["u"], "loop": ["u"]}')).toEqual({});
  });

  test("another tab's change is followed", () => {
    follow({ key: "boximator.keys", newValue: '{"hard": ["j"]}' });
    expect(keysOf("hard")).toEqual(["j"]);
    follow({ key: "other", newValue: null });
    expect(keysOf("hard")).toEqual(["j"]);
    follow({ key: "boximator.keys", newValue: null });
    expect(keysOf("hard")).toEqual(["h"]);
  });
});

describe("changing a key", () => {
  const state = () => useChange.getState();

  test("the next combination is taken; held keys alone are not one", () => {
    begin("hard");
    for (const key of ["Control", "Shift", "AltGraph", "CapsLock"]) hear(press(key));
    expect([state().action, state().problem]).toEqual(["hard", null]);
    hear(press("k", true));
    expect([keysOf("hard"), state().action, state().back]).toEqual([["ctrl+k"], null, { action: "hard" }]);
    expect(state().said).toBe("“Hard or soft” is on Ctrl K now.");
    hear(press("u"));
    expect(keysOf("hard")).toEqual(["ctrl+k"]);
  });

  test("one that is taken is asked about: swapped, or both kept", () => {
    begin("loop");
    hear(press("k"));
    expect(state().problem).toBe("K is the key of “Add or remove a box on this frame”.");
    leave();
    expect([keysOf("loop"), keysOf("key"), state().problem]).toEqual([["l"], ["k"], null]);
    begin("loop");
    hear(press("k"));
    swap();
    expect([keysOf("loop"), keysOf("key")]).toEqual([["k"], ["l"]]);
    expect(state().said).toBe("“Loop” is on K now. “Add or remove a box on this frame” is on L now.");
    putBack("key");
    expect([keysOf("loop"), keysOf("key")]).toEqual([["l"], ["k"]]);
  });

  test("one that must stay is refused by name, and waiting goes on", () => {
    begin("loop");
    const reasons = [press("Tab"), press("v", true), press("F5"), press("Process")].map((event) => {
      hear(event);
      return state().problem;
    });
    expect(reasons[0]).toContain("Tab always stays with “Next track”");
    expect(reasons[1]).toContain("Ctrl V always stays with “Paste");
    expect(reasons[2]).toContain("F5 belongs to the browser");
    expect(reasons[3]).toBe(en.keys.unheard);
    expect(state().action).toBe("loop");
    hear(press("Escape"));
    expect([state().action, state().said, keysOf("loop")]).toEqual([null, "“Loop” stays on L.", ["l"]]);
  });

  test("all go back at once, and come again if that was a slip", () => {
    bind("hard", "j");
    bind("loop", "u");
    putAllBack();
    expect([keysOf("hard"), keysOf("loop")]).toEqual([["h"], ["l"]]);
    bringBack();
    expect([keysOf("hard"), keysOf("loop"), state().lost]).toEqual([["j"], ["u"], null]);
  });
});
