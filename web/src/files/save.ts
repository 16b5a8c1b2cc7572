/** A project is one file: the scene with its pictures inside, which `boximator animate` takes as it is. */

import { toText } from "../scene/wire";
import { useEditor } from "../store/editor";
import { say } from "../store/notices";
import { embedded, pictureOf } from "../store/pictures";
import { words } from "../words";

export async function projectText(): Promise<string> {
  const { scene } = useEditor.getState().history;
  const held = async (id: string | null) => {
    const picture = pictureOf(id);
    return picture ? embedded(picture) : null;
  };
  return toText({ ...scene, picture: await held(scene.picture), last_picture: await held(scene.last_picture) });
}

export async function saveProject(): Promise<void> {
  const { name } = useEditor.getState();
  const file = `${(name || words().app.untitled).replace(/[\\/:*?"<>|]+/g, "-")}.json`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await projectText()], { type: "application/json" }));
  link.download = file;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(words().file.saved(file));
}
