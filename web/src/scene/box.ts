/** Boxes: normalised x0 y0 x1 y1, origin top left; they may reach beyond the frame. Mirrors scene/box.py. */

export type Box = readonly [number, number, number, number];
export type Point = readonly [number, number];

/** Frame shares below this count as nothing. */
export const TOUCH = 1e-6;

/** How far beyond the frame a person may draw, in frame widths or heights. */
export const REACH = 4;

export const centreOf = ([x0, y0, x1, y1]: Box): Point => [(x0 + x1) / 2, (y0 + y1) / 2];
export const sizeOf = ([x0, y0, x1, y1]: Box): Point => [x1 - x0, y1 - y0];

export const movedBy = ([x0, y0, x1, y1]: Box, dx: number, dy: number): Box => [x0 + dx, y0 + dy, x1 + dx, y1 + dy];

export function movedTo(box: Box, [x, y]: Point): Box {
  const [width, height] = sizeOf(box);
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

/** Linear interpolation of the edges: the first at 0, the second at 1, exactly. */
export function blend(a: Box, b: Box, t: number): Box {
  const mix = (i: 0 | 1 | 2 | 3) => (1 - t) * a[i] + t * b[i];
  return [mix(0), mix(1), mix(2), mix(3)];
}

export function relaxed([x0, y0, x1, y1]: Box, margin: number): Box {
  return [x0 - margin, y0 - margin, x1 + margin, y1 + margin];
}

const unit = (value: number) => Math.min(1, Math.max(0, value));

/** The part inside the frame; a box wholly outside becomes a segment (or corner) on the border. */
export const clamped = ([x0, y0, x1, y1]: Box): Box => [unit(x0), unit(y0), unit(x1), unit(y1)];

/** Whether nothing of the box shows in the frame. */
export const isOutside = ([x0, y0, x1, y1]: Box): boolean =>
  x1 <= TOUCH || y1 <= TOUCH || x0 >= 1 - TOUCH || y0 >= 1 - TOUCH;

/** Two corners in any order, as a box. */
export function spanning([ax, ay]: Point, [bx, by]: Point): Box {
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

export const sameBox = (a: Box, b: Box): boolean => a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) < 1e-9);

export const areaOf = (box: Box): number => Math.max(0, box[2] - box[0]) * Math.max(0, box[3] - box[1]);

/** The area of what two boxes share. */
export function shared(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return Math.max(0, width) * Math.max(0, height);
}

/** Intersection over union in [0, 1]. Boxes without area score 1 when they are the same, else 0. */
export function iou(a: Box, b: Box): number {
  const both = shared(a, b);
  const union = areaOf(a) + areaOf(b) - both;
  if (union > 0) return both / union;
  return a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) <= TOUCH) ? 1 : 0;
}

/** Kept within what a scene file may hold, and rounded to what a person can see (1/100,000 of the frame). */
export function tidy(box: Box): Box {
  const near = (value: number) => Math.round(Math.min(1 + REACH, Math.max(-REACH, value)) * 1e5) / 1e5 + 0;
  return [near(box[0]), near(box[1]), near(box[2]), near(box[3])];
}
