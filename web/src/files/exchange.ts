/** Other tools' files, in and out: the service converts them, by the code of `boximator convert`. */

import { type Format, type Imported, Refused, service } from "../api/client";
import { idOf } from "../api/jobs";
import { parsed } from "../scene/wire";
import { edit, open, scene } from "../store/editor";
import { say } from "../store/notices";
import { pictureOf, takenIn } from "../store/pictures";
import { words } from "../words";

/** Endings of files that only other tools write; their JSON is told from a scene by what is in it. */
const THEIRS = /\.(xml|csv|txt|npy|zip)$/i;

export const isTheirs = (name: string): boolean => THEIRS.test(name);

/** Whether this JSON text is surely no scene: another tool's, then. */
export function isForeign(text: string): boolean {
  try {
    const raw: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    if (Array.isArray(raw)) return true;
    return typeof raw === "object" && raw !== null && !("version" in raw) && !("tracks" in raw) && !("scene" in raw);
  } catch {
    return false;
  }
}

/** Another tool's boxes on the picture that is there, as one step that can be undone; what was lost, in sentences. */
export async function importFile(file: File): Promise<readonly string[]> {
  const size = pictureOf(scene().picture);
  const told = await service.importFile(file, size);
  const picture = told.picture ? await firstFrame(told) : scene().picture;
  const taken = { ...parsed(told.scene), picture, last_picture: null, width: null, height: null };
  if (scene().picture) edit((old) => ({ ...taken, prompt: taken.prompt || old.prompt }));
  else open(taken, file.name.replace(/\.[^.]*$/, ""));
  if (picture) say(words().notices.opened(file.name));
  else say(words().notices.noPictureInside, "wrong");
  return told.notes;
}

async function firstFrame({ picture }: Imported): Promise<string | null> {
  if (!picture) return null;
  return (await takenIn(await service.picture(picture.image), picture.name)).id;
}

/** The scene as another tool's file, saved by the browser; what was lost, in sentences. */
export async function exportAs(format: Format): Promise<readonly string[]> {
  const asked = scene();
  const picture = pictureOf(asked.picture);
  const id = picture ? await idOf(picture) : null;
  const { blob, notes } = await service.exportScene({ ...asked, picture: id, last_picture: null }, format.name);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${format.name}${format.ending}`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(words().file.saved(link.download));
  return notes;
}

/** What went wrong, for a person. */
export const reason = (error: unknown): string => (error instanceof Refused ? error.message : words().notices.failed);
