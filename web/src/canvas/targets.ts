/** What lies under the pointer. Pure, so that it can be tested without a canvas. */

import { type Box, centreOf, type Point } from "../scene/box";
import { distanceToSegment, sharesOfPoints } from "../scene/path";
import { type Drawn, drawn, pathShifts } from "../scene/plan";
import { firstKey, lastKey, type Scene, type Track } from "../scene/scene";
import { type Handle, HANDLES, handlePoint, type Place, rectOf, toCanvas } from "./geometry";

export type Target =
  | { readonly kind: "handle"; readonly id: number; readonly frame: number; readonly handle: Handle }
  | { readonly kind: "body"; readonly id: number; readonly frame: number }
  | { readonly kind: "ghost"; readonly id: number; readonly frame: number }
  | { readonly kind: "go"; readonly id: number }
  | { readonly kind: "point"; readonly id: number; readonly index: number }
  | { readonly kind: "way"; readonly id: number; readonly index: number }
  | { readonly kind: "dot"; readonly id: number; readonly frame: number };

export interface Shown {
  readonly scene: Scene;
  readonly frame: number;
  readonly selection: readonly number[];
  readonly hidden: readonly number[];
  readonly locked: readonly number[];
  readonly place: Place;
}

/** Pixels within which a thing is hit. */
const NEAR = 9;

/** Half the size of the round handle that pulls the end box out. */
export const GO_RADIUS = 15;

/** Everything at this point of the canvas, what should react first in front. */
export function targetsAt(shown: Shown, at: Point, near = NEAR): Target[] {
  const { scene, selection, hidden, locked } = shown;
  const free = scene.tracks.filter((track) => !hidden.includes(track.id) && !locked.includes(track.id));
  const selected = free.filter((track) => selection.includes(track.id));
  return [
    ...selected.flatMap((track) => goAt(shown, track, at, near)),
    ...selected.flatMap((track) => handlesAt(shown, track, at, near)),
    ...selected.flatMap((track) => pointsAt(shown, track, at, near)),
    ...selected.flatMap((track) => dotsAt(shown, track, at, near * 0.6)),
    ...bodiesAt(shown, free, at),
    ...selected.flatMap((track) => ghostsAt(shown, track, at)),
    ...selected.flatMap((track) => wayAt(shown, track, at, near)),
  ];
}

const apart = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);

function inside(place: Place, box: Box, [x, y]: Point, near = 3): boolean {
  const rect = rectOf(place, box);
  return x >= rect.x - near && x <= rect.x + rect.width + near && y >= rect.y - near && y <= rect.y + rect.height + near;
}

const onFrame = (shown: Shown, track: Track): Drawn => drawn(track, shown.scene.frames)[shown.frame] ?? null;

/** Whether the track still needs to be told where it goes: then it shows the handle that pulls the end box out. */
export const wantsEnd = (track: Track, frames: number): boolean =>
  track.keyframes.length === 1 && track.path === null && frames > 1;

/** Where that handle lies: to the right of the box, inside the canvas. */
export function goPoint(place: Place, box: Box): Point {
  const rect = rectOf(place, box);
  return [rect.x + rect.width + GO_RADIUS + 14, rect.y + rect.height / 2];
}

function goAt(shown: Shown, track: Track, at: Point, near: number): Target[] {
  const key = firstKey(track);
  if (!wantsEnd(track, shown.scene.frames) || key.frame !== shown.frame) return [];
  return apart(goPoint(shown.place, key.box), at) <= GO_RADIUS + near / 3 ? [{ kind: "go", id: track.id }] : [];
}

function handlesAt(shown: Shown, track: Track, at: Point, near: number): Target[] {
  const targets: Target[] = [];
  const current = onFrame(shown, track);
  const boxes = current ? [{ box: current.box, frame: shown.frame }] : [];
  // In between the ghosts are only looked at and moved: three sets of handles would cover each other.
  const ghosts = current?.user ? ghostsOf(track, shown.scene.frames, shown.frame) : [];
  for (const { box, frame } of [...boxes, ...ghosts]) {
    const rect = rectOf(shown.place, box);
    for (const handle of HANDLES) {
      // On a small box the handles of the sides would cover the body: only corners are left.
      if (handle.length === 1 && (handle === "n" || handle === "s" ? rect.width : rect.height) < 44) continue;
      const [x, y] = toCanvas(shown.place, handlePoint(box, handle));
      if (Math.abs(x - at[0]) <= near && Math.abs(y - at[1]) <= near) {
        targets.push({ kind: "handle", id: track.id, frame, handle });
      }
    }
  }
  return targets;
}

/** First and last box, where they are not on the current frame; an open path has a last one too. */
export function ghostsOf(track: Track, frames: number, frame: number): { frame: number; box: Box }[] {
  const ghosts = [firstKey(track), lastKey(track)].map((key) => ({ frame: key.frame, box: key.box }));
  if (track.path && track.keyframes.length === 1) {
    const end = drawn(track, frames).at(-1);
    if (end) ghosts[1] = { frame: frames - 1, box: end.box };
  }
  return ghosts.filter((ghost, i) => ghost.frame !== frame && (i === 0 || ghost.frame !== ghosts[0]?.frame));
}

function ghostsAt(shown: Shown, track: Track, at: Point): Target[] {
  return ghostsOf(track, shown.scene.frames, shown.frame)
    .filter((ghost) => inside(shown.place, ghost.box, at))
    .reverse()
    .map(({ frame }): Target => ({ kind: "ghost", id: track.id, frame }));
}

/** Boxes on the current frame, the chosen ones first, then the smaller ones: what is inside another can be had. */
function bodiesAt(shown: Shown, tracks: readonly Track[], at: Point): Target[] {
  const hits = tracks.flatMap((track) => {
    const current = onFrame(shown, track);
    if (!current || !inside(shown.place, current.box, at)) return [];
    const [x0, y0, x1, y1] = current.box;
    return [{ id: track.id, area: (x1 - x0) * (y1 - y0), chosen: shown.selection.includes(track.id) }];
  });
  hits.sort((a, b) => Number(b.chosen) - Number(a.chosen) || a.area - b.area);
  return hits.map(({ id }): Target => ({ kind: "body", id, frame: shown.frame }));
}

/** The path's own points where they take effect: shifted as the plan shifts them. */
export function shownPoints(track: Track, frames: number): Point[] {
  const { path } = track;
  if (!path) return [];
  const shiftAt = pathShifts(track, path, frames);
  const shares = sharesOfPoints(path);
  return path.points.map(([x, y], i): Point => {
    const [dx, dy] = shiftAt(shares[i] ?? 0);
    return [x + dx, y + dy];
  });
}

function pointsAt(shown: Shown, track: Track, at: Point, near: number): Target[] {
  return shownPoints(track, shown.scene.frames).flatMap((point, index): Target[] => {
    // The first point is the box's own centre: it is moved by moving the box.
    if (index === 0 || apart(toCanvas(shown.place, point), at) > near) return [];
    return [{ kind: "point", id: track.id, index }];
  });
}

function dotsAt(shown: Shown, track: Track, at: Point, near: number): Target[] {
  return drawn(track, shown.scene.frames).flatMap((where, frame): Target[] => {
    if (!where || frame === shown.frame || apart(toCanvas(shown.place, centreOf(where.box)), at) > near) return [];
    return [{ kind: "dot", id: track.id, frame }];
  });
}

function wayAt(shown: Shown, track: Track, at: Point, near: number): Target[] {
  if (!track.path) return [];
  const points = shownPoints(track, shown.scene.frames).map((point) => toCanvas(shown.place, point));
  const centres = drawn(track, shown.scene.frames).flatMap((where) =>
    where ? [toCanvas(shown.place, centreOf(where.box))] : [],
  );
  const onIt = centres.some((point, i) => i > 0 && distanceToSegment(at, centres[i - 1] as Point, point) <= near);
  if (!onIt) return [];
  let [best, index] = [Infinity, 1];
  for (let i = 1; i < points.length; i++) {
    const away = distanceToSegment(at, points[i - 1] as Point, points[i] as Point);
    if (away < best) [best, index] = [away, i];
  }
  return [{ kind: "way", id: track.id, index }];
}

/** The next body under the pointer after the chosen one: a click again goes through what overlaps. */
export function nextBody(targets: readonly Target[], chosenId: number | undefined): Target | undefined {
  const bodies = targets.filter((target) => target.kind === "body");
  const at = bodies.findIndex((target) => target.id === chosenId);
  return bodies[(at + 1) % Math.max(bodies.length, 1)];
}
