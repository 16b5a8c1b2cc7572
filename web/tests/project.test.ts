import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { crc32, DamagedPng, isPng, textIn, withoutText, withText } from "../src/files/png";
import { insideOf, KEYWORD, projectPicture } from "../src/files/project";
import { newTrack, toggledHard, withBox, withPath } from "../src/edit/tracks";
import { EMPTY_SCENE, type Scene } from "../src/scene/scene";
import { toText } from "../src/scene/wire";
import type { Picture } from "../src/store/pictures";

/** Written by this test (WRITE_GOLDEN=1 npx vitest run tests/project.test.ts), read by Python's, too. */
const GOLDEN = new URL("../../tests/golden/project.png", import.meta.url);
const golden = new Uint8Array(readFileSync(GOLDEN));
const bare = withoutText(golden, KEYWORD);

const dog = { ...withBox(newTrack(1, 0, [0.1, 0.2, 0.4, 0.6]), 15, [0.5, 0.25, 0.8, 0.65]), label: "dog" };
const bird = { ...withPath(newTrack(3, 2, [-0.2, 0.1, 0.1, 0.3]), [[-0.05, 0.2], [0.5, 0.5]], "smooth", 16), label: "小鸟 🐦" };
const scene: Scene = { ...EMPTY_SCENE, prompt: "a “quoted” dog, eine Möwe", seed: 7, tracks: [toggledHard(dog, 15, 16), bird] };

const pictureOf = (bytes: Uint8Array<ArrayBuffer>): Picture =>
  ({ blob: new Blob([bytes], { type: "image/png" }), name: "dog.png" }) as unknown as Picture;

const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

/** Numbers that look random and are the same in every run (mulberry32). */
function numbers(seed: number): () => number {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Any text at all: letters, controls, Chinese, emoji. */
function anyText(draw: () => number): string {
  const one = () => {
    const from = [0x20, 0x01, 0xa0, 0x4e00, 0x1f600][Math.floor(draw() * 5)] ?? 0x20;
    return String.fromCodePoint(from + Math.floor(draw() * 90));
  };
  return Array.from({ length: Math.floor(draw() * 400) }, one).join("");
}

describe("text in a PNG", () => {
  test("checksums are those of the specification", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
    expect(crc32(new TextEncoder().encode("IEND"))).toBe(0xae426082);
  });

  test("any text comes back, is there once, and leaves the picture's bytes when it goes", () => {
    const draw = numbers(1);
    for (let count = 0; count < 300; count++) {
      const [text, other] = [anyText(draw), anyText(draw)];
      const written = withText(withText(bare, KEYWORD, other), KEYWORD, text);
      expect(textIn(written, KEYWORD)).toBe(text);
      expect(written).toEqual(withText(bare, KEYWORD, text));
      expect(withoutText(written, KEYWORD)).toEqual(bare);
    }
  });

  test("another keyword is another text, also one that begins the same", () => {
    const both = withText(withText(bare, "boximators", "theirs"), KEYWORD, "ours");
    expect(textIn(both, KEYWORD)).toBe("ours");
    expect(textIn(withoutText(both, KEYWORD), "boximators")).toBe("theirs");
    expect(textIn(withoutText(both, KEYWORD), KEYWORD)).toBeNull();
  });

  test("one changed bit is noticed, wherever it is in the text", () => {
    const written = withText(bare, KEYWORD, "x".repeat(200));
    const at = written.length - bare.length;
    const begin = bare.findIndex((byte, i) => byte !== written[i]);
    const draw = numbers(2);
    for (let count = 0; count < 200; count++) {
      const broken = written.slice();
      const place = begin + 18 + Math.floor(draw() * (at - 22));
      broken[place] = (broken[place] ?? 0) ^ (1 << Math.floor(draw() * 8));
      expect(() => textIn(broken, KEYWORD)).toThrow(DamagedPng);
    }
  });

  test("cut or foreign files are read without a fault, as far as they go", () => {
    const draw = numbers(3);
    for (let count = 0; count < 300; count++) {
      const part = golden.slice(0, Math.floor(draw() * golden.length));
      expect([null, textIn(golden, KEYWORD)]).toContain(textIn(part, KEYWORD));
      const noise = Uint8Array.from({ length: Math.floor(draw() * 90) }, () => Math.floor(draw() * 256));
      expect(textIn(noise, KEYWORD)).toBeNull();
      expect(withoutText(noise, KEYWORD)).toEqual(noise);
      expect(isPng(noise)).toBe(false);
    }
    expect(() => withText(new Uint8Array(30), KEYWORD, "x")).toThrow(DamagedPng);
  });
});

describe("a project as a picture", () => {
  test("is the file that Python reads, too", async () => {
    const written = await bytesOf(await projectPicture(scene, pictureOf(bare)));
    if (process.env.WRITE_GOLDEN) writeFileSync(GOLDEN, written);
    expect(written).toEqual(golden);
  });

  test("brings back the scene and the picture's own bytes", async () => {
    const inside = await insideOf(new Blob([golden]));
    expect(inside?.scene).toEqual({ ...scene, picture: "this-file.png" });
    expect(inside && (await bytesOf(inside.picture))).toEqual(bare);
  });

  test("from elsewhere is a plain picture; one whose boxes are broken still is a picture", async () => {
    expect(await insideOf(new Blob([bare]))).toBeNull();
    expect(await insideOf(new Blob(["GIF89a"]))).toBeNull();
    for (const text of ["no json", '{"version": 9}', toText(scene).slice(0, 80)]) {
      const inside = await insideOf(new Blob([withText(bare, KEYWORD, text)]));
      expect(inside?.scene).toBeNull();
      expect(inside && (await bytesOf(inside.picture))).toEqual(bare);
    }
  });
});
