/**
 * Scene -> control plan: the rules of scene/plan.py, proved equal to it by tests/golden/plans.json.
 *
 * Also gives each track's boxes as drawn (before they are relaxed and clamped): what the canvas shows.
 */

import { type Box, blend, centreOf, clamped, isOutside, movedTo, relaxed, type Point } from "./box";
import { eased } from "./easing";
import { interpolated, pointsAtTime } from "./path";
import { firstKey, type Path, type Scene, type Track } from "./scene";

/** Share of the frame by which each side of an inserted box moves outwards. */
export const MARGIN = 1 / 9;

export interface PlanOptions {
  readonly margin?: number;
  /** Scale the margin by the distance in frames to the nearest user box. */
  readonly shrink?: boolean;
  /** False leaves the frames between user boxes empty. */
  readonly insert?: boolean;
}

/** One track on one frame. `null` where the track is absent: the learned null token stands there. */
export type Drawn = { readonly box: Box; readonly user: boolean; readonly hard: boolean } | null;

export type Planned = { readonly box: Box; readonly hard: boolean } | null;

/** Indexed [track][frame]. */
export function plan(scene: Scene, options: PlanOptions = {}): Planned[][] {
  return scene.tracks.map((track) => planned(drawn(track, scene.frames), options));
}

/** What is passed on to the model for one track: relaxed, clamped. */
export function planned(track: readonly Drawn[], options: PlanOptions = {}): Planned[] {
  const { margin = MARGIN, shrink = false, insert = true } = options;
  const scale = shrink ? nearness(track) : null;
  return track.map((at, frame) => {
    if (!at || (!insert && !at.user)) return null;
    const grows = !at.user && !isOutside(at.box);
    const box = grows ? relaxed(at.box, margin * (scale?.[frame] ?? 1)) : at.box;
    return { box: clamped(box), hard: at.hard };
  });
}

/** A track on every frame, before relaxing and clamping. */
export function drawn(track: Track, frames: number): Drawn[] {
  const boxes: (Box | null)[] = Array.from({ length: frames }, () => null);
  track.keyframes.forEach((first, i) => {
    const second = track.keyframes[i + 1];
    if (!second) return;
    for (let frame = first.frame; frame < second.frame; frame++) {
      const share = eased((frame - first.frame) / (second.frame - first.frame), first.easing);
      boxes[frame] = blend(first.box, second.box, share);
    }
  });
  if (track.path) sendAlong(track.path, track, boxes);
  const keys = new Map(track.keyframes.map((key) => [key.frame, key]));
  return boxes.map((box, frame) => {
    const key = keys.get(frame);
    if (key) return { box: key.box, user: true, hard: key.hard };
    return box && { box, user: false, hard: false };
  });
}

/** How far the path is shifted at each stop, so that it passes through the boxes the person gave. */
export function pathShifts(track: Track, path: Path, frames: number): (travelled: number) => Point {
  const { start, span } = travelOf(track, frames);
  const times = track.keyframes.map((key) => (key.frame - start) / span);
  const shares = times.map((time) => eased(time, path.easing));
  const shifts = pointsAtTime(path, times).map((point, i): Point => {
    const centre = centreOf((track.keyframes[i] ?? firstKey(track)).box);
    return [centre[0] - point[0], centre[1] - point[1]];
  });
  return (travelled) => [
    interpolated(travelled, shares, shifts.map((shift) => shift[0])),
    interpolated(travelled, shares, shifts.map((shift) => shift[1])),
  ];
}

/** The frames a path is travelled in. */
function travelOf(track: Track, frames: number): { start: number; end: number; span: number } {
  const start = firstKey(track).frame;
  const end = track.keyframes.length > 1 ? (track.keyframes[track.keyframes.length - 1]?.frame ?? start) : frames - 1;
  return { start, end, span: Math.max(end - start, 1) };
}

/** Rule 3, in place: the boxes from the first keyframe on get their centres from the path. */
function sendAlong(path: Path, track: Track, boxes: (Box | null)[]): void {
  const { start, end, span } = travelOf(track, boxes.length);
  const times = Array.from({ length: end - start + 1 }, (_, i) => i / span);
  const shiftAt = pathShifts(track, path, boxes.length);
  const lone = track.keyframes.length === 1 ? firstKey(track).box : null;
  const lastBox = track.keyframes[track.keyframes.length - 1]?.box ?? firstKey(track).box;
  pointsAtTime(path, times).forEach((point, i) => {
    const [dx, dy] = shiftAt(eased(times[i] ?? 0, path.easing));
    const box = lone ?? boxes[start + i] ?? lastBox;
    boxes[start + i] = movedTo(box, [point[0] + dx, point[1] + dy]);
  });
}

/** Distance to the nearest user box, as a share of the greatest distance in the same gap. */
function nearness(track: readonly Drawn[]): number[] {
  const users = track.flatMap((at, frame) => (at?.user ? [frame] : []));
  const distance = track.map((_, frame) => Math.min(...users.map((user) => Math.abs(user - frame))));
  const gap = track.map((_, frame) => users.filter((user) => user <= frame).length);
  const greatest = new Array<number>(users.length + 1).fill(0);
  distance.forEach((away, frame) => {
    const index = gap[frame] ?? 0;
    greatest[index] = Math.max(greatest[index] ?? 0, away);
  });
  return distance.map((away, frame) => away / Math.max(greatest[gap[frame] ?? 0] ?? 0, 1));
}
