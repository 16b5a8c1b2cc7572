/** The list of keys and gestures; most keys are changed by pressing them here. */

import { useEffect, useState } from "react";
import { useDialogs } from "../store/dialogs";
import { Dialog } from "../ui/controls";
import { useWords } from "../words";
import type { Words } from "../words/en";
import { type Action, bind, type Changeable, isChangeable, isReserved, ownerOf, reset, shown, useBindings } from "./bindings";
import { combination, type Group, KEYMAP, keysOfBinding } from "./keymap";

interface Row {
  readonly label: string;
  readonly keys: readonly (readonly string[])[];
  /** What pressing it puts on another key. */
  readonly action?: Changeable;
}

export function KeysDialog() {
  const open = useDialogs((state) => state.open === "keys");
  return open ? <Open /> : null;
}

function Open() {
  const words = useWords();
  const change = useChange();
  const chosen = useBindings((state) => state.chosen);
  return (
    <Dialog title={words.keys.title} close={words.keys.close} onClose={() => useDialogs.setState({ open: null })}>
      <div className="keys-head">
        <p className="help" role="status">
          {change.said ?? words.keys.help}
        </p>
        {change.taken && (
          <button type="button" className="button small" onClick={change.swap}>
            {words.keys.swap}
          </button>
        )}
        {Object.keys(chosen).length > 0 && (
          <button type="button" className="button small" onClick={reset}>
            {words.keys.reset}
          </button>
        )}
      </div>
      <div className="keys">
        {(Object.keys(words.keys.groups) as Group[]).map((group) => (
          <section key={group}>
            <h3>{words.keys.groups[group]}</h3>
            <dl>
              {rowsOf(group, words.keys).map((row) => (
                <div key={row.label + row.keys.join()}>
                  <dt>{row.label}</dt>
                  <dd>{row.action ? <Key row={row} change={change} /> : <Shown keys={row.keys} />}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Shown({ keys }: { keys: Row["keys"] }) {
  return keys.map((one) => (
    <span key={one.join()}>
      {one.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  ));
}

function Key({ row, change }: { row: Row; change: Change }) {
  const words = useWords().keys;
  const waiting = change.waiting === row.action;
  const now = row.keys.map((keys) => keys.join(" ")).join(", ");
  return (
    <button
      type="button"
      className="key-change"
      aria-pressed={waiting}
      aria-label={words.change(row.label, now)}
      title={words.change(row.label, now)}
      onClick={() => change.begin(waiting ? null : (row.action ?? null))}
    >
      {waiting ? <kbd className="waiting">{words.press}</kbd> : <Shown keys={row.keys} />}
    </button>
  );
}

interface Change {
  readonly waiting: Changeable | null;
  /** The key that was pressed and is another action's. */
  readonly taken: string | null;
  readonly said: string | null;
  readonly begin: (action: Changeable | null) => void;
  readonly swap: () => void;
}

/** From "change this key" to the press of the new one. */
function useChange(): Change {
  const words = useWords().keys;
  const [waiting, setWaiting] = useState<Changeable | null>(null);
  const [taken, setTaken] = useState<{ action: Changeable; pressed: string } | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (!waiting) return;
    const hear = (event: KeyboardEvent) => {
      if (["Control", "Shift", "Alt", "Meta"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      setWaiting(null);
      const pressed = combination(event);
      const name = shown(pressed).join(" ");
      const owner = ownerOf(pressed);
      if (pressed === "escape") setSaid(null);
      else if (isReserved(pressed)) setSaid(words.reserved(name));
      else if (owner && owner !== waiting) {
        setTaken({ action: waiting, pressed });
        setSaid(words.taken(name, words.actions[owner], words.actions[waiting]));
      } else {
        bind(waiting, pressed);
        setSaid(words.changed(words.actions[waiting], name));
      }
    };
    window.addEventListener("keydown", hear, { capture: true });
    return () => window.removeEventListener("keydown", hear, { capture: true });
  }, [waiting, words]);
  const begin = (action: Changeable | null) => {
    setWaiting(action);
    setTaken(null);
    setSaid(action ? words.waiting(words.actions[action]) : null);
  };
  const swap = () => {
    if (!taken) return;
    bind(taken.action, taken.pressed);
    setSaid(words.changed(words.actions[taken.action], shown(taken.pressed).join(" ")));
    setTaken(null);
  };
  return { waiting, taken: taken?.pressed ?? null, said, begin, swap };
}

function rowsOf(group: Group, words: Words["keys"]): Row[] {
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
