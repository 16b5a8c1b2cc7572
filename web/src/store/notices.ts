/** Short sentences that come and go: what was done, what went wrong, with what to do about it. */

import { create } from "zustand";

export type Tone = "done" | "wrong";

export interface Notice {
  readonly id: number;
  readonly words: string;
  readonly tone: Tone;
}

export const useNotices = create<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));

let count = 0;

export function say(words: string, tone: Tone = "done"): void {
  const notice = { id: ++count, words, tone };
  useNotices.setState(({ notices }) => ({
    notices: [...notices.filter((old) => old.words !== words), notice].slice(-3),
  }));
  // A fault stays until it is read: long enough for its sentence, or closed by hand.
  window.setTimeout(() => dismiss(notice.id), tone === "wrong" ? 9000 : 3500);
}

export function dismiss(id: number): void {
  useNotices.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
