/** Files in: pictures, projects and scenes, a video's first frame; dropped, pasted or chosen. */

import { setPicture } from "../edit/actions";
import { fromText, WireFault } from "../scene/wire";
import { startAfresh } from "../store/autosave";
import { edit, open, scene } from "../store/editor";
import { say } from "../store/notices";
import { NotAPicture, takenIn, unembedded } from "../store/pictures";
import { service, Refused } from "../api/client";
import { importFile, isForeign, isTheirs } from "./exchange";
import { words } from "../words";

const ACCEPTED = "image/*,video/*,application/json,.json,.xml,.csv,.txt,.npy,.zip";

export async function openFile(file: File): Promise<void> {
  try {
    if (isTheirs(file.name)) await bringIn(file);
    else if (file.type === "application/json" || file.name.toLowerCase().endsWith(".json")) await openProject(file);
    else if (file.type.startsWith("video/")) await openVideo(file);
    else setPicture(await takenIn(file, file.name));
  } catch (error) {
    say(sayable(error, file.name), "wrong");
  }
}

function sayable(error: unknown, name: string): string {
  if (error instanceof WireFault) return words().wire[error.reason](error.place);
  if (error instanceof NotAPicture) return words().notices.notPicture(name);
  if (error instanceof Refused) return error.message;
  return words().notices.failed;
}

/** What is lost of another tool's file is said, not only that it came. */
async function bringIn(file: File): Promise<void> {
  for (const note of (await importFile(file)).slice(0, 2)) say(note);
}

async function openProject(file: File): Promise<void> {
  const text = await file.text();
  if (isForeign(text)) return bringIn(file);
  const told = fromText(text);
  const held = async (picture: string | null) =>
    picture?.startsWith("data:") ? (await takenIn(unembedded(picture), "picture")).id : null;
  const [picture, last] = [await held(told.picture), await held(told.last_picture)];
  const missing = told.picture !== null && picture === null;
  await startAfresh();
  // A scene that only names its picture keeps the one on the canvas: its boxes are fractions of any.
  open({ ...told, picture: picture ?? (missing ? scene().picture : null), last_picture: last }, file.name.replace(/\.json$/i, ""));
  if (missing && !scene().picture) say(words().notices.noPictureInside, "wrong");
  else say(words().notices.opened(file.name));
}

/** Browsers do not promise exact frames, so the service takes the first one out. */
async function openVideo(file: File): Promise<void> {
  const uploaded = await service.upload(file, file.name);
  setPicture(await takenIn(await service.picture(uploaded.image), file.name));
  say(uploaded.notes[0] ?? words().notices.videoFrame);
}

export function chooseFile(accept = ACCEPTED, then: (file: File) => unknown = openFile): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = accept;
  input.onchange = () => input.files?.[0] && void then(input.files[0]);
  input.click();
}

export const choosePicture = () => chooseFile("image/*,video/*");

/** The frame the video is to end on, where the base can use one. */
export const chooseLastPicture = () =>
  chooseFile("image/*", async (file) => {
    try {
      const picture = await takenIn(file, file.name);
      edit((old) => ({ ...old, last_picture: picture.id }));
    } catch (error) {
      say(sayable(error, file.name), "wrong");
    }
  });

export async function openAddress(address: string, name: string): Promise<void> {
  const blob = await fetch(address).then((answer) => answer.blob());
  setPicture(await takenIn(blob, name));
}
