/** From "change this key" to the press of the new one, and what is said on the way. */

import { create } from "zustand";
import { words } from "../words";
import { bind, type Changeable, choose, type Chosen, giveBack, isReserved, keysOf, ownerOf, shown, useBindings } from "./bindings";
import { combination, isHeldOnly, isUnheard } from "./combination";
import { fixedOwner } from "./keymap";

interface Change {
  /** Whose new key is waited for, or asked about. */
  readonly action: Changeable | null;
  /** The key that was pressed and is another action's: exchange them, or keep both as they are? */
  readonly taken: string | null;
  /** Why the last press will not do; shown in the row. */
  readonly problem: string | null;
  /** For screen readers: what has just come of it. */
  readonly said: string;
  /** The row that the focus goes back to; another object every time. */
  readonly back: { readonly action: Changeable } | null;
  /** Keys that "reset all" took away, as long as they can be brought back. */
  readonly lost: Chosen | null;
}

const QUIET: Change = { action: null, taken: null, problem: null, said: "", back: null, lost: null };

export const useChange = create<Change>(() => QUIET);
const { getState: get, setState: set } = useChange;

export const named = (pressed: string): string => shown(pressed).join(" ");
const first = (action: Changeable) => named(keysOf(action)[0] as string);

export const forget = () => set(QUIET);

export const begin = (action: Changeable) => set({ ...QUIET, action });

/** Everything stays as it is. The focus goes back to the row, unless it has gone elsewhere. */
export function leave(focus = true): void {
  const { action } = get();
  if (action) end(action, words().keys.stays(words().keys.actions[action], first(action)), focus);
}

function end(action: Changeable, said: string, focus = true): void {
  set({ ...QUIET, said, back: focus ? { action } : null });
}

/** The next key: taken, refused with a reason (and waited for again), or asked about. */
export function hear(event: Parameters<typeof combination>[0]): void {
  const { action } = get();
  if (!action || isHeldOnly(event)) return;
  const pressed = combination(event);
  const { keys } = words();
  if (pressed === "escape") return leave();
  const refused = refusal(event, pressed);
  if (refused) return set({ problem: refused, said: refused });
  const owner = ownerOf(pressed);
  if (owner && owner !== action) {
    const taken = keys.taken(named(pressed), keys.actions[owner]);
    return set({ taken: pressed, problem: taken, said: taken });
  }
  bind(action, pressed);
  end(action, keys.changed(keys.actions[action], named(pressed)));
}

function refusal(event: Parameters<typeof combination>[0], pressed: string): string | null {
  const { keys } = words();
  if (isUnheard(event)) return keys.unheard;
  if (!isReserved(pressed)) return null;
  const owner = fixedOwner(pressed);
  return owner ? keys.fixed(named(pressed), keys.actions[owner]) : keys.reserved(named(pressed));
}

export function swap(): void {
  const { action, taken } = get();
  const owner = taken && ownerOf(taken);
  if (!action || !owner) return;
  bind(action, taken);
  const { changed, actions } = words().keys;
  end(action, [action, owner].map((one) => changed(actions[one], first(one))).join(" "));
}

export function putBack(action: Changeable): void {
  const { changed, actions } = words().keys;
  const back = giveBack(action);
  end(action, back.map((one) => changed(actions[one], first(one))).join(" "));
}

export function putAllBack(): void {
  const { chosen } = useBindings.getState();
  choose({});
  set({ ...QUIET, said: words().keys.allBack, lost: Object.keys(chosen).length ? chosen : null });
}

export function bringBack(): void {
  const { lost } = get();
  if (lost) choose(lost);
  set({ ...QUIET, said: words().keys.broughtBack });
}
