/** The list of keys and gestures; most keys can be changed here. */

import { type ReactNode, useEffect, useRef } from "react";
import { useDialogs } from "../store/dialogs";
import { Dialog } from "../ui/controls";
import { useWords } from "../words";
import { type Changeable, DEFAULTS, isChanged, useBindings } from "./bindings";
import { begin, bringBack, forget, hear, leave, named, putAllBack, putBack, swap, useChange } from "./change";
import type { Group } from "./keymap";
import { type Row, rowsOf } from "./rows";

/** Beside each other, about as long; fixed, so that a row that opens moves nothing but what is under it. */
const COLUMNS: readonly (readonly Group[])[] = [
  ["canvas", "path"],
  ["time", "view", "project"],
];

export function KeysDialog() {
  const open = useDialogs((state) => state.open === "keys");
  return open ? <Open /> : null;
}

function Open() {
  const words = useWords().keys;
  const said = useChange((state) => state.said);
  const lost = useChange((state) => state.lost !== null);
  useListening();
  const close = () => {
    forget();
    useDialogs.setState({ open: null });
  };
  return (
    <Dialog title={words.title} close={words.close} onClose={close}>
      <div className="keys-head">
        <p className="help">{words.help}</p>
        <button type="button" className="button" onClick={lost ? bringBack : putAllBack}>
          {lost ? words.undoReset : words.resetAll}
        </button>
      </div>
      <p className="unseen" role="status">
        {said}
      </p>
      <div className="keys">
        {COLUMNS.map((groups) => (
          <div key={groups.join()}>
            {groups.map((group) => (
              <section key={group}>
                <h3>{words.groups[group]}</h3>
                <dl>
                  {rowsOf(group, words).map((row) => (
                    <KeyRow key={row.action ?? row.label + row.keys.join()} row={row} />
                  ))}
                </dl>
              </section>
            ))}
          </div>
        ))}
      </div>
    </Dialog>
  );
}

/** While a key is waited for, every press is that key; while it is asked about, Esc keeps things as they are. */
function useListening(): void {
  const action = useChange((state) => state.action);
  const asking = useChange((state) => state.taken !== null);
  useEffect(() => {
    if (!action) return;
    const down = (event: KeyboardEvent) => {
      if (asking && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (asking) leave();
      else hear(event);
    };
    window.addEventListener("keydown", down, { capture: true });
    return () => window.removeEventListener("keydown", down, { capture: true });
  }, [action, asking]);
}

function KeyRow({ row }: { row: Row }) {
  const busy = useChange((state) => state.action !== null && state.action === row.action);
  const asking = useChange((state) => state.taken !== null);
  const problem = useChange((state) => state.problem);
  const waiting = busy && !asking;
  return (
    <div className={busy ? "busy" : ""}>
      <dt>{row.label}</dt>
      <dd className="now">{waiting ? <Waiting action={row.action as Changeable} label={row.label} /> : <Shown row={row} />}</dd>
      {row.action && !(busy && asking) && (
        <dd className="do">
          <Changing action={row.action} row={row} waiting={waiting} />
        </dd>
      )}
      {busy && problem && (
        <dd className="problem">
          <p>{problem}</p>
          {asking && <Question />}
        </dd>
      )}
    </div>
  );
}

function Shown({ row }: { row: Row }) {
  const changed = useBindings(({ chosen }) => row.action !== undefined && isChanged(row.action, chosen));
  return row.keys.map((keys) => (
    <span key={keys.join()} className={changed ? "own" : ""}>
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  ));
}

/** Has the focus until a key comes. An application to screen readers, so that letters are not taken for their own. */
function Waiting({ action, label }: { action: Changeable; label: string }) {
  const words = useWords().keys;
  const field = useFocus<HTMLSpanElement>(action);
  const left = () => useChange.getState().action === action && !useChange.getState().taken && leave(false);
  return (
    <span ref={field} className="waiting" role="application" tabIndex={0} aria-label={words.waiting(label)} onBlur={left}>
      {words.press}
    </span>
  );
}

function Changing({ action, row, waiting }: { action: Changeable; row: Row; waiting: boolean }) {
  const words = useWords().keys;
  const changed = useBindings(({ chosen }) => isChanged(action, chosen));
  const back = useFocus<HTMLButtonElement>(useChange(({ back }) => (back?.action === action ? back : null)));
  const now = row.keys.map((keys) => keys.join(" ")).join(", ");
  if (waiting) return <Quiet onPress={leave}>{words.cancel}</Quiet>;
  return (
    <>
      {changed && (
        <Quiet name={words.resetOf(row.label, named(DEFAULTS[action][0] as string))} onPress={() => putBack(action)}>
          {words.reset}
        </Quiet>
      )}
      <button ref={back} type="button" className="quiet" aria-label={words.changeOf(row.label, now)} onClick={() => begin(action)}>
        {words.change}
      </button>
    </>
  );
}

function Quiet({ name, onPress, children }: { name?: string; onPress: () => void; children: ReactNode }) {
  return (
    <button type="button" className="quiet" aria-label={name} onClick={() => onPress()}>
      {children}
    </button>
  );
}

function Question() {
  const words = useWords().keys;
  const first = useFocus<HTMLButtonElement>("now");
  return (
    <>
      <button ref={first} type="button" className="button" onClick={swap}>
        {words.swap}
      </button>
      <button type="button" className="button" onClick={() => leave()}>
        {words.keep}
      </button>
    </>
  );
}

/** An element that takes the focus whenever there is a new reason to. */
function useFocus<T extends HTMLElement>(reason: unknown) {
  const element = useRef<T>(null);
  useEffect(() => {
    if (reason) element.current?.focus();
  }, [reason]);
  return element;
}
