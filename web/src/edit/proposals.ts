/** Boxes that the service's detector proposes, where it has one: for a click, for a word, and all of a picture. */

import { create } from "zustand";
import { idOf, useJobs } from "../api/jobs";
import { type Proposal, Refused, service } from "../api/client";
import type { Point } from "../scene/box";
import { goTo, pickTool, scene } from "../store/editor";
import { say } from "../store/notices";
import { type Picture, pictureOf } from "../store/pictures";
import { words } from "../words";
import { addBox } from "./actions";
import { boxOfFound } from "./cuts";

/** What was found in a picture without being asked for. */
export const useFound = create<{ readonly picture: string | null; readonly found: readonly Proposal[] }>(() => ({
  picture: null,
  found: [],
}));

const installed = () => useJobs.getState().capabilities?.proposals.installed ?? false;

/** Everything in the picture on the canvas, asked for once; whoever draws by hand misses nothing if that fails. */
export async function findAll(picture: Picture): Promise<void> {
  if (!installed() || useFound.getState().picture === picture.id) return;
  useFound.setState({ picture: picture.id, found: [] });
  const found = await service.propose(await idOf(picture), {}).catch(() => []);
  if (useFound.getState().picture === picture.id) useFound.setState({ found: found.slice(0, 8) });
}

/** A click with the box tool: the smallest thing there. */
export async function boxAt([x, y]: Point): Promise<void> {
  if (!installed() || x < 0 || x > 1 || y < 0 || y > 1) return;
  await takeBest({ point: { x, y } }, "");
}

export const boxOf = (phrase: string): Promise<void> => takeBest({ phrase }, phrase);

async function takeBest(wanted: { point?: { x: number; y: number }; phrase?: string }, name: string): Promise<void> {
  const picture = pictureOf(scene().picture);
  if (!picture) return;
  try {
    const [best] = await service.propose(await idOf(picture), wanted);
    if (best) take(best, name);
    else say(words().proposals.none, "wrong");
  } catch (error) {
    say(error instanceof Refused ? error.message : words().job.offline, "wrong");
  }
}

/** The picture is the first frame, so that is where the box comes. */
export function take(found: Proposal, name = ""): void {
  goTo(0);
  if (addBox(boxOfFound(found), name || found.label) !== null) pickTool("select");
}
