/** Which dialog is open. */

import { create } from "zustand";

export const useDialogs = create<{ readonly open: "keys" | "exchange" | "verify" | null }>(() => ({ open: null }));
