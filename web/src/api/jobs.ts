/** Jobs as the service tells of them: a list that is kept up to date by its events, through any lost connection. */

import { create } from "zustand";
import { language, words } from "../words";
import { say } from "../store/notices";
import { scene, useEditor } from "../store/editor";
import { type Picture, pictureOf } from "../store/pictures";
import { API, type Capabilities, type Job, type JobDetail, type JobList, Refused, service } from "./client";

interface Jobs {
  /** Newest first. */
  readonly jobs: readonly Job[];
  readonly online: boolean;
  readonly capabilities: Capabilities | null;
  /** Between the press and the service's answer. */
  readonly sending: boolean;
  readonly steps: number | null;
}

export const useJobs = create<Jobs>(() => ({
  jobs: [],
  online: true,
  capabilities: null,
  sending: false,
  steps: null,
}));

const { setState: set } = useJobs;

const ENDED = new Set(["done", "failed", "cancelled"]);
export const isOver = (job: Job): boolean => ENDED.has(job.state);

/** Listen to the service; the browser connects again by itself, and the list comes whole each time. */
export function listen(): void {
  void service.capabilities().then((capabilities) => set({ capabilities }), () => undefined);
  const source = new EventSource(`${API}/events`);
  source.addEventListener("open", () => set({ online: true }));
  source.addEventListener("error", () => {
    set({ online: false });
    // A refusal (and not a lost connection) closes the source for good: ask again.
    if (source.readyState === EventSource.CLOSED) window.setTimeout(listen, 3000);
  });
  source.addEventListener("jobs", (event) => {
    const { jobs } = JSON.parse((event as MessageEvent<string>).data) as JobList;
    set({ online: true });
    if (!useJobs.getState().capabilities) {
      void service.capabilities().then((capabilities) => set({ capabilities }), () => undefined);
    }
    merge(jobs, true);
  });
  source.addEventListener("job", (event) => merge([JSON.parse((event as MessageEvent<string>).data) as Job], false));
  source.addEventListener("removed", (event) => {
    const { id } = JSON.parse((event as MessageEvent<string>).data) as { id: string };
    set(({ jobs }) => ({ jobs: jobs.filter((job) => job.id !== id) }));
  });
}

/** Of two states of one job the one with the larger revision is the newer. */
function merge(told: readonly Job[], whole: boolean): void {
  set(({ jobs }) => {
    const known = new Map((whole ? [] : jobs).map((job) => [job.id, job]));
    for (const job of told) {
      const old = known.get(job.id) ?? jobs.find((one) => one.id === job.id);
      known.set(job.id, old && old.revision > job.revision ? old : job);
    }
    return { jobs: [...known.values()].sort((a, b) => b.created.localeCompare(a.created)) };
  });
}

const uploaded = new Map<string, Promise<string>>();

/** The service's id of a picture, uploaded once. */
export function idOf(picture: Picture): Promise<string> {
  const known = uploaded.get(picture.id);
  if (known) return known;
  const sent = service.upload(picture.blob, picture.name).then(({ id }) => id);
  uploaded.set(picture.id, sent);
  sent.catch(() => uploaded.delete(picture.id));
  return sent;
}

const newKey = () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");

/** Ask for the video of the scene as it stands now. Returns the job. */
export async function generate(): Promise<JobDetail | null> {
  const picture = pictureOf(scene().picture);
  if (!picture) return null;
  if (!useEditor.getState().seedLocked) rollSeed();
  // What is asked is fixed here: later edits are for the next job.
  const asked = scene();
  const key = newKey();
  set({ sending: true });
  try {
    return await submitted(asked, picture, key, true);
  } catch (error) {
    say(error instanceof Refused ? error.message : words().job.offline, "wrong");
    return null;
  } finally {
    set({ sending: false });
  }
}

async function submitted(asked: ReturnType<typeof scene>, picture: Picture, key: string, again: boolean): Promise<JobDetail> {
  const last = pictureOf(asked.last_picture);
  const [first, second] = await Promise.all([idOf(picture), last ? idOf(last) : null]);
  const steps = useJobs.getState().steps;
  const request = {
    scene: { ...asked, picture: first, last_picture: second },
    ...(steps ? { settings: { steps } } : {}),
  };
  try {
    const job = await service.submit(request as never, key);
    merge([job], false);
    return job;
  } catch (error) {
    // The service may have started with another folder and not know the picture any more: send it again, once.
    if (!(again && error instanceof Refused && error.status === 422)) throw error;
    uploaded.clear();
    return submitted(asked, picture, newKey(), false);
  }
}

export function rollSeed(): void {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  useEditor.setState(({ history }) => ({ history: { ...history, scene: { ...history.scene, seed: seed % 1_000_000 } } }));
}

export const cancel = (id: string) => told(service.cancel(id));
export const retry = (id: string) => told(service.retry(id, newKey()));

export async function remove(id: string): Promise<void> {
  try {
    await service.remove(id);
    set(({ jobs }) => ({ jobs: jobs.filter((job) => job.id !== id) }));
  } catch (error) {
    say(error instanceof Refused ? error.message : words().job.offline, "wrong");
  }
}

async function told(answer: Promise<Job>): Promise<void> {
  try {
    merge([await answer], false);
  } catch (error) {
    say(error instanceof Refused ? error.message : words().job.offline, "wrong");
  }
}

/** A time as people of the chosen language write it. */
export const clock = (iso: string): string =>
  new Date(iso).toLocaleTimeString(language() === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
