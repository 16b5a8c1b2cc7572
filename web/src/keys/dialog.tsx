/** The list of keys and gestures. */

import { useDialogs } from "../store/dialogs";
import { Dialog } from "../ui/controls";
import { useWords } from "../words";
import type { Words } from "../words/en";
import { type Action, type Group, KEYMAP } from "./keymap";

const SHOWN: Record<string, string> = {
  ctrl: "Ctrl",
  shift: "Shift",
  alt: "Alt",
  arrowleft: "←",
  arrowright: "→",
  arrowup: "↑",
  arrowdown: "↓",
  escape: "Esc",
  delete: "Del",
  backspace: "⌫",
  enter: "↵",
  space: "Space",
  tab: "Tab",
  home: "Home",
  end: "End",
};

const shown = (keys: string) => keys.split("+").map((key) => SHOWN[key] ?? key.toUpperCase());

type Row = { readonly label: string; readonly keys: readonly (readonly string[])[] };

export function KeysDialog() {
  const words = useWords();
  const open = useDialogs((state) => state.open === "keys");
  if (!open) return null;
  return (
    <Dialog title={words.keys.title} close={words.keys.close} onClose={() => useDialogs.setState({ open: null })}>
      <div className="keys">
        {(Object.keys(words.keys.groups) as Group[]).map((group) => (
          <section key={group}>
            <h3>{words.keys.groups[group]}</h3>
            <dl>
              {rowsOf(group, words.keys).map((row) => (
                <div key={row.label}>
                  <dt>{row.label}</dt>
                  <dd>
                    {row.keys.map((keys) => (
                      <span key={keys.join()}>
                        {keys.map((key) => (
                          <kbd key={key}>{key}</kbd>
                        ))}
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function rowsOf(group: Group, words: Words["keys"]): Row[] {
  const rows = new Map<Action, string[][]>();
  for (const binding of KEYMAP.filter((one) => one.group === group)) {
    const known = rows.get(binding.action) ?? [];
    rows.set(binding.action, [...known, ...binding.keys.map(shown)]);
  }
  const fromTable = [...rows].map(([action, keys]): Row => ({ label: words.actions[action], keys: short(action, keys) }));
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
