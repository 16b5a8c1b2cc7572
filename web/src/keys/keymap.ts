/** Everything that a key does in one table: the handler runs it, the list on "?" is made from it. */

import {
  addBox,
  chooseNext,
  copy,
  cycleEasing,
  duplicate,
  endHere,
  goBetween,
  nudge,
  removeChosen,
  stepKeyframe,
  toggleHard,
  toggleKey,
  togglePin,
} from "../edit/actions";
import { saveProject } from "../files/save";
import { chooseFile } from "../files/open";
import { toggleView } from "../player/look";
import {
  FITTED,
  goTo,
  pickTool,
  play,
  redo,
  scene,
  select,
  toggleHidden,
  toggleLocked,
  undo,
  useEditor,
} from "../store/editor";
import { useDialogs } from "../store/dialogs";
import { fullSize } from "../canvas/full_size";
import type { Words } from "../words/en";
import { type Action, isChangeable, keysOf } from "./bindings";

export type Group = keyof Words["keys"]["groups"];

export interface Binding {
  /** Of what stays on its key; the others are in `bindings`. */
  readonly keys?: readonly string[];
  readonly action: Action;
  readonly group: Group;
  readonly run: () => void;
  /** Works while typing in a field too. */
  readonly always?: boolean;
}

const chosenIds = () => useEditor.getState().selection;
const flip = (name: "loop" | "onion") => useEditor.setState((state) => ({ [name]: !state[name] }));

function arrows(prefix: string, step: number, resize: boolean): Binding[] {
  const ways = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] } as const;
  return Object.entries(ways).map(([way, [x, y]]) => ({
    keys: [`${prefix}arrow${way}`],
    action: resize ? ("resize" as const) : ("nudge" as const),
    group: "canvas" as const,
    run: () => arrow(x * step, y * step, resize),
  }));
}

/** With nothing chosen the arrows step through time. */
function arrow(x: number, y: number, resize: boolean): void {
  const { frame, selection } = useEditor.getState();
  if (selection.length) nudge(x, y, resize);
  else if (x) goTo(frame + Math.sign(x));
}

const step = (by: number) => () => {
  play(false);
  goTo(useEditor.getState().frame + by);
};

export const KEYMAP: readonly Binding[] = [
  { action: "box", group: "canvas", run: () => pickTool("box") },
  { keys: ["enter"], action: "middleBox", group: "canvas", run: boxInTheMiddle },
  { action: "select", group: "canvas", run: () => pickTool("select") },
  { keys: ["tab"], action: "next", group: "canvas", run: () => chooseNext(1) },
  { keys: ["shift+tab"], action: "previous", group: "canvas", run: () => chooseNext(-1) },
  ...arrows("", 1, false),
  ...arrows("shift+", 10, false),
  ...arrows("ctrl+", 1, true),
  ...arrows("ctrl+shift+", 10, true),
  { action: "hard", group: "canvas", run: toggleHard },
  { action: "pin", group: "canvas", run: togglePin },
  { action: "lock", group: "canvas", run: () => toggleLocked(chosenIds()) },
  { action: "hide", group: "canvas", run: () => toggleHidden(chosenIds()) },
  { action: "duplicate", group: "canvas", run: duplicate },
  { keys: ["ctrl+c"], action: "copy", group: "canvas", run: copy },
  { action: "all", group: "canvas", run: () => select(scene().tracks.map((track) => track.id)) },
  { action: "remove", group: "canvas", run: removeChosen },
  { action: "path", group: "path", run: () => pickTool("path") },
  { keys: ["space"], action: "play", group: "time", run: () => undefined }, // on release: held, it is the hand
  { action: "loop", group: "time", run: () => flip("loop") },
  { action: "stepBack", group: "time", run: step(-1) },
  { action: "stepForward", group: "time", run: step(1) },
  { action: "first", group: "time", run: () => goTo(0) },
  { action: "last", group: "time", run: () => goTo(scene().frames - 1) },
  { action: "key", group: "time", run: toggleKey },
  { action: "nextKey", group: "time", run: () => stepKeyframe(1) },
  { action: "previousKey", group: "time", run: () => stepKeyframe(-1) },
  { action: "middle", group: "time", run: goBetween },
  { action: "easing", group: "time", run: cycleEasing },
  { action: "absent", group: "time", run: endHere },
  { action: "fit", group: "view", run: () => useEditor.setState({ view: FITTED }) },
  { action: "full", group: "view", run: fullSize },
  { action: "onion", group: "view", run: () => flip("onion") },
  { action: "view", group: "view", run: toggleView },
  { action: "undo", group: "project", run: undo },
  { action: "redo", group: "project", run: redo },
  { action: "save", group: "project", run: () => void saveProject(), always: true },
  { action: "open", group: "project", run: () => chooseFile(), always: true },
  { action: "generate", group: "project", run: () => document.getElementById("generate")?.click(), always: true },
  { keys: ["?"], action: "help", group: "project", run: () => useDialogs.setState({ open: "keys" }) },
  { keys: ["escape"], action: "cancel", group: "project", run: leave },
];

/** Without a mouse: a box in the middle, to be moved and resized with the arrows. */
function boxInTheMiddle(): void {
  if (useEditor.getState().tool === "box") addBox([0.35, 0.35, 0.65, 0.65]);
}

/** Esc: the tool first, then the choice. */
function leave(): void {
  if (useEditor.getState().tool !== "select") pickTool("select");
  else select([]);
}

/** The keys of a binding as they are now. */
export const keysOfBinding = ({ action, keys }: Binding): readonly string[] => keys ?? (isChangeable(action) ? keysOf(action) : []);

export const bindingOf = (pressed: string): Binding | undefined => KEYMAP.find((binding) => keysOfBinding(binding).includes(pressed));

/** Who has a key that stays where it is. */
export const fixedOwner = (pressed: string): Action | undefined =>
  pressed === "ctrl+v" ? "paste" : KEYMAP.find(({ keys }) => keys?.includes(pressed))?.action;
