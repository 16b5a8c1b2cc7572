/** Between the frame (fractions) and the canvas (pixels), and what handles do to boxes. */

import { type Box, type Point, spanning } from "../scene/box";
import type { View } from "../store/editor";

/** Where the frame lies on the canvas, in CSS pixels. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The frame leaves room round it, since boxes may leave the frame. */
const MARGIN = 0.085;

export function placed(canvas: { width: number; height: number }, aspect: number, view: View): Place {
  const room = { width: canvas.width * (1 - 2 * MARGIN), height: canvas.height * (1 - 2 * MARGIN) };
  const fit = Math.max(16, Math.min(room.width, room.height * aspect));
  const width = fit * view.zoom;
  const height = width / aspect;
  return {
    left: (canvas.width - width) / 2 + view.x,
    top: (canvas.height - height) / 2 + view.y,
    width,
    height,
  };
}

export const toCanvas = (place: Place, [x, y]: Point): Point => [
  place.left + x * place.width,
  place.top + y * place.height,
];

export const toFrame = (place: Place, [x, y]: Point): Point => [
  (x - place.left) / place.width,
  (y - place.top) / place.height,
];

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function rectOf(place: Place, [x0, y0, x1, y1]: Box): Rect {
  const [x, y] = toCanvas(place, [x0, y0]);
  return { x, y, width: (x1 - x0) * place.width, height: (y1 - y0) * place.height };
}

export const LEAST_ZOOM = 0.2;
export const MOST_ZOOM = 16;

/** Zoomed by a factor, with the point under the cursor staying under it. */
export function zoomedAt(view: View, factor: number, [x, y]: Point, canvas: { width: number; height: number }): View {
  const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, view.zoom * factor));
  const real = zoom / view.zoom;
  const [cx, cy] = [x - canvas.width / 2, y - canvas.height / 2];
  return { zoom, x: cx + (view.x - cx) * real, y: cy + (view.y - cy) * real };
}

export type Handle = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";

export const HANDLES: readonly Handle[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

export function handlePoint([x0, y0, x1, y1]: Box, handle: Handle): Point {
  const x = handle.includes("w") ? x0 : handle.includes("e") ? x1 : (x0 + x1) / 2;
  const y = handle.startsWith("n") ? y0 : handle.startsWith("s") ? y1 : (y0 + y1) / 2;
  return [x, y];
}

export interface Modifiers {
  /** Keep the ratio of the sides, or the axis of a move. */
  readonly shift: boolean;
  /** From the centre. */
  readonly alt: boolean;
}

/** The box after its handle was dragged by (dx, dy); drawn past its other side, it turns over. */
export function resized(box: Box, handle: Handle, dx: number, dy: number, { shift, alt }: Modifiers): Box {
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const sx = handle.includes("w") ? -1 : handle.includes("e") ? 1 : 0;
  const sy = handle.startsWith("n") ? -1 : handle.startsWith("s") ? 1 : 0;
  const reach = alt ? 2 : 1;
  let grownX = sx * dx * reach;
  let grownY = sy * dy * reach;
  if (shift && width > 0 && height > 0) {
    const [rx, ry] = [grownX / width, grownY / height];
    const ratio = sx === 0 ? ry : sy === 0 ? rx : Math.abs(rx) > Math.abs(ry) ? rx : ry;
    [grownX, grownY] = [ratio * width, ratio * height];
  }
  // A side handle with the ratio kept grows the other axis about its middle.
  const x = side(box[0], box[2], grownX, alt || sx === 0 ? 0 : sx);
  const y = side(box[1], box[3], grownY, alt || sy === 0 ? 0 : sy);
  return spanning([x[0], y[0]], [x[1], y[1]]);
}

/** One axis grown: at its end (1), its start (-1), or both alike (0). */
function side(from: number, to: number, grown: number, at: number): [number, number] {
  if (at > 0) return [from, to + grown];
  if (at < 0) return [from - grown, to];
  return [from - grown / 2, to + grown / 2];
}

/** The move along one axis only, the larger one. */
export function onAxis(dx: number, dy: number, place: Place): Point {
  return Math.abs(dx * place.width) >= Math.abs(dy * place.height) ? [dx, 0] : [0, dy];
}

/** The box put on the frame's edges where it comes within `near` pixels of them. */
export function snapped(box: Box, place: Place, near = 5): Box {
  const pull = (value: number, size: number) =>
    Math.abs(value) * size < near ? 0 : Math.abs(1 - value) * size < near ? 1 : value;
  return [
    pull(box[0], place.width),
    pull(box[1], place.height),
    pull(box[2], place.width),
    pull(box[3], place.height),
  ];
}
