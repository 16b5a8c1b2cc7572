/** A project as one file: JSON with its pictures inside, or its first picture (PNG) with the JSON inside. */

import { fromText, toText } from "../scene/wire";
import type { Scene } from "../scene/scene";
import { embedded, type Picture, pictureOf } from "../store/pictures";
import { DamagedPng, isPng, textIn, withoutText, withText } from "./png";

/** Under which name the scene stands in a PNG; the command line looks for the same one. */
export const KEYWORD = "boximator";

/** The name that a scene inside a picture has for that picture: readers put the file itself in its place. */
const ITSELF = "this-file.png";

const held = async (id: string | null) => {
  const picture = pictureOf(id);
  return picture ? embedded(picture) : null;
};

export async function projectText(scene: Scene): Promise<string> {
  return toText({ ...scene, picture: await held(scene.picture), last_picture: await held(scene.last_picture) });
}

/** The first picture as it is, nothing drawn on it, and the scene in it. */
export async function projectPicture(scene: Scene, picture: Picture): Promise<Blob> {
  const text = toText({ ...scene, picture: ITSELF, last_picture: await held(scene.last_picture) });
  return new Blob([withText(await pngOf(picture), KEYWORD, text)], { type: "image/png" });
}

/** What is in a picture that was saved here; null for a picture from elsewhere. */
export interface Inside {
  /** Null where it cannot be read. */
  readonly scene: Scene | null;
  /** The picture without it: the same bytes that it was made of. */
  readonly picture: Blob;
}

export async function insideOf(file: Blob): Promise<Inside | null> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const text = textIn(bytes, KEYWORD);
    if (text === null) return null;
    return { scene: fromText(text), picture: bareOf(bytes) };
  } catch {
    return { scene: null, picture: bareOf(bytes) };
  }
}

const bareOf = (bytes: Uint8Array) => new Blob([withoutText(bytes, KEYWORD)], { type: "image/png" });

/** A PNG keeps its bytes; a photograph's pixels are written as a PNG. */
async function pngOf({ blob, image, width, height }: Picture): Promise<Uint8Array> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (isPng(bytes)) return bytes;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  const drawn = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!drawn) throw new DamagedPng("canvas");
  return new Uint8Array(await drawn.arrayBuffer());
}
