/** How well the result that is looked at obeys each track. */

import { useJobs } from "../api/jobs";
import { useComparison } from "./comparison";

/** Mean IoU of a track in the result shown; null where it was not measured. */
export function useSeen(id: number): number | null {
  const first = useComparison((state) => state.first);
  const result = useJobs((state) => state.jobs.find((job) => job.id === first)?.result);
  return result?.seen?.find((seen) => seen.id === id)?.mean_iou ?? null;
}
