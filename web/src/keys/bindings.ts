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

const FIXED = /^((ctrl|shift|alt)\+)*(tab|arrow(left|right|up|down))$|^(shift\+)?(enter|space|escape)$|^(escape|\?|ctrl\+[cv])$/;

/** Keys of the page itself, and the browser's, which no page hears of. */
export const isReserved = (pressed: string): boolean => FIXED.test(pressed) || /^ctrl\+(shift\+)?[wtn]$/.test(pressed);

type Chosen = Readonly<Partial<Record<Changeable, readonly string[]>>>;

const KEPT = "boximator.keys";

/** What was kept, as far as it can be used. */
export function read(text: string | null): Chosen {
  try {
    const told: unknown = JSON.parse(text ?? "{}");
    if (typeof told !== "object" || told === null) return {};
    const good = Object.entries(told).filter(
      ([action, keys]) => action in DEFAULTS && Array.isArray(keys) && keys.every((key) => typeof key === "string" && !isReserved(key)),
    );
    return Object.fromEntries(good) as Chosen;
  } catch {
    return {};
  }
}

function kept(): Chosen {
  try {
    return read(localStorage.getItem(KEPT));
  } catch {
    return {}; // no storage: a change lasts as long as the page
  }
}

export const useBindings = create<{ readonly chosen: Chosen }>(() => ({ chosen: kept() }));

export const keysOf = (action: Changeable): readonly string[] => useBindings.getState().chosen[action] ?? DEFAULTS[action];

function choose(chosen: Chosen): void {
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

/** Put an action on a key; whoever had it gets this one's first key in exchange. */
export function bind(action: Changeable, pressed: string): void {
  const owner = ownerOf(pressed);
  if (owner === action) return;
  const given: Partial<Record<Changeable, readonly string[]>> = { [action]: [pressed] };
  if (owner) given[owner] = keysOf(owner).map((key) => (key === pressed ? (keysOf(action)[0] as string) : key));
  choose({ ...useBindings.getState().chosen, ...given });
}

export const reset = (): void => choose({});

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
