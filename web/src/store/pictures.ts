/** Pictures by their content: the scene holds an id, the pixels stay here (and in the browser's database). */

export interface Picture {
  /** A digest of the file: the same picture dropped twice is one. */
  readonly id: string;
  readonly name: string;
  readonly blob: Blob;
  readonly width: number;
  readonly height: number;
  readonly image: HTMLImageElement;
}

const known = new Map<string, Picture>();

export const pictureOf = (id: string | null): Picture | null => (id ? (known.get(id) ?? null) : null);

/** Longest side that is kept: more than any base makes, and small enough to travel inside a project. */
const LONGEST = 2048;

export class NotAPicture extends Error {}

/** A picture file made ready: upright, at most LONGEST pixels, as a JPEG or PNG that every base can read. */
export async function takenIn(file: Blob, name: string): Promise<Picture> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => {
    throw new NotAPicture(name);
  });
  if (Math.min(bitmap.width, bitmap.height) < 16) throw new NotAPicture(name);
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  // An untouched JPEG or PNG keeps its bytes: what is generated here and on the command line is the same.
  const keep = scale === 1 && (file.type === "image/png" || (file.type === "image/jpeg" && !(await isTurned(file))));
  const blob = keep ? file : await redrawn(bitmap, scale, file.type);
  bitmap.close();
  return remembered(blob, name);
}

/** A picture kept from before, as it was. */
export async function remembered(blob: Blob, name: string): Promise<Picture> {
  const id = digestOf(new Uint8Array(await blob.arrayBuffer()));
  const old = known.get(id);
  if (old) return old;
  const image = await loaded(blob, name);
  const picture = { id, name, blob, image, width: image.naturalWidth, height: image.naturalHeight };
  known.set(id, picture);
  return picture;
}

/** Not for secrets, only to tell pictures apart (crypto.subtle is missing on plain http addresses). */
function digestOf(bytes: Uint8Array): string {
  let [a, b] = [0x9e3779b9, 0x85ebca6b];
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 2654435761);
    b = Math.imul(b ^ byte, 1597334677);
  }
  const part = (value: number) => ((value ^ (value >>> 16)) >>> 0).toString(16).padStart(8, "0");
  return `${part(a)}${part(b)}-${bytes.length.toString(16)}`;
}

async function loaded(blob: Blob, name: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode().catch(() => {
    throw new NotAPicture(name);
  });
  return image;
}

async function redrawn(bitmap: ImageBitmap, scale: number, type: string): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  const pen = canvas.getContext("2d");
  if (!pen) throw new NotAPicture("canvas");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const lossless = type === "image/png" && canvas.width * canvas.height < 1_500_000;
  const blob = await new Promise<Blob | null>((done) =>
    canvas.toBlob(done, lossless ? "image/png" : "image/jpeg", 0.95),
  );
  if (!blob) throw new NotAPicture("canvas");
  return blob;
}

/** Whether a JPEG's EXIF says that it must be turned: then it is redrawn upright. */
async function isTurned(file: Blob): Promise<boolean> {
  const head = new DataView(await file.slice(0, 65536).arrayBuffer());
  for (let at = 2; at + 12 < head.byteLength; ) {
    const marker = head.getUint16(at);
    if (marker >> 8 !== 0xff || marker === 0xffda) return false;
    if (marker === 0xffe1 && head.getUint32(at + 4) === 0x45786966) return true;
    at += 2 + head.getUint16(at + 2);
  }
  return false;
}

/** The picture as a data: URL, the way a project file holds it. */
export function embedded(picture: Picture): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result as string);
    reader.onerror = () => failed(reader.error ?? new Error("unreadable"));
    reader.readAsDataURL(picture.blob);
  });
}

/** The bytes inside a data: URL (decoded here: the page's security policy lets nothing be fetched from one). */
export function unembedded(url: string): Blob {
  const match = /^data:(image\/[a-z0-9.+-]+);base64,(.*)$/is.exec(url);
  if (!match?.[1] || match[2] === undefined) throw new NotAPicture("data");
  const bytes = Uint8Array.from(atob(match[2]), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: match[1].toLowerCase() });
}
