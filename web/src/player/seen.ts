/** How well the result that is looked at obeys each track, as the service measured it in the frames. */

import type { Result } from "../api/client";
import { useJobs } from "../api/jobs";
import type { Box } from "../scene/box";
import { useComparison } from "./comparison";

export type Seen = NonNullable<Result["seen"]>[number];

/** Of long videos not every frame is looked at: what was found a moment ago is shown so many frames long. */
const LASTING = 8;

const NONE: readonly Seen[] = [];

/** The tracks of the result shown, as they were found again; none where it was not measured. */
export function useSeenTracks(): readonly Seen[] {
  const first = useComparison((state) => state.first);
  return useJobs((state) => state.jobs.find((job) => job.id === first)?.result?.seen) ?? NONE;
}

/** Mean IoU of a track in the result shown; null where it was not measured. */
export function useSeen(id: number): number | null {
  return useSeenTracks().find((seen) => seen.id === id)?.mean_iou ?? null;
}

export interface Found {
  readonly box: Box;
  /** With the box that was asked for; null if none was. */
  readonly overlap: number | null;
}

/** Where a track's thing is on a frame; null if it was not found there. */
export function foundAt(seen: Seen, frame: number): Found | null {
  const looked = (at: number) => (seen.boxes[at] ?? null) !== null || (seen.iou[at] ?? null) !== null;
  const last = Math.min(frame, seen.boxes.length - 1);
  let at = last;
  while (at > 0 && last - at < LASTING && !looked(at)) at--;
  const box = seen.boxes[at];
  const [x0, y0, x1, y1] = box ?? [];
  if (x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined) return null;
  return { box: [x0, y0, x1, y1], overlap: seen.iou[at] ?? null };
}
