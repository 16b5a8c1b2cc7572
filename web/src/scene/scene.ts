/** Scenes as they travel: the JSON format of docs/control-format.md, field for field. */

import type { Box, Point } from "./box";
import type { Easing } from "./easing";

export type PathKind = "polyline" | "smooth";

export interface Path {
  readonly points: readonly Point[];
  readonly kind: PathKind;
  readonly easing: Easing;
}

export interface Keyframe {
  readonly frame: number;
  readonly box: Box;
  /** The exact bounding box (else: a region that must contain the object). */
  readonly hard: boolean;
  /** Timing of the gap after this keyframe. */
  readonly easing: Easing;
}

export interface Track {
  readonly id: number;
  readonly label: string;
  /** In the order of their frames, at least one. */
  readonly keyframes: readonly Keyframe[];
  readonly path: Path | null;
}

export interface Scene {
  readonly version: 1;
  readonly picture: string | null;
  readonly last_picture: string | null;
  readonly prompt: string;
  readonly frames: number;
  readonly fps: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly seed: number;
  readonly tracks: readonly Track[];
}

/** Tracks a scene may have: one control token each. */
export const SLOTS = 8;
export const LONGEST_SCENE = 10_000;
export const LARGEST_SEED = 2 ** 53 - 1;

export const EMPTY_SCENE: Scene = {
  version: 1,
  picture: null,
  last_picture: null,
  prompt: "",
  frames: 16,
  fps: 8,
  width: null,
  height: null,
  seed: 0,
  tracks: [],
};

export function firstKey(track: Track): Keyframe {
  const key = track.keyframes[0];
  if (!key) throw new Error("a track has at least one keyframe");
  return key;
}

export function lastKey(track: Track): Keyframe {
  const key = track.keyframes[track.keyframes.length - 1];
  if (!key) throw new Error("a track has at least one keyframe");
  return key;
}

export const keyAt = (track: Track, frame: number): Keyframe | undefined =>
  track.keyframes.find((key) => key.frame === frame);

/** Whether the track holds a region still: the same hard box first and last, and nothing between. */
export function isAnchor(track: Track): boolean {
  const first = firstKey(track);
  const last = lastKey(track);
  return (
    track.path === null &&
    track.keyframes.length === 2 &&
    first.hard &&
    last.hard &&
    first.box.every((value, i) => value === last.box[i])
  );
}
