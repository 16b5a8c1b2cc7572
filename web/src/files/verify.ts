/** What a file says about itself: the service looks, by the code of `boximator verify`. */

import { create } from "zustand";
import { service, type Verification } from "../api/client";
import { reason } from "./exchange";

interface Checked {
  /** Name of the file that is looked at now. */
  readonly looking: string | null;
  readonly told: Verification | null;
  readonly wrong: string | null;
}

const NOTHING: Checked = { looking: null, told: null, wrong: null };

export const useVerify = create<Checked>(() => NOTHING);

export const forgetVerified = () => useVerify.setState(NOTHING);

export async function verifyFile(file: File): Promise<void> {
  useVerify.setState({ ...NOTHING, looking: file.name });
  try {
    const told = await service.verify(file);
    if (useVerify.getState().looking === file.name) useVerify.setState({ ...NOTHING, told });
  } catch (error) {
    useVerify.setState({ ...NOTHING, wrong: reason(error) });
  }
}
