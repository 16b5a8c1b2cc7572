/** Text inside PNG files: chunks read and written by the PNG specification (third edition, sections 5 and 11.3.3). */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Length, type and checksum, which stand round a chunk's data. */
const ROUND = 12;

/** A chunk that is not what its checksum says, or a file that ends within one. */
export class DamagedPng extends Error {}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Where the chunk begins and ends in the file, length and checksum included. */
  readonly from: number;
  readonly to: number;
}

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** The text under this keyword, or null where there is none. Compressed text is left to those who wrote it. */
export function textIn(png: Uint8Array, keyword: string): string | null {
  const chunk = ours(png, keyword)[0];
  if (!chunk) return null;
  if (crc32(png.subarray(chunk.from + 4, chunk.to - 4)) !== viewOf(png).getUint32(chunk.to - 4)) {
    throw new DamagedPng(keyword);
  }
  const text = textOf(chunk.data);
  if (text === null) throw new DamagedPng(keyword);
  return text;
}

/** The same picture with this text in it, before the pixels; an older one under the keyword makes room. */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array<ArrayBuffer> {
  const bare = withoutText(png, keyword);
  const pixels = chunksOf(bare).find((chunk) => chunk.type === "IDAT");
  if (!pixels) throw new DamagedPng("IDAT");
  // Keyword; 0, not compressed, method 0; no language; no translated keyword; text.
  const data = joined([latin(keyword), [0, 0, 0, 0, 0], new TextEncoder().encode(text)]);
  return joined([bare.subarray(0, pixels.from), chunkOf("iTXt", data), bare.subarray(pixels.from)]);
}

/** The same picture without it. */
export function withoutText(png: Uint8Array, keyword: string): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { from, to } of ours(png, keyword)) {
    parts.push(png.subarray(at, from));
    at = to;
  }
  return joined([...parts, png.subarray(at)]);
}

/** Checksum of a chunk's type and data, as the specification's appendix computes it. */
export function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (TABLE[(sum ^ byte) & 0xff] as number) ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum >>> 0;
});

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Up to the last whole chunk: what comes after is not ours to judge, the browser decodes the picture. */
function chunksOf(png: Uint8Array): Chunk[] {
  const chunks: Chunk[] = [];
  const view = viewOf(png);
  for (let from = SIGNATURE.length; isPng(png) && from + ROUND <= png.length; ) {
    const to = from + ROUND + view.getUint32(from);
    if (to > png.length) break;
    const type = String.fromCharCode(...png.subarray(from + 4, from + 8));
    chunks.push({ type, data: png.subarray(from + 8, to - 4), from, to });
    if (type === "IEND") break;
    from = to;
  }
  return chunks;
}

/** The international text chunks under a keyword. */
function ours(png: Uint8Array, keyword: string): Chunk[] {
  const head = [...latin(keyword), 0];
  return chunksOf(png).filter(({ type, data }) => type === "iTXt" && head.every((byte, i) => data[i] === byte));
}

/** What stands in an international text chunk after its keyword, two flags and two names; null where it is compressed. */
function textOf(data: Uint8Array): string | null {
  const keyword = data.indexOf(0);
  const language = data.indexOf(0, keyword + 3);
  const translated = data.indexOf(0, language + 1);
  if (data[keyword + 1] !== 0 || language < 0 || translated < 0) return null;
  return new TextDecoder().decode(data.subarray(translated + 1));
}

function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const chunk = joined([new Uint8Array(4), latin(type), data, new Uint8Array(4)]);
  const view = viewOf(chunk);
  view.setUint32(0, data.length);
  view.setUint32(chunk.length - 4, crc32(chunk.subarray(4, -4)));
  return chunk;
}

const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function joined(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
