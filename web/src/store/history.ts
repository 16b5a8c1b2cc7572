/** Undo and redo: a scene, what it was before, what it was to be. One step for each gesture. */

import type { Scene } from "../scene/scene";

export interface History {
  readonly scene: Scene;
  readonly past: readonly Scene[];
  readonly future: readonly Scene[];
  /** The scene before the gesture that is going on. */
  readonly before: Scene | null;
  /** Edits with the same mark in a row are one step: letters of a word, nudges of a box. */
  readonly mark: string | null;
}

/** Steps that are kept. */
const DEPTH = 200;

export const fresh = (scene: Scene): History => ({ scene, past: [], future: [], before: null, mark: null });

/** The scene changed: a step of its own, unless a gesture goes on or the mark is the last one's. */
export function edited(history: History, scene: Scene, mark: string | null = null): History {
  if (scene === history.scene) return history;
  if (history.before) return { ...history, scene };
  if (mark !== null && mark === history.mark) return { ...history, scene, future: [] };
  return { scene, past: [...history.past, history.scene].slice(-DEPTH), future: [], before: null, mark };
}

export const begun = (history: History): History =>
  history.before ? history : { ...history, before: history.scene, mark: null };

/** The gesture is over; what it changed is one step. */
export function ended(history: History): History {
  const { before, scene } = history;
  if (!before) return history;
  if (before === scene) return { ...history, before: null };
  return { scene, past: [...history.past, before].slice(-DEPTH), future: [], before: null, mark: null };
}

/** The gesture never was. */
export const dropped = (history: History): History =>
  history.before ? { ...history, scene: history.before, before: null } : history;

export function undone(history: History): History {
  const scene = history.past.at(-1);
  if (!scene || history.before) return history;
  return {
    scene,
    past: history.past.slice(0, -1),
    future: [history.scene, ...history.future],
    before: null,
    mark: null,
  };
}

export function redone(history: History): History {
  const [scene, ...future] = history.future;
  if (!scene || history.before) return history;
  return { scene, past: [...history.past, history.scene], future, before: null, mark: null };
}
