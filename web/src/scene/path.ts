/** Paths: a drawn line for the centre of a box, measured by arc length. Mirrors scene/path.py. */

import type { Point } from "./box";
import { eased } from "./easing";
import type { Path, PathKind } from "./scene";

/** Straight pieces a smooth path is cut into between two of its points. */
const STEPS = 32;

/** Points nearer than this are one point. */
const SAME = 1e-9;

export interface Line {
  readonly corners: readonly Point[];
  /** Arc length from the start to each corner. */
  readonly lengths: readonly number[];
}

const distance = (a: Point, b: Point) => Math.hypot(b[0] - a[0], b[1] - a[1]);

/** The path as a fine polyline, and the arc length from its start to each of its corners. */
export function measured(points: readonly Point[], kind: PathKind): Line {
  let corners = withoutRepeats(points);
  if (kind === "smooth" && corners.length > 2) corners = catmullRom(corners);
  const lengths = [0];
  for (let i = 1; i < corners.length; i++) {
    lengths.push((lengths[i - 1] ?? 0) + distance(corners[i - 1] as Point, corners[i] as Point));
  }
  return { corners, lengths };
}

/** The point at a share in [0, 1] of the arc length. */
export function pointAt(line: Line, share: number): Point {
  const wanted = share * (line.lengths[line.lengths.length - 1] ?? 0);
  return [
    interpolated(wanted, line.lengths, line.corners.map((corner) => corner[0])),
    interpolated(wanted, line.lengths, line.corners.map((corner) => corner[1])),
  ];
}

/** The points at these shares in [0, 1] of the travel time, with the path's easing. */
export function pointsAtTime(path: Path, times: readonly number[]): Point[] {
  const line = measured(path.points, path.kind);
  return times.map((time) => pointAt(line, eased(time, path.easing)));
}

/** Shares of the arc length at which the path passes its own points. */
export function sharesOfPoints(path: Path): number[] {
  const line = measured(path.points, path.kind);
  const total = line.lengths[line.lengths.length - 1] || 1;
  let from = 0;
  return path.points.map((point) => {
    for (let i = from; i < line.corners.length; i++) {
      if (distance(line.corners[i] as Point, point) <= SAME) {
        from = i;
        break;
      }
    }
    return (line.lengths[from] ?? 0) / total;
  });
}

/** Piecewise linear through (at, values), flat beyond its ends: numpy's interp. */
export function interpolated(x: number, at: readonly number[], values: readonly number[]): number {
  const last = at.length - 1;
  const end = values[last] ?? 0;
  if (x >= (at[last] ?? 0)) return end;
  if (x <= (at[0] ?? 0)) return values[0] ?? 0;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) <= x) low = middle;
    else high = middle;
  }
  const a = at[low] ?? 0;
  const b = at[low + 1] ?? 0;
  const va = values[low] ?? 0;
  const vb = values[low + 1] ?? 0;
  return b === a ? vb : va + ((vb - va) * (x - a)) / (b - a);
}

/** A point drawn twice in a row has no direction; one of the two is enough. */
function withoutRepeats(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept[kept.length - 1];
    if (!last || distance(last, point) > SAME) kept.push(point);
  }
  return kept;
}

/** Centripetal Catmull-Rom (alpha = 1/2) by the Barry-Goldman pyramid; its ends are continued by reflection. */
function catmullRom(points: readonly Point[]): Point[] {
  const at = (i: number) => points[i] as Point;
  const end = points.length - 1;
  const reflect = (a: Point, b: Point): Point => [2 * a[0] - b[0], 2 * a[1] - b[1]];
  const padded = [reflect(at(0), at(1)), ...points, reflect(at(end), at(end - 1))];
  const fine: Point[] = [];
  for (let i = 0; i < end; i++) fine.push(...span(padded.slice(i, i + 4) as [Point, Point, Point, Point]));
  fine.push(at(end));
  return fine;
}

/** The curve from the second to the third of four points, its end left out. */
function span(four: [Point, Point, Point, Point]): Point[] {
  const knots = [0];
  for (let i = 1; i < 4; i++) {
    knots.push((knots[i - 1] ?? 0) + Math.sqrt(distance(four[i - 1] as Point, four[i] as Point)));
  }
  const knot = (i: number) => knots[i] ?? 0;
  const found: Point[] = [];
  for (let step = 0; step < STEPS; step++) {
    const t = knot(1) + ((knot(2) - knot(1)) * step) / STEPS;
    const between = (start: number, end: number, a: Point, b: Point): Point => {
      const left = (knot(end) - t) / (knot(end) - knot(start));
      const right = (t - knot(start)) / (knot(end) - knot(start));
      return [left * a[0] + right * b[0], left * a[1] + right * b[1]];
    };
    const one = [0, 1, 2].map((i) => between(i, i + 1, four[i] as Point, four[i + 1] as Point));
    const two = [0, 1].map((i) => between(i, i + 2, one[i] as Point, one[i + 1] as Point));
    found.push(between(1, 2, two[0] as Point, two[1] as Point));
  }
  return found;
}

/** Ramer-Douglas-Peucker: a pen's many points down to those that matter, within `tolerance` of the frame. */
export function simplified(points: readonly Point[], tolerance: number): Point[] {
  if (points.length < 3) return [...points];
  const first = points[0] as Point;
  const last = points[points.length - 1] as Point;
  let worst = 0;
  let at = 0;
  for (let i = 1; i < points.length - 1; i++) {
    const away = distanceToSegment(points[i] as Point, first, last);
    if (away > worst) [worst, at] = [away, i];
  }
  if (worst <= tolerance) return [first, last];
  return [...simplified(points.slice(0, at + 1), tolerance).slice(0, -1), ...simplified(points.slice(at), tolerance)];
}

export function distanceToSegment(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length));
  return distance(point, [a[0] + t * dx, a[1] + t * dy]);
}
