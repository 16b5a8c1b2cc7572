/** What gestures do to a track: pure functions, each leaving keyframes in order and one to a frame. */

import { type Box, centreOf, movedBy, type Point, sameBox, tidy } from "../scene/box";
import { type Easing, nextEasing } from "../scene/easing";
import { drawn } from "../scene/plan";
import { firstKey, isAnchor, keyAt, type Keyframe, lastKey, type Path, type Scene, SLOTS, type Track } from "../scene/scene";

const inOrder = (keys: readonly Keyframe[]) => [...keys].sort((a, b) => a.frame - b.frame);

/** The smallest id that no track has, or null when all eight are taken. */
export function freeId(tracks: readonly Track[]): number | null {
  for (let id = 1; id <= SLOTS; id++) if (!tracks.some((track) => track.id === id)) return id;
  return null;
}

export function newTrack(id: number, frame: number, box: Box, label = ""): Track {
  return { id, label, keyframes: [{ frame, box: tidy(box), hard: true, easing: "linear" }], path: null };
}

/** A track that holds a region still. */
export function pinned(id: number, box: Box, frames: number, label = ""): Track {
  const hold = tidy(box);
  const keyframes = [0, frames - 1].map((frame): Keyframe => ({ frame, box: hold, hard: true, easing: "linear" }));
  return { id, label, keyframes, path: null };
}

/** The box on this frame set: its keyframe changed, or a new hard one added. A pin moves as a whole. */
export function withBox(track: Track, frame: number, box: Box): Track {
  const tidied = tidy(box);
  if (isAnchor(track) && keyAt(track, frame)) {
    return { ...track, keyframes: track.keyframes.map((key) => ({ ...key, box: tidied })) };
  }
  if (keyAt(track, frame)) return mapKey(track, frame, (key) => ({ ...key, box: tidied }));
  const before = track.keyframes.filter((key) => key.frame < frame).at(-1);
  const key: Keyframe = { frame, box: tidied, hard: true, easing: before?.easing ?? "linear" };
  return { ...track, keyframes: inOrder([...track.keyframes, key]) };
}

export function mapKey(track: Track, frame: number, change: (key: Keyframe) => Keyframe): Track {
  return { ...track, keyframes: track.keyframes.map((key) => (key.frame === frame ? change(key) : key)) };
}

/** Without the keyframe on this frame; null when it was the last one, since then the track is gone. */
export function withoutKey(track: Track, frame: number): Track | null {
  const keyframes = track.keyframes.filter((key) => key.frame !== frame);
  return keyframes.length ? { ...track, keyframes } : null;
}

/** K: a keyframe where there is none, none where there is one. */
export function toggledKey(track: Track, frame: number, frames: number): Track | null {
  if (keyAt(track, frame)) return withoutKey(track, frame);
  return withBox(track, frame, boxOn(track, frame, frames) ?? nearestBox(track, frame));
}

/** The box on this frame as drawn, or null where the track is absent. */
export const boxOn = (track: Track, frame: number, frames: number): Box | null =>
  drawn(track, frames)[frame]?.box ?? null;

/** The box of the keyframe next to a frame where the track is absent. */
export const nearestBox = (track: Track, frame: number): Box =>
  (frame < firstKey(track).frame ? firstKey(track) : lastKey(track)).box;

/** The keyframe moved in time, at most up to its neighbours. */
export function retimed(track: Track, from: number, to: number, frames: number): Track {
  const others = track.keyframes.filter((key) => key.frame !== from);
  const low = Math.max(0, ...others.filter((key) => key.frame < from).map((key) => key.frame + 1));
  const high = Math.min(frames - 1, ...others.filter((key) => key.frame > from).map((key) => key.frame - 1));
  const frame = Math.min(high, Math.max(low, to));
  return mapKey(track, from, (key) => ({ ...key, frame }));
}

/** A copy of the keyframe on another frame, replacing what is there. */
export function withKeyCopied(track: Track, from: number, to: number): Track {
  const key = keyAt(track, from);
  if (!key || from === to) return track;
  const others = track.keyframes.filter((other) => other.frame !== to);
  return { ...track, keyframes: inOrder([...others, { ...key, frame: to }]) };
}

/** H: hard to soft and back; a box that was only inserted becomes a keyframe, hard. */
export function toggledHard(track: Track, frame: number, frames: number): Track {
  const key = keyAt(track, frame);
  if (key) return mapKey(track, frame, (old) => ({ ...old, hard: !old.hard }));
  const box = boxOn(track, frame, frames);
  return box ? withBox(track, frame, box) : track;
}

/** X: the box on this frame held still from first to last; again, and it is free to go. */
export function toggledPin(track: Track, frame: number, frames: number): Track {
  if (isAnchor(track)) return { ...track, keyframes: [firstKey(track)] };
  const box = boxOn(track, frame, frames) ?? nearestBox(track, frame);
  return pinned(track.id, box, frames, track.label);
}

/** I: the next easing of the gap at this frame; a path has one timing for its whole way. */
export function cycledEasing(track: Track, frame: number): Track {
  if (track.path) return { ...track, path: { ...track.path, easing: nextEasing(track.path.easing) } };
  const key = gapStart(track, frame);
  return key ? mapKey(track, key.frame, (old) => ({ ...old, easing: nextEasing(old.easing) })) : track;
}

export function withEasing(track: Track, keyFrame: number, easing: Easing): Track {
  return mapKey(track, keyFrame, (key) => ({ ...key, easing }));
}

/** The keyframe whose gap this frame lies in (the last gap, on the last keyframe). */
export function gapStart(track: Track, frame: number): Keyframe | undefined {
  const starts = track.keyframes.slice(0, -1);
  return starts.filter((key) => key.frame <= frame).at(-1) ?? starts[0];
}

/** O: absent after this frame. */
export function absentAfter(track: Track, frame: number, frames: number): Track {
  const box = boxOn(track, frame, frames);
  if (!box) return track;
  const ended = keyAt(track, frame) ? track : withBox(track, frame, box);
  const keyframes = ended.keyframes.filter((key) => key.frame <= frame);
  // A path with one keyframe leads on to the end: alone on the frame, the box must let go of it.
  return { ...ended, keyframes, path: keyframes.length > 1 ? ended.path : null };
}

/** Everything of the track moved: keyframes and path. */
export function shifted(track: Track, dx: number, dy: number): Track {
  const keyframes = track.keyframes.map((key) => ({ ...key, box: tidy(movedBy(key.box, dx, dy)) }));
  return { ...track, keyframes, path: track.path && movedPath(track.path, dx, dy) };
}

export function movedPath(path: Path, dx: number, dy: number): Path {
  return { ...path, points: path.points.map(([x, y]): Point => [x + dx, y + dy]) };
}

/** A path for the centre. An end box that only said where the way ends gives way to it. */
export function withPath(track: Track, points: readonly Point[], kind: Path["kind"], frames: number): Track {
  const [start, ...rest] = points;
  if (!start || !rest.length) return track;
  const base = isAnchor(track) ? { ...track, keyframes: [firstKey(track)] } : track;
  const first = firstKey(base);
  // The only box on the last frame leaves a path no time: the way then starts at the beginning.
  const keyframes =
    base.keyframes.length === 1 && first.frame === frames - 1 ? [{ ...first, frame: 0 }] : base.keyframes;
  const end = points.at(-1) as Point;
  const moved = keyframes.map((key, i) =>
    i > 0 && i === keyframes.length - 1 ? { ...key, box: centredOn(key.box, end) } : key,
  );
  return { ...base, keyframes: moved, path: { points: [...points], kind, easing: base.path?.easing ?? "linear" } };
}

function centredOn(box: Box, [x, y]: Point): Box {
  const [cx, cy] = centreOf(box);
  return tidy(movedBy(box, x - cx, y - cy));
}

export function withPoint(path: Path, index: number, point: Point): Path {
  return { ...path, points: path.points.map((old, i) => (i === index ? point : old)) };
}

export function withPointInserted(path: Path, index: number, point: Point): Path {
  return { ...path, points: [...path.points.slice(0, index), point, ...path.points.slice(index)] };
}

/** Without this point; null when fewer than two would be left. */
export function withoutPoint(path: Path, index: number): Path | null {
  const points = path.points.filter((_, i) => i !== index);
  return points.length < 2 ? null : { ...path, points };
}

/** The scene in another number of frames: every keyframe keeps its share of the time. Mirrors generation.py. */
export function stretched(scene: Scene, frames: number): Scene {
  if (frames === scene.frames) return scene;
  const stretch = scene.frames > 1 ? (frames - 1) / (scene.frames - 1) : 1;
  return { ...scene, frames, tracks: scene.tracks.map((track) => stretchedTrack(track, stretch, frames)) };
}

function stretchedTrack(track: Track, stretch: number, frames: number): Track {
  const first = firstKey(track);
  const last = lastKey(track);
  let start = Math.min(frames - 1, Math.round(first.frame * stretch));
  const end = Math.min(frames - 1, Math.round(last.frame * stretch));
  if (first !== last || track.path) start = Math.max(0, Math.min(start, frames - 2));
  const kept = new Map([[start, first]]);
  if (first !== last) kept.set(Math.max(end, start + 1), last);
  for (const key of track.keyframes.slice(1, -1)) {
    const frame = Math.round(key.frame * stretch);
    if (frame > start && frame < end && !kept.has(frame)) kept.set(frame, key);
  }
  return { ...track, keyframes: inOrder([...kept].map(([frame, key]) => ({ ...key, frame }))) };
}

/** Frames of the keyframes before and after this one. */
export function neighbours(track: Track, frame: number): { before: number | null; after: number | null } {
  const frames = track.keyframes.map((key) => key.frame);
  return {
    before: frames.filter((other) => other < frame).at(-1) ?? null,
    after: frames.find((other) => other > frame) ?? null,
  };
}

/** Whether the track goes anywhere or changes its size. */
export const moves = (track: Track): boolean =>
  track.path !== null || track.keyframes.some((key) => !sameBox(key.box, firstKey(track).box));
