/** Scene files: read leniently where Python fills in defaults, refused in words where it would refuse. */

import { type Box, type Point, REACH } from "./box";
import { EASINGS, type Easing } from "./easing";
import {
  EMPTY_SCENE,
  type Keyframe,
  LARGEST_SEED,
  LONGEST_SCENE,
  type Path,
  type Scene,
  SLOTS,
  type Track,
} from "./scene";

/** What is wrong with a file, and where in it; the reason is a key of words.wire. */
export class WireFault extends Error {
  constructor(
    readonly reason: "json" | "object" | "version" | "value" | "tracks" | "ids" | "frames",
    readonly place: string,
  ) {
    super(`${place}: ${reason}`);
  }
}

/** The scene in this JSON text. */
export function fromText(text: string): Scene {
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new WireFault("json", "");
  }
  // A file that was left beside a video holds its scene.
  if (isObject(raw) && "made_with" in raw && "scene" in raw) raw = raw.scene;
  return parsed(raw);
}

/** The scene in this JSON value, its defaults filled in. */
export function parsed(raw: unknown): Scene {
  if (!isObject(raw)) throw new WireFault("object", "");
  if (raw.version !== 1) throw new WireFault("version", "version");
  const frames = whole(raw.frames ?? EMPTY_SCENE.frames, "frames", 1, LONGEST_SCENE);
  const tracks = list(raw.tracks ?? [], "tracks").map((track, i) => trackOf(track, `tracks[${i}]`, frames));
  if (tracks.length > SLOTS) throw new WireFault("tracks", "tracks");
  if (new Set(tracks.map((track) => track.id)).size < tracks.length) throw new WireFault("ids", "tracks");
  return {
    version: 1,
    picture: textOrNull(raw.picture, "picture"),
    last_picture: textOrNull(raw.last_picture, "last_picture"),
    prompt: textOrNull(raw.prompt, "prompt") ?? "",
    frames,
    fps: whole(raw.fps ?? EMPTY_SCENE.fps, "fps", 1, 120),
    width: raw.width == null ? null : whole(raw.width, "width", 16, 8192),
    height: raw.height == null ? null : whole(raw.height, "height", 16, 8192),
    seed: whole(raw.seed ?? 0, "seed", 0, LARGEST_SEED),
    tracks,
  };
}

/** JSON text for a file: indented, a box or a point on one line. */
export function toText(scene: Scene): string {
  const text = JSON.stringify(scene, null, 2);
  return `${text.replace(/\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]/g, (_, inner: string) => `[${inner.replace(/\s+/g, " ")}]`)}\n`;
}

function trackOf(raw: unknown, place: string, frames: number): Track {
  if (!isObject(raw)) throw new WireFault("object", place);
  const keyframes = list(raw.keyframes, `${place}.keyframes`)
    .map((key, i) => keyOf(key, `${place}.keyframes[${i}]`, frames))
    .sort((a, b) => a.frame - b.frame);
  const distinct = new Set(keyframes.map((key) => key.frame)).size;
  if (!keyframes.length || distinct < keyframes.length) throw new WireFault("frames", `${place}.keyframes`);
  return {
    id: whole(raw.id, `${place}.id`, 1, SLOTS),
    label: textOrNull(raw.label, `${place}.label`) ?? "",
    keyframes,
    path: raw.path == null ? null : pathOf(raw.path, `${place}.path`),
  };
}

function keyOf(raw: unknown, place: string, frames: number): Keyframe {
  if (!isObject(raw)) throw new WireFault("object", place);
  return {
    frame: whole(raw.frame, `${place}.frame`, 0, frames - 1),
    box: boxOf(raw.box, `${place}.box`),
    hard: raw.hard === undefined ? true : truth(raw.hard, `${place}.hard`),
    easing: easingOf(raw.easing, `${place}.easing`),
  };
}

function pathOf(raw: unknown, place: string): Path {
  if (!isObject(raw)) throw new WireFault("object", place);
  const points = list(raw.points, `${place}.points`).map((point, i): Point => {
    const [x, y, ...more] = numbers(point, `${place}.points[${i}]`);
    if (x === undefined || y === undefined || more.length) throw new WireFault("value", `${place}.points[${i}]`);
    return [x, y];
  });
  if (points.length < 2) throw new WireFault("value", `${place}.points`);
  if (raw.kind !== undefined && raw.kind !== "polyline" && raw.kind !== "smooth") {
    throw new WireFault("value", `${place}.kind`);
  }
  return { points, kind: raw.kind ?? "polyline", easing: easingOf(raw.easing, `${place}.easing`) };
}

function boxOf(raw: unknown, place: string): Box {
  const [x0, y0, x1, y1, ...more] = numbers(raw, place);
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined || more.length) {
    throw new WireFault("value", place);
  }
  if (x1 < x0 || y1 < y0) throw new WireFault("value", place);
  return [x0, y0, x1, y1];
}

function numbers(raw: unknown, place: string): number[] {
  return list(raw, place).map((value) => {
    if (typeof value !== "number" || !Number.isFinite(value) || value < -REACH || value > 1 + REACH) {
      throw new WireFault("value", place);
    }
    return value;
  });
}

function easingOf(raw: unknown, place: string): Easing {
  if (raw === undefined) return "linear";
  const found = EASINGS.find((easing) => easing === raw);
  if (!found) throw new WireFault("value", place);
  return found;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function list(value: unknown, place: string): unknown[] {
  if (!Array.isArray(value)) throw new WireFault("value", place);
  return value as unknown[];
}

function whole(value: unknown, place: string, low: number, high: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high) {
    throw new WireFault("value", place);
  }
  return value;
}

function textOrNull(value: unknown, place: string): string | null {
  if (value == null) return null;
  if (typeof value !== "string") throw new WireFault("value", place);
  return value;
}

function truth(value: unknown, place: string): boolean {
  if (typeof value !== "boolean") throw new WireFault("value", place);
  return value;
}
