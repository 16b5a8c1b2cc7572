/** Which results are looked at, and how: one, or two beside each other with a line between. */

import { create } from "zustand";
import type { Scene } from "../scene/scene";

export interface Comparison {
  readonly showing: "plan" | "result";
  /** Ids of the jobs looked at. */
  readonly first: string | null;
  readonly second: string | null;
  /** The scene the first was made from: its boxes are drawn over it. */
  readonly scene: Scene | null;
  /** Requested boxes over the result. */
  readonly overlay: boolean;
  /** Where the things of its tracks were found. */
  readonly found: boolean;
  readonly split: number;
  readonly splitting: boolean;
}

export const useComparison = create<Comparison>(() => ({
  showing: "plan",
  first: null,
  second: null,
  scene: null,
  overlay: true,
  found: true,
  split: 0.5,
  splitting: false,
}));
