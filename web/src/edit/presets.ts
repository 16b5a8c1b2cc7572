/** Ready-made tracks: the camera, pins, entering and leaving. */

import { type Box, movedBy, sizeOf } from "../scene/box";
import { firstKey, type Keyframe, type Scene, type Track } from "../scene/scene";
import { freeId, pinned } from "./tracks";

export type Preset =
  | "hold_camera"
  | "hold_background"
  | "pan_left"
  | "pan_right"
  | "pan_up"
  | "pan_down"
  | "zoom_in"
  | "zoom_out"
  | "enter_left"
  | "enter_right"
  | "leave_left"
  | "leave_right";

/** Presets that change the chosen track; the others add tracks. */
export const OF_TRACK: readonly Preset[] = ["enter_left", "enter_right", "leave_left", "leave_right"];
export const OF_CAMERA: readonly Preset[] = [
  "hold_camera",
  "hold_background",
  "pan_left",
  "pan_right",
  "pan_up",
  "pan_down",
  "zoom_in",
  "zoom_out",
];

const key = (frame: number, box: Box): Keyframe => ({ frame, box, hard: true, easing: "linear" });

/** How far a pan goes, and how much a zoom grows, in shares of the frame. */
const WAY = 0.2;

const PANS: Partial<Record<Preset, readonly [number, number]>> = {
  pan_left: [WAY, 0],
  pan_right: [-WAY, 0],
  pan_up: [0, WAY],
  pan_down: [0, -WAY],
};

/** The scene with the preset's tracks added, or null when there are not enough free ones. */
export function withCamera(scene: Scene, preset: Preset, label: string): Scene | null {
  let tracks = scene.tracks;
  for (const ends of cameraBoxes(scene, preset)) {
    const id = freeId(tracks);
    if (id === null) return null;
    const track: Track =
      ends.length === 1
        ? pinned(id, ends[0], scene.frames, label)
        : { id, label, keyframes: [key(0, ends[0]), key(scene.frames - 1, ends[1])], path: null };
    tracks = [...tracks, track];
  }
  return { ...scene, tracks };
}

type Ends = readonly [Box] | readonly [Box, Box];

/** Where regions of the background go: a pan to the right moves all of it to the left. */
function cameraBoxes(scene: Scene, preset: Preset): Ends[] {
  if (preset === "hold_camera") return [[[0, 0, 1, 1]]];
  if (preset === "hold_background") return cornersFree(scene);
  const pan = PANS[preset];
  if (pan) {
    const sides: Box[] = pan[0]
      ? [
          [0.02, 0.1, 0.22, 0.9],
          [0.78, 0.1, 0.98, 0.9],
        ]
      : [
          [0.1, 0.02, 0.9, 0.22],
          [0.1, 0.78, 0.9, 0.98],
        ];
    return sides.map((side): Ends => [side, movedBy(side, pan[0], pan[1])]);
  }
  const [small, large]: [Box, Box] = [
    [0.1, 0.1, 0.9, 0.9],
    [0, 0, 1, 1],
  ];
  return [preset === "zoom_in" ? [small, large] : [large, small]];
}

/** The four corners, those left out in which something is drawn already. */
function cornersFree(scene: Scene): Ends[] {
  const corners: Box[] = [
    [0, 0, 0.18, 0.22],
    [0.82, 0, 1, 0.22],
    [0, 0.78, 0.18, 1],
    [0.82, 0.78, 1, 1],
  ];
  const taken = scene.tracks.flatMap((track) => track.keyframes.map((one) => one.box));
  return corners.filter((corner) => !taken.some((box) => overlap(box, corner))).map((corner): Ends => [corner]);
}

const overlap = (a: Box, b: Box) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** The track coming in from a side, or leaving to it. */
export function withPassage(track: Track, preset: Preset, frames: number): Track {
  const inside = firstKey(track).box;
  const [width] = sizeOf(inside);
  const left = preset.endsWith("left");
  const beyond = movedBy(inside, left ? -(inside[0] + width + 0.05) : 1 - inside[0] + 0.05, 0);
  const ends = preset.startsWith("enter") ? [beyond, inside] : [inside, beyond];
  return { ...track, path: null, keyframes: [key(0, ends[0] as Box), key(frames - 1, ends[1] as Box)] };
}
