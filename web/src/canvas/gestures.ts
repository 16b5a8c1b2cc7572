/** Pointer gestures on the canvas: press, drag, let go. Each is one step of undo; Esc takes it back. */

import { addBox } from "../edit/actions";
import { boxAt } from "../edit/proposals";
import { boxOn, shifted, withBox, withPath, withPoint, withPointInserted, withoutPoint } from "../edit/tracks";
import { type Box, centreOf, movedBy, type Point, sizeOf, spanning } from "../scene/box";
import { simplified } from "../scene/path";
import { firstKey, type Scene, type Track } from "../scene/scene";
import { begin, drop, edit, end, goTo, pickTool, scene, select, type Tool, useEditor, type View } from "../store/editor";
import { type Handle, type Modifiers, onAxis, type Place, rectOf, resized, snapped, toFrame } from "./geometry";
import { nextBody, shownPoints, type Target } from "./targets";

export type Gesture =
  | { readonly kind: "pan"; readonly view: View }
  | { readonly kind: "draw" }
  | { readonly kind: "marquee" }
  | { readonly kind: "move"; readonly scene: Scene; readonly frame: number; readonly ids: readonly number[] }
  | {
      readonly kind: "resize";
      readonly scene: Scene;
      readonly frame: number;
      readonly id: number;
      readonly handle: Handle;
      readonly box: Box;
    }
  | { readonly kind: "go"; readonly scene: Scene; readonly id: number; readonly box: Box }
  | { readonly kind: "point"; readonly scene: Scene; readonly id: number; readonly index: number }
  | { readonly kind: "way"; readonly scene: Scene; readonly id: number }
  | { readonly kind: "pen"; readonly scene: Scene; readonly id: number; points: Point[] };

export interface Press {
  readonly gesture: Gesture;
  readonly at: Point;
  readonly target: Target | undefined;
  readonly targets: readonly Target[];
  readonly wasChosen: boolean;
  moved: boolean;
}

export interface Pointer extends Modifiers {
  readonly at: Point;
  readonly place: Place;
  readonly ctrl: boolean;
}

/** Pixels a press may tremble and still be a click. */
const TREMBLE = 3;

/** Smallest side of a box that is drawn, in pixels: less was a click. */
const SMALLEST = 6;

/** What a press of the main button starts. */
export function pressed(pointer: Pointer, targets: readonly Target[], tool: Tool): Press | null {
  const { selection } = useEditor.getState();
  const target = tool === "box" ? targets.find((one) => one.kind === "handle") : targets[0];
  const press = (gesture: Gesture): Press => ({
    gesture,
    at: pointer.at,
    target,
    targets,
    wasChosen: target !== undefined && selection.includes(target.id),
    moved: false,
  });
  if (tool === "pan") return press({ kind: "pan", view: useEditor.getState().view });
  if (tool === "path") return penPress(pointer, targets, press);
  begin();
  if (!target || target.kind === "dot") {
    return press(pointer.shift && tool === "select" ? { kind: "marquee" } : { kind: "draw" });
  }
  return press(gestureOn(target, pointer));
}

function gestureOn(target: Target, pointer: Pointer): Gesture {
  const { frame, selection } = useEditor.getState();
  const base = { scene: scene(), id: target.id };
  switch (target.kind) {
    case "handle": {
      const box = shownBox(target.id, target.frame);
      return { kind: "resize", ...base, frame: target.frame, handle: target.handle, box };
    }
    case "go":
      return { kind: "go", ...base, box: shownBox(target.id, frame) };
    case "point":
      return { kind: "point", ...base, index: target.index };
    case "way":
      return pointer.ctrl ? inserted(target.id, target.index, pointer) : { kind: "way", ...base };
    case "ghost":
      return { kind: "move", scene: base.scene, frame: target.frame, ids: [target.id] };
    default: {
      const chosen = selection.includes(target.id);
      if (!chosen && !pointer.shift && !pointer.ctrl) select([target.id]);
      return { kind: "move", scene: base.scene, frame, ids: chosen ? selection : [target.id] };
    }
  }
}

/** Ctrl+click on the way: a new point there, which is dragged on at once. */
function inserted(id: number, index: number, pointer: Pointer): Gesture {
  const at = toFrame(pointer.place, pointer.at);
  change(id, scene(), (track) => track.path && { ...track, path: withPointInserted(track.path, index, rawPoint(track, index, at)) });
  return { kind: "point", scene: scene(), id, index };
}

/** A place on the canvas as a point of the path: without the shift the plan adds there. */
function rawPoint(track: Track, index: number, at: Point): Point {
  const shown = shownPoints(track, scene().frames);
  const [near, raw] = [shown[Math.min(index, shown.length - 1)], track.path?.points[Math.min(index, shown.length - 1)]];
  return near && raw ? [at[0] - near[0] + raw[0], at[1] - near[1] + raw[1]] : at;
}

function penPress(pointer: Pointer, targets: readonly Target[], press: (gesture: Gesture) => Press): Press | null {
  const point = targets.find((target) => target.kind === "point");
  begin();
  if (point?.kind === "point") return press({ kind: "point", scene: scene(), id: point.id, index: point.index });
  const body = targets.find((target) => target.kind === "body");
  const chosen = useEditor.getState().selection.at(-1);
  const id = chosen ?? body?.id;
  if (id === undefined) return press({ kind: "draw" });
  select([id]);
  return press({ kind: "pen", scene: scene(), id, points: [toFrame(pointer.place, pointer.at)] });
}

const shownBox = (id: number, frame: number): Box => {
  const track = scene().tracks.find((one) => one.id === id);
  return (track && (boxOn(track, frame, scene().frames) ?? firstKey(track).box)) ?? [0, 0, 0, 0];
};

/** The scene as it was when the gesture began, with one track changed. */
function change(id: number, base: Scene, how: (track: Track) => Track | null): void {
  edit(() => ({ ...base, tracks: base.tracks.map((track) => (track.id === id ? (how(track) ?? track) : track)) }));
}

/** The pointer went on. Returns the box or the marquee that is being drawn, if one is. */
export function dragged(press: Press, pointer: Pointer): Box | null {
  const [px, py] = [pointer.at[0] - press.at[0], pointer.at[1] - press.at[1]];
  if (!press.moved && Math.hypot(px, py) < TREMBLE) return null;
  press.moved = true;
  const { gesture } = press;
  const { place } = pointer;
  let [dx, dy] = [px / place.width, py / place.height];
  if (gesture.kind === "pan") {
    useEditor.setState({ view: { ...gesture.view, x: gesture.view.x + px, y: gesture.view.y + py } });
    return null;
  }
  if (gesture.kind === "draw" || gesture.kind === "marquee") return spanDrawn(press, pointer);
  if (gesture.kind === "pen") {
    gesture.points.push(toFrame(place, pointer.at));
    pen(gesture, place);
    return null;
  }
  if (pointer.shift && gesture.kind !== "resize") [dx, dy] = onAxis(dx, dy, place);
  moveOn(gesture, dx, dy, pointer);
  return null;
}

/** From corner to corner, or with Alt from the centre; Shift makes it square on the screen. */
function spanDrawn(press: Press, { at, place, shift, alt }: Pointer): Box {
  let [dx, dy] = [at[0] - press.at[0], at[1] - press.at[1]];
  if (shift && press.gesture.kind === "draw") {
    const side = Math.max(Math.abs(dx), Math.abs(dy));
    [dx, dy] = [Math.sign(dx || 1) * side, Math.sign(dy || 1) * side];
  }
  const from: Point = alt ? [press.at[0] - dx, press.at[1] - dy] : press.at;
  const box = spanning(toFrame(place, from), toFrame(place, [press.at[0] + dx, press.at[1] + dy]));
  return press.gesture.kind === "draw" ? snapped(box, place) : box;
}

function moveOn(gesture: Gesture, dx: number, dy: number, pointer: Pointer): void {
  switch (gesture.kind) {
    case "move":
      edit(() => ({
        ...gesture.scene,
        tracks: gesture.scene.tracks.map((track) => {
          const box = gesture.ids.includes(track.id) && boxOn(track, gesture.frame, gesture.scene.frames);
          return box ? withBox(track, gesture.frame, movedBy(box, dx, dy)) : track;
        }),
      }));
      break;
    case "resize": {
      const box = snapped(resized(gesture.box, gesture.handle, dx, dy, pointer), pointer.place);
      change(gesture.id, gesture.scene, (track) => withBox(track, gesture.frame, box));
      break;
    }
    case "go":
      change(gesture.id, gesture.scene, (track) => goneTo(track, movedBy(gesture.box, dx, dy), gesture.scene.frames));
      break;
    case "point":
      change(gesture.id, gesture.scene, (track) => {
        const point = track.path?.points[gesture.index];
        return track.path && point
          ? { ...track, path: withPoint(track.path, gesture.index, [point[0] + dx, point[1] + dy]) }
          : track;
      });
      break;
    case "way":
      change(gesture.id, gesture.scene, (track) => shifted(track, dx, dy));
      break;
    default:
      break;
  }
}

/** The end box pulled out of the only one there is. A box on the last frame is an end: then it is the start. */
function goneTo(track: Track, box: Box, frames: number): Track {
  const key = firstKey(track);
  return withBox(track, key.frame === frames - 1 ? 0 : frames - 1, box);
}

/** A pen's stroke: it begins at the box's centre, and its many points become few. */
function pen(gesture: Extract<Gesture, { kind: "pen" }>, place: Place): void {
  const aspect = place.width / place.height;
  const wide = gesture.points.map(([x, y]): Point => [x * aspect, y]);
  const few = simplified(wide, 9 / place.height).map(([x, y]): Point => [x / aspect, y]);
  change(gesture.id, gesture.scene, (track) => {
    const start = centreOf(firstKey(track).box);
    const [first] = few;
    const near = first && Math.hypot((first[0] - start[0]) * place.width, (first[1] - start[1]) * place.height) < 24;
    return withPath(track, [start, ...(near ? few.slice(1) : few)], "smooth", gesture.scene.frames);
  });
}

/** The button went up: what was drawn becomes a box, a press that did not move is a click. */
export function released(press: Press, pointer: Pointer): void {
  const { gesture } = press;
  if (gesture.kind === "pan") return;
  if (press.moved) finish(press, pointer);
  else clicked(press, pointer);
  end();
}

function finish(press: Press, pointer: Pointer): void {
  if (press.gesture.kind === "pen") pickTool("select");
  if (press.gesture.kind !== "draw" && press.gesture.kind !== "marquee") return;
  const box = spanDrawn(press, pointer);
  if (press.gesture.kind === "marquee") {
    select(marked(box));
    return;
  }
  const rect = rectOf(pointer.place, box);
  if (rect.width < SMALLEST || rect.height < SMALLEST) return;
  if (addBox(box) !== null) pickTool("select");
}

/** Tracks whose box on the current frame meets the marquee. */
function marked([x0, y0, x1, y1]: Box): number[] {
  const { frame, hidden, locked } = useEditor.getState();
  return scene().tracks.flatMap((track) => {
    const box = boxOn(track, frame, scene().frames);
    const meets = box && box[0] < x1 && x0 < box[2] && box[1] < y1 && y0 < box[3];
    return meets && !hidden.includes(track.id) && !locked.includes(track.id) ? [track.id] : [];
  });
}

function clicked(press: Press, pointer: Pointer): void {
  const { target, gesture } = press;
  const { selection } = useEditor.getState();
  if (gesture.kind === "pen") {
    appended(gesture.id, pointer);
    return;
  }
  if (target?.kind === "point" && pointer.alt) return removePoint(target.id, target.index);
  if (target?.kind === "ghost" || target?.kind === "dot") return goTo(target.frame);
  if (target?.kind === "body") {
    if (pointer.shift || pointer.ctrl) {
      const without = selection.filter((id) => id !== target.id);
      return select(without.length < selection.length ? without : [...selection, target.id]);
    }
    const next = press.wasChosen ? nextBody(press.targets, selection.at(-1)) : target;
    return select(next ? [next.id] : []);
  }
  if (gesture.kind === "draw" && useEditor.getState().tool === "box") return void boxAt(toFrame(pointer.place, pointer.at));
  const only = selection.length === 1 ? scene().tracks.find((track) => track.id === selection[0]) : undefined;
  if (!target && pointer.shift && only?.path) return appended(only.id, pointer);
  if (!target) select([]);
}

/** A click with the pen, or Shift+click: the way goes on to there. */
function appended(id: number, pointer: Pointer): void {
  const at = toFrame(pointer.place, pointer.at);
  change(id, scene(), (track) => {
    const { path } = track;
    if (!path) return withPath(track, [centreOf(firstKey(track).box), at], "smooth", scene().frames);
    return withPath(track, [...path.points, rawPoint(track, path.points.length - 1, at)], path.kind, scene().frames);
  });
}

export function removePoint(id: number, index: number): void {
  change(id, scene(), (track) => track.path && { ...track, path: withoutPoint(track.path, index) });
}

/** Esc: everything as before the press. */
export const abandoned = (): void => drop();

/** Whether a box of this size is large enough to keep. */
export const isDrawn = (box: Box, place: Place): boolean => {
  const [width, height] = sizeOf(box);
  return width * place.width >= SMALLEST && height * place.height >= SMALLEST;
};
