/** Frames of results, fetched by index and kept: nothing is ever sought in a video element. */

import { useEffect } from "react";
import { create } from "zustand";
import type { Job } from "../api/client";
import { useJobs } from "../api/jobs";
import { useEditor } from "../store/editor";
import { useComparison } from "./comparison";

/** Results whose frames are kept. */
const KEPT = 6;

const shelf = new Map<string, Map<number, ImageBitmap>>();
const waiting = new Map<string, Promise<void>>();

export const frameOf = (job: string, index: number): ImageBitmap | null => shelf.get(job)?.get(index) ?? null;

/** Fetch every frame, a few at a time, in the order they will be shown. */
export function fetchFrames(job: Job, onFrame: () => void): Promise<void> {
  const { result } = job;
  if (!result) return Promise.resolve();
  const running = waiting.get(job.id);
  if (running) return running.then(onFrame);
  const frames = new Map<number, ImageBitmap>();
  shelf.set(job.id, frames);
  for (const old of [...shelf.keys()].slice(0, Math.max(0, shelf.size - KEPT))) forget(old);
  let next = 0;
  const fetchNext = async (): Promise<void> => {
    const index = next++;
    if (index >= result.frames || !shelf.has(job.id)) return;
    const answer = await fetch(result.frame.replace("{index}", String(index)));
    if (answer.ok) frames.set(index, await createImageBitmap(await answer.blob()));
    onFrame();
    return fetchNext();
  };
  const all = Promise.all([fetchNext(), fetchNext(), fetchNext(), fetchNext()]).then(() => undefined);
  waiting.set(job.id, all);
  all.catch(() => forget(job.id));
  return all;
}

function forget(job: string): void {
  for (const bitmap of shelf.get(job)?.values() ?? []) bitmap.close();
  shelf.delete(job);
  waiting.delete(job);
}

/** Grows with every frame that has come, so that what waits for one looks again. */
const useArrived = create<{ readonly count: number }>(() => ({ count: 0 }));
const arrived = () => useArrived.setState(({ count }) => ({ count: count + 1 }));

const jobOf = (id: string | null) => (jobs: { jobs: readonly Job[] }) => jobs.jobs.find((job) => job.id === id) ?? null;

/** Pixels of the looked-at results on the frame that is shown: read as they are drawn, so never a frame behind. */
export function useResultPixels(): { a: ImageBitmap | null; b: ImageBitmap | null } {
  const { showing, first, second } = useComparison();
  const jobA = useJobs(jobOf(first));
  const jobB = useJobs(jobOf(second));
  const frame = useEditor((state) => state.frame);
  useArrived();
  useEffect(() => {
    if (showing !== "result") return;
    for (const job of [jobA, jobB]) if (job?.result) void fetchFrames(job, arrived).catch(() => undefined);
    // The job objects change with every event; their frames only with their ids.
  }, [showing, jobA?.id, jobB?.id, jobA?.state, jobB?.state]);
  const pixels = (job: Job | null) => (job?.result ? frameOf(job.id, sameMoment(frame, job.result.frames)) : null);
  return { a: pixels(jobA), b: pixels(jobB) };
}

/** The frame of a video of another length that is at the same share of its time. */
export function sameMoment(frame: number, frames: number): number {
  const own = useEditor.getState().history.scene.frames;
  return own === frames || own < 2 ? Math.min(frame, frames - 1) : Math.round((frame / (own - 1)) * (frames - 1));
}
