/** The editor's state: the scene with its history, and how it is being looked at. */

import { create } from "zustand";
import { EMPTY_SCENE, type Scene, type Track } from "../scene/scene";
import { begun, dropped, edited, ended, fresh, type History, redone, undone } from "./history";
import { pictureOf } from "./pictures";

export type Tool = "select" | "box" | "path" | "pan";

/** Where the frame lies on the canvas: a factor on the size that fits, and a shift in pixels. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const FITTED: View = { zoom: 1, x: 0, y: 0 };

export interface Editor {
  readonly history: History;
  readonly name: string;
  readonly tool: Tool;
  readonly frame: number;
  readonly playing: boolean;
  readonly loop: boolean;
  /** Ids of the chosen tracks; the last one is the one the panel speaks of. */
  readonly selection: readonly number[];
  readonly hidden: readonly number[];
  readonly locked: readonly number[];
  readonly view: View;
  readonly onion: boolean;
  readonly seedLocked: boolean;
  readonly clipboard: readonly Track[];
}

export const OPENED: Editor = {
  history: fresh(EMPTY_SCENE),
  name: "",
  tool: "select",
  frame: 0,
  playing: false,
  loop: true,
  selection: [],
  hidden: [],
  locked: [],
  view: FITTED,
  onion: true,
  seedLocked: true,
  clipboard: [],
};

export const useEditor = create<Editor>(() => OPENED);

const { getState: get, setState: set } = useEditor;

export const scene = (): Scene => get().history.scene;

/** Change the scene; the same `mark` in a row is one step of undo. */
export function edit(change: (scene: Scene) => Scene, mark: string | null = null): void {
  set(({ history }) => inBounds({ history: edited(history, change(history.scene), mark) }));
}

/** Change one track, or drop it (null). */
export function editTrack(id: number, change: (track: Track) => Track | null, mark: string | null = null): void {
  edit((old) => {
    const tracks = old.tracks.flatMap((track) => {
      const changed = track.id === id ? change(track) : track;
      return changed ? [changed] : [];
    });
    const same = tracks.length === old.tracks.length && tracks.every((track, i) => track === old.tracks[i]);
    return same ? old : { ...old, tracks };
  }, mark);
}

export const begin = () => set(({ history }) => ({ history: begun(history) }));
export const end = () => set(({ history }) => ({ history: ended(history) }));
export const drop = () => set(({ history }) => inBounds({ history: dropped(history) }));
export const undo = () => set(({ history }) => inBounds({ history: undone(history) }));
export const redo = () => set(({ history }) => inBounds({ history: redone(history) }));

/** What points into the scene keeps pointing at something that is there. */
function inBounds(change: { history: History }): Partial<Editor> {
  const { tracks, frames } = change.history.scene;
  const there = (id: number) => tracks.some((track) => track.id === id);
  return {
    ...change,
    selection: get().selection.filter(there),
    frame: Math.min(get().frame, frames - 1),
  };
}

export function select(ids: readonly number[]): void {
  set({ selection: ids });
}

export function goTo(frame: number): void {
  const last = scene().frames - 1;
  set({ frame: Math.min(last, Math.max(0, Math.round(frame))) });
}

export function play(playing: boolean): void {
  const { frame, loop } = get();
  const atEnd = frame >= scene().frames - 1;
  set({ playing, ...(playing && !loop && atEnd ? { frame: 0 } : {}) });
}

export const pickTool = (tool: Tool) => set({ tool });

const toggledIn = (list: readonly number[], ids: readonly number[]) =>
  ids.every((id) => list.includes(id)) ? list.filter((id) => !ids.includes(id)) : [...new Set([...list, ...ids])];

export const toggleHidden = (ids: readonly number[]) => set(({ hidden }) => ({ hidden: toggledIn(hidden, ids) }));
export const toggleLocked = (ids: readonly number[]) => set(({ locked }) => ({ locked: toggledIn(locked, ids) }));

/** Another scene, with nothing to undo. */
export function open(next: Scene, name: string): void {
  set((state) => ({
    ...OPENED,
    loop: state.loop,
    onion: state.onion,
    clipboard: state.clipboard,
    history: fresh(next),
    name,
  }));
}

export const trackOf = (state: Editor, id: number | undefined): Track | undefined =>
  state.history.scene.tracks.find((track) => track.id === id);

/** The track the panel and the keys speak of. */
export const chosen = (state: Editor): Track | undefined => trackOf(state, state.selection.at(-1));

/** Width over height of the frames that will be made. */
export function aspectOf(given: Scene): number {
  if (given.width && given.height) return given.width / given.height;
  const picture = pictureOf(given.picture);
  return picture ? picture.width / picture.height : 4 / 3;
}
