/** What the list of keys holds: every command, and the gestures that are no keys. */

import type { Words } from "../words/en";
import { type Action, type Changeable, isChangeable, shown } from "./bindings";
import { type Group, KEYMAP, keysOfBinding } from "./keymap";

export interface Row {
  readonly label: string;
  readonly keys: readonly (readonly string[])[];
  /** What can be put on another key; gestures and the keys that lead through the page cannot. */
  readonly action?: Changeable;
}

export function rowsOf(group: Group, words: Words["keys"]): Row[] {
  const rows = new Map<Action, string[][]>();
  for (const binding of KEYMAP.filter((one) => one.group === group)) {
    const known = rows.get(binding.action) ?? [];
    rows.set(binding.action, [...known, ...keysOfBinding(binding).map(shown)]);
  }
  const fromTable = [...rows].map(([action, keys]): Row => ({
    label: words.actions[action],
    keys: short(action, keys),
    ...(isChangeable(action) && { action }),
  }));
  return [...fromTable, ...gestures(group, words)];
}

/** Four arrows are one entry. */
function short(action: Action, keys: string[][]): string[][] {
  if (action === "nudge") return [["←", "↑", "→", "↓"]];
  if (action === "resize") return [["Ctrl", "← ↑ → ↓"]];
  return keys.slice(0, 2);
}

function gestures(group: Group, { actions, gestures: by }: Words["keys"]): Row[] {
  const rows: Partial<Record<Group, [string, string[]][]>> = {
    canvas: [
      [by.cycle, [by.again]],
      [by.ratio, ["Shift", by.drag]],
      [by.centre, ["Alt", by.drag]],
      [actions.rename, [by.doubleClick]],
      [actions.paste, ["Ctrl", "V"]],
    ],
    path: [
      [actions.append, ["Shift", by.click]],
      [actions.insert, ["Ctrl", by.click]],
      [actions.removePoint, ["Alt", by.click]],
      [actions.removePoint, [by.rightClick]],
      [actions.moveWay, [by.onWay]],
    ],
    view: [
      [actions.zoom, [by.wheel]],
      [actions.pan, ["Space", by.drag]],
    ],
  };
  return (rows[group] ?? []).map(([label, keys]) => ({ label, keys: [keys] }));
}
