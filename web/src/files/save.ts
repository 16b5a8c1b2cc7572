/** A project is one file, which `boximator animate` takes as it is. */

import { scene, useEditor } from "../store/editor";
import { say } from "../store/notices";
import { pictureOf } from "../store/pictures";
import { words } from "../words";
import { projectPicture, projectText } from "./project";

export async function saveProject(): Promise<void> {
  download(new Blob([await projectText(scene())], { type: "application/json" }), named("json"));
}

/** To look at in any program, and to go on with here. */
export async function savePicture(): Promise<void> {
  const picture = pictureOf(scene().picture);
  if (picture) download(await projectPicture(scene(), picture), named("png"));
}

const named = (ending: string) => {
  const { name } = useEditor.getState();
  return `${(name || words().app.untitled).replace(/[\\/:*?"<>|]+/g, "-")}.${ending}`;
};

function download(blob: Blob, file: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = file;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(words().file.saved(file));
}
