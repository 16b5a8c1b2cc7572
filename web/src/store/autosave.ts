/** The project survives a reload and a crash: everything goes to the browser's own database as it changes. */

import type { Scene } from "../scene/scene";
import { OPENED, useEditor } from "./editor";
import { fresh } from "./history";
import { words } from "../words";
import { say } from "./notices";
import { type Picture, pictureOf, remembered } from "./pictures";

interface Saved {
  readonly id: string;
  readonly at: number;
  readonly scene: Scene;
  readonly past: readonly Scene[];
  readonly future: readonly Scene[];
  readonly name: string;
  readonly frame: number;
  readonly selection: readonly number[];
  readonly hidden: readonly number[];
  readonly locked: readonly number[];
  readonly seedLocked: boolean;
}

interface SavedPicture {
  readonly id: string;
  readonly name: string;
  readonly blob: Blob;
}

/** Projects that are kept; older ones make room, with the pictures that only they had. */
const MOST = 12;

/** Milliseconds of quiet before it is written; a new picture is written at once. */
const QUIET = 250;

/** Where the scene lies that was on the page as it went: the database may not get to write it. */
const LAST = "boximator.last";

/** Pictures that are in the database. */
const shelved = new Set<string>();

let database: IDBDatabase | null = null;
let projectId = "";

/** Bring back the last project that no other tab has open, and keep it saved from now on. */
export async function autosave(): Promise<void> {
  projectId = newId();
  database = await opened().catch(() => null);
  if (!database) {
    say(words().notices.unsaved, "wrong"); // a private window, perhaps: everything works, nothing is kept
    return;
  }
  await restore();
  let timer = 0;
  useEditor.subscribe((state, old) => {
    if (state.playing || (state.history === old.history && state.name === old.name && state.frame === old.frame)) return;
    window.clearTimeout(timer);
    const { scene } = state.history;
    if (picturesIn([scene]).some(({ id }) => !shelved.has(id))) void save();
    else timer = window.setTimeout(() => void save(), QUIET);
  });
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && void save());
  window.addEventListener("pagehide", leave);
}

/** The project as it is now; a gesture that goes on is not in it. */
function current(): Saved {
  const { history, name, frame, selection, hidden, locked, seedLocked } = useEditor.getState();
  const { past, future } = history;
  const scene = history.before ?? history.scene;
  return { id: projectId, at: Date.now(), scene, past, future, name, frame, selection, hidden, locked, seedLocked };
}

async function save(): Promise<void> {
  if (!database) return;
  const saved = current();
  const pictures = picturesIn([saved.scene, ...saved.past, ...saved.future]).filter(({ id }) => !shelved.has(id));
  const work = database.transaction(["projects", "pictures"], "readwrite");
  work.objectStore("projects").put(saved);
  const kept = work.objectStore("pictures");
  for (const { id, name, blob } of pictures) {
    shelved.add(id);
    kept.put({ id, name, blob } satisfies SavedPicture);
  }
  work.commit();
  await finished(work);
}

/** The page goes: no time for the database, but for a note that is written before this returns. */
function leave(): void {
  try {
    localStorage.setItem(LAST, JSON.stringify(current()));
  } catch {
    // too large, or no storage: what the database has must do
  }
  void save();
}

/** The projects in the database, with what was noted as a page went in place of what is older. */
async function projectsKept(): Promise<Saved[]> {
  const kept = await all<Saved>("projects");
  const last = noted();
  const old = kept.find(({ id }) => id === last?.id);
  if (last && (!old || old.at < last.at)) kept.splice(old ? kept.indexOf(old) : 0, old ? 1 : 0, last);
  return kept.sort((a, b) => b.at - a.at);
}

function noted(): Saved | null {
  try {
    const told = localStorage.getItem(LAST);
    return told === null ? null : (JSON.parse(told) as Saved);
  } catch {
    return null;
  }
}

const idsIn = (scenes: readonly Scene[]) =>
  scenes.flatMap(({ picture, last_picture }) => [picture, last_picture]).filter((id) => id !== null);

const picturesIn = (scenes: readonly Scene[]): Picture[] =>
  [...new Set(idsIn(scenes))].flatMap((id) => pictureOf(id) ?? []);

const newId = () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");

async function restore(): Promise<void> {
  const projects = await projectsKept();
  for (const saved of projects) {
    if (!(await mine(saved.id))) continue;
    const used = new Set(idsIn([saved.scene, ...saved.past, ...saved.future]));
    const shelf = (await all<SavedPicture>("pictures")).filter(({ id }) => used.has(id));
    for (const { id } of shelf) shelved.add(id);
    await Promise.all(shelf.map(({ blob, name }) => remembered(blob, name).catch(() => null)));
    projectId = saved.id;
    const { scene, past, future, ...rest } = saved;
    useEditor.setState({ ...OPENED, ...rest, history: { ...fresh(scene), past, future } });
    void forgotten(projects.slice(0, MOST), projects.slice(MOST));
    return;
  }
  await mine(projectId);
}

/** Whether this tab now holds the project: two tabs never write over each other. */
function mine(id: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((told) => {
    void navigator.locks.request(`boximator:${id}`, { ifAvailable: true }, (lock) => {
      told(lock !== null);
      return lock ? new Promise(() => undefined) : undefined; // held as long as the tab lives
    });
  });
}

/** A new project in this tab; the old one stays in the database. */
export async function startAfresh(): Promise<void> {
  await save();
  projectId = newId();
  await mine(projectId);
}

async function forgotten(kept: readonly Saved[], gone: readonly Saved[]): Promise<void> {
  if (!database || !gone.length) return;
  const used = new Set(kept.flatMap((saved) => idsIn([saved.scene, ...saved.past, ...saved.future])));
  const unused = (await all<SavedPicture>("pictures")).filter(({ id }) => !used.has(id));
  const work = database.transaction(["projects", "pictures"], "readwrite");
  for (const { id } of gone) work.objectStore("projects").delete(id);
  for (const { id } of unused) {
    shelved.delete(id);
    work.objectStore("pictures").delete(id);
  }
  await finished(work);
}

function opened(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const request = indexedDB.open("boximator", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("projects", { keyPath: "id" });
      request.result.createObjectStore("pictures", { keyPath: "id" });
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error("no database"));
  });
}

function all<T>(store: string): Promise<T[]> {
  return new Promise((done, failed) => {
    if (!database) return done([]);
    const request = database.transaction(store).objectStore(store).getAll();
    request.onsuccess = () => done(request.result as T[]);
    request.onerror = () => failed(request.error ?? new Error("unreadable"));
  });
}

function finished(work: IDBTransaction): Promise<void> {
  return new Promise((done, failed) => {
    work.oncomplete = () => done();
    work.onerror = () => failed(work.error ?? new Error("not saved"));
  });
}
