/** Which dialog is open. */

import { create } from "zustand";

export const useDialogs = create<{ readonly open: "keys" | "exchange" | null }>(() => ({ open: null }));
