/** Looking at results: one, two side by side, or back at the plan. */

import { service } from "../api/client";
import { words } from "../words";
import { parsed } from "../scene/wire";
import { edit, play, useEditor } from "../store/editor";
import { say } from "../store/notices";
import { remembered, pictureOf } from "../store/pictures";
import { useComparison } from "./comparison";

const { setState: set, getState: get } = useComparison;

export const lookAtPlan = () => set({ showing: "plan" });

/** A result on the canvas, playing. Its own scene's boxes are drawn over it. */
export async function lookAt(job: string): Promise<void> {
  set({ showing: "result", first: job, second: get().second === job ? null : get().second });
  useEditor.setState({ frame: 0 });
  play(!window.matchMedia("(prefers-reduced-motion: reduce)").matches);
  try {
    const { scene } = await service.detail(job);
    if (get().first === job) set({ scene: parsed(scene) });
  } catch {
    set({ scene: null });
  }
}

export function compareWith(job: string | null): void {
  set({ second: job, split: 0.5, showing: "result" });
}

export function toggleView(): void {
  const { showing, first } = get();
  if (showing === "plan" && first) set({ showing: "result" });
  else set({ showing: "plan" });
}

/** The scene and settings of a result become the editor's, as one step that can be undone. */
export async function editSceneOf(job: string): Promise<void> {
  try {
    const detail = await service.detail(job);
    const scene = parsed(detail.scene);
    const known = pictureOf(useEditor.getState().history.scene.picture);
    const picture = await fetch(`/api/v1/pictures/${detail.picture}/image`)
      .then((answer) => answer.blob())
      .then((blob) => remembered(blob, known?.name ?? detail.title))
      .catch(() => known);
    edit(() => ({ ...scene, picture: picture?.id ?? null, last_picture: null }));
    lookAtPlan();
    say(words().notices.opened(detail.title || words().results.untitled));
  } catch {
    say(words().notices.failed, "wrong");
  }
}
