/** Easing: how far along its way something is at a share of its time. Mirrors scene/easing.py. */

export type Easing = "linear" | "ease_in" | "ease_out" | "ease_in_out";

export const EASINGS: readonly Easing[] = ["linear", "ease_in", "ease_out", "ease_in_out"];

/** Progress in [0, 1] at `time` in [0, 1]. */
export function eased(time: number, easing: Easing): number {
  switch (easing) {
    case "ease_in":
      return time ** 2;
    case "ease_out":
      return 1 - (1 - time) ** 2;
    case "ease_in_out":
      return time < 0.5 ? 2 * time ** 2 : 1 - 2 * (1 - time) ** 2;
    case "linear":
      return time;
  }
}

export const nextEasing = (easing: Easing): Easing =>
  EASINGS[(EASINGS.indexOf(easing) + 1) % EASINGS.length] ?? "linear";
