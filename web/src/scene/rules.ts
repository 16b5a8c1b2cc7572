/** What is wrong, or may disappoint, in a scene: said beside the thing, in words of the chosen language. */

import { isOutside, sizeOf } from "./box";
import { drawn } from "./plan";
import { firstKey, isAnchor, type Scene, type Track } from "./scene";

export type Reason =
  | "no_picture"
  | "no_tracks"
  | "no_prompt"
  | "late_path"
  | "never_seen"
  | "tiny"
  | "one_box"
  | "comes_in"
  | "not_at_start"
  | "ratio"
  | "long";

export interface Remark {
  readonly reason: Reason;
  /** "stop": it cannot be generated so. "hint": it can, but read this first. */
  readonly weight: "stop" | "hint";
  /** The track it is about; null is the whole scene. */
  readonly track: number | null;
  readonly values?: Readonly<Record<string, string | number>>;
}

/** What the base can do; the service says so, this is what `pocket` does. */
export interface Limits {
  readonly frames: number;
  readonly smallest: number;
}

export const POCKET: Limits = { frames: 16, smallest: 1 / 24 };

export function remarks(scene: Scene, size: { width: number; height: number } | null, limits = POCKET): Remark[] {
  const found: Remark[] = [];
  const add = (reason: Reason, weight: Remark["weight"], track: number | null = null, values = {}) =>
    found.push({ reason, weight, track, values });
  if (!scene.picture) add("no_picture", "stop");
  if (!scene.tracks.length) add("no_tracks", "stop");
  if (!scene.prompt.trim()) add("no_prompt", "hint");
  if (size && scene.width && scene.height) {
    const off = Math.abs(Math.log(scene.width / scene.height / (size.width / size.height)));
    if (off > 0.02) add("ratio", "hint");
  }
  if (scene.frames > limits.frames) add("long", "hint", null, { frames: limits.frames });
  for (const track of scene.tracks) {
    if (!scene.last_picture && comesIn(track)) add("comes_in", "hint", track.id);
    for (const remark of ofTrack(track, scene.frames, limits)) add(remark[0], remark[1], track.id, remark[2]);
  }
  return found;
}

/** Outside at first, and to be seen later. */
const comesIn = (track: Track) => isOutside(firstKey(track).box) && !track.keyframes.every(({ box }) => isOutside(box));

function ofTrack(track: Track, frames: number, limits: Limits): [Reason, Remark["weight"], object?][] {
  const found: [Reason, Remark["weight"], object?][] = [];
  const first = firstKey(track);
  const boxes = drawn(track, frames).flatMap((at) => (at ? [at.box] : []));
  const alone = track.keyframes.length === 1;
  if (track.path && alone && first.frame === frames - 1) found.push(["late_path", "stop"]);
  if (boxes.every(isOutside)) found.push(["never_seen", "hint"]);
  if (alone && !track.path && frames > 1) found.push(["one_box", "hint"]);
  if (first.frame > 0 && !isAnchor(track)) found.push(["not_at_start", "hint", { frame: first.frame }]);
  const seen = track.keyframes.filter((key) => !isOutside(key.box));
  if (seen.some((key) => Math.min(...sizeOf(key.box)) < limits.smallest)) found.push(["tiny", "hint"]);
  return found;
}
