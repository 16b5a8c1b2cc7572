/** Which key does what: the keys it comes with, and those a person chose instead. */

import { create } from "zustand";
import type { Words } from "../words/en";

export type Action = keyof Words["keys"]["actions"];

/** As `combination` writes them: "ctrl+z", "shift+l", "k". The first one is shown. */
export const DEFAULTS = {
  box: ["r", "n"],
  select: ["s"],
  hard: ["h"],
  pin: ["x"],
  lock: ["shift+l"],
  hide: ["v"],
  duplicate: ["ctrl+d"],
  all: ["ctrl+a"],
  remove: ["delete", "backspace"],
  path: ["p"],
  loop: ["l"],
  stepBack: ["d", ","],
  stepForward: ["f", "."],
  first: ["home"],
  last: ["end"],
  key: ["k"],
  nextKey: ["e"],
  previousKey: ["shift+e"],
  middle: ["b"],
  easing: ["i"],
  absent: ["o"],
  fit: ["0"],
  full: ["1"],
  onion: ["g"],
  view: ["w"],
  undo: ["ctrl+z"],
  redo: ["ctrl+shift+z", "ctrl+y"],
  save: ["ctrl+s"],
  open: ["ctrl+o"],
  generate: ["ctrl+enter"],
} satisfies Partial<Record<Action, readonly string[]>>;

/** What can be put on another key. Arrows, Tab, Enter, Space, Escape and "?" stay: the page is walked and left by them. */
export type Changeable = keyof typeof DEFAULTS;
export const CHANGEABLE = Object.keys(DEFAULTS) as Changeable[];
export const isChangeable = (action: Action): action is Changeable => action in DEFAULTS;

const FIXED = /^((ctrl|shift|alt)\+)*(tab|escape|arrow(left|right|up|down))$|^(shift\+)?(enter|space)$|^(\?|ctrl\+[cv])$/;

/** What browsers keep to themselves, and what nobody should lose in one: reload, zoom, its own tools. */
const BROWSER = /^ctrl\+(shift\+)?[lnqrtw]$|^ctrl\+(shift\+)?[-+=_0]$|^ctrl\+shift\+[cij]$|^((ctrl|shift)\+)*f(5|6|11|12)$|^alt\+(f4|home|d)$/;

/** Keys that no action can be put on. */
export const isReserved = (pressed: string): boolean => FIXED.test(pressed) || BROWSER.test(pressed);

export type Chosen = Readonly<Partial<Record<Changeable, readonly string[]>>>;

const KEPT = "boximator.keys";

/** What was kept, as far as it can be used. */
export function read(text: string | null): Chosen {
  try {
    const told: unknown = JSON.parse(text ?? "{}");
    if (typeof told !== "object" || told === null) return {};
    return settled(Object.fromEntries(Object.entries(told).filter(([action, keys]) => action in DEFAULTS && areKeys(keys))) as Chosen);
  } catch {
    return {};
  }
}

const areKeys = (keys: unknown) =>
  Array.isArray(keys) && keys.length > 0 && keys.every((key) => typeof key === "string" && key !== "" && !isReserved(key));

/** Without the choices that would put two actions on one key: the next version may come with other keys. */
function settled(chosen: Chosen): Chosen {
  const holders = new Map<string, Changeable[]>();
  for (const action of CHANGEABLE) {
    for (const key of chosen[action] ?? DEFAULTS[action]) holders.set(key, [...(holders.get(key) ?? []), action]);
  }
  const clash = [...holders.values()].find((who) => who.length > 1);
  return clash ? settled(without(chosen, clash)) : chosen;
}

const without = (chosen: Chosen, actions: readonly Changeable[]): Chosen =>
  Object.fromEntries(Object.entries(chosen).filter(([action]) => !actions.includes(action as Changeable)));

function kept(): Chosen {
  try {
    return read(localStorage.getItem(KEPT));
  } catch {
    return {}; // no storage: a change lasts as long as the page
  }
}

export const useBindings = create<{ readonly chosen: Chosen }>(() => ({ chosen: kept() }));

export const keysOf = (action: Changeable): readonly string[] => useBindings.getState().chosen[action] ?? DEFAULTS[action];

export function choose(chosen: Chosen): void {
  useBindings.setState({ chosen });
  try {
    if (Object.keys(chosen).length) localStorage.setItem(KEPT, JSON.stringify(chosen));
    else localStorage.removeItem(KEPT);
  } catch {
    // kept for this page only
  }
}

/** Who has a key now. */
export const ownerOf = (pressed: string): Changeable | undefined => CHANGEABLE.find((action) => keysOf(action).includes(pressed));

/** Put an action on a key in place of its first one; whoever had it gets that in exchange. */
export function bind(action: Changeable, pressed: string): void {
  const [first, ...others] = keysOf(action);
  const owner = ownerOf(pressed);
  const mine = owner === action ? [first as string, ...others] : others;
  const given: Partial<Record<Changeable, readonly string[]>> = { [action]: [pressed, ...mine.filter((key) => key !== pressed)] };
  if (owner && owner !== action) given[owner] = keysOf(owner).map((key) => (key === pressed ? (first as string) : key));
  choose({ ...useBindings.getState().chosen, ...given });
}

export const isChanged = (action: Changeable, chosen: Chosen): boolean =>
  chosen[action] !== undefined && chosen[action]?.join(" ") !== DEFAULTS[action].join(" ");

/** Give an action the keys it came with, and whoever has one of them now, too; all that went back. */
export function giveBack(action: Changeable): readonly Changeable[] {
  const back = [action];
  for (const one of back) {
    const keys: readonly string[] = DEFAULTS[one];
    back.push(...CHANGEABLE.filter((other) => !back.includes(other) && keysOf(other).some((key) => keys.includes(key))));
  }
  choose(without(useBindings.getState().chosen, back));
  return back;
}

/** Another tab of the studio has changed them. */
export function follow(event: Pick<StorageEvent, "key" | "newValue">): void {
  if (event.key === KEPT || event.key === null) useBindings.setState({ chosen: read(event.newValue) });
}

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

/** A combination as a person reads it, key by key. "+" itself is a key, too. */
export const shown = (keys: string): string[] =>
  keys.split(/(?<=.)\+(?=.)/).map((key) => SHOWN[key] ?? key.toUpperCase());

/** The key that a tooltip names. */
export const useKeyOf = (action: Changeable): string => {
  const chosen = useBindings((state) => state.chosen);
  return shown((chosen[action] ?? DEFAULTS[action])[0] as string).join(" ");
};
