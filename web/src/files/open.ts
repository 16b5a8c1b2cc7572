/** Files in: pictures, projects and scenes, a video's first frame; dropped, pasted or chosen. */

import { setPicture } from "../edit/actions";
import type { Scene } from "../scene/scene";
import { fromText, WireFault } from "../scene/wire";
import { startAfresh } from "../store/autosave";
import { edit, open, scene } from "../store/editor";
import { say } from "../store/notices";
import { NotAPicture, takenIn, unembedded } from "../store/pictures";
import { service, Refused } from "../api/client";
import { importFile, isForeign, isTheirs } from "./exchange";
import { type Inside, insideOf } from "./project";
import { words } from "../words";

const ACCEPTED = "image/*,video/*,application/json,.json,.xml,.csv,.txt,.npy,.zip";

export async function openFile(file: File): Promise<void> {
  try {
    if (isTheirs(file.name)) await bringIn(file);
    else if (file.type === "application/json" || file.name.toLowerCase().endsWith(".json")) await openProject(file);
    else if (file.type.startsWith("video/")) await openVideo(file);
    else await openPicture(file, await insideOf(file));
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
  const picture = await held(told.picture);
  const missing = told.picture !== null && picture === null;
  // A scene that only names its picture keeps the one on the canvas: its boxes are fractions of any.
  await goOnWith({ ...told, picture: picture ?? (missing ? scene().picture : null) }, file.name);
  if (missing && !scene().picture) say(words().notices.noPictureInside, "wrong");
  else say(words().notices.opened(file.name));
}

/** A picture is one to draw on; one that was saved here brings back what was drawn. */
async function openPicture(file: File, inside: Inside | null): Promise<void> {
  const picture = await takenIn(inside?.picture ?? file, file.name);
  if (!inside?.scene) {
    setPicture(picture);
    if (inside) say(words().notices.unreadableInside(file.name), "wrong");
    return;
  }
  await goOnWith({ ...inside.scene, picture: picture.id }, file.name);
  say(words().notices.opened(file.name));
}

/** An opened project in place of the one that was here, which stays in the browser's database. */
async function goOnWith(next: Scene, file: string): Promise<void> {
  const last = await held(next.last_picture);
  await startAfresh();
  open({ ...next, last_picture: last }, file.replace(/\.(json|png)$/i, ""));
}

const held = async (picture: string | null) =>
  picture?.startsWith("data:") ? (await takenIn(unembedded(picture), "picture")).id : null;

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

/** Another picture under the boxes that are there, whatever was drawn on it elsewhere. */
export const replacePicture = () =>
  chooseFile("image/*,video/*", (file) => (file.type.startsWith("video/") ? openFile(file) : onlyPicture(file)));

async function onlyPicture(file: File): Promise<void> {
  try {
    setPicture(await takenIn((await insideOf(file))?.picture ?? file, file.name));
  } catch (error) {
    say(sayable(error, file.name), "wrong");
  }
}

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
