import { describe, expect, test } from "vitest";
import { newTrack, withBox, withPath } from "../src/edit/tracks";
import { placed, resized, snapped, toCanvas, toFrame, zoomedAt } from "../src/canvas/geometry";
import { goPoint, nextBody, type Shown, targetsAt } from "../src/canvas/targets";
import { isForeign, isTheirs } from "../src/files/exchange";
import { foundAt } from "../src/player/seen";
import type { Box, Point } from "../src/scene/box";
import { EMPTY_SCENE, type Track } from "../src/scene/scene";

const CANVAS = { width: 1000, height: 800 };
const PLAIN = { shift: false, alt: false };
const place = placed(CANVAS, 4 / 3, { zoom: 1, x: 0, y: 0 });

const shown = (tracks: readonly Track[], more: Partial<Shown> = {}): Shown => ({
  scene: { ...EMPTY_SCENE, tracks },
  frame: 0,
  selection: [],
  hidden: [],
  locked: [],
  place,
  ...more,
});

const OUTER: Box = [0.1, 0.1, 0.9, 0.9];
const INNER: Box = [0.4, 0.4, 0.6, 0.6];

describe("where things are", () => {
  test("frame and canvas, there and back, at any zoom", () => {
    const zoomed = placed(CANVAS, 4 / 3, { zoom: 3.7, x: -120, y: 44 });
    const back = toFrame(zoomed, toCanvas(zoomed, [0.3, 1.2]));
    expect(back[0]).toBeCloseTo(0.3);
    expect(back[1]).toBeCloseTo(1.2);
  });

  test("what is under the cursor stays there when it is zoomed", () => {
    const cursor: Point = [700, 200];
    const view = zoomedAt({ zoom: 1, x: 10, y: 0 }, 2.5, cursor, CANVAS);
    const before = toFrame(placed(CANVAS, 4 / 3, { zoom: 1, x: 10, y: 0 }), cursor);
    const after = toFrame(placed(CANVAS, 4 / 3, view), cursor);
    expect(after[0]).toBeCloseTo(before[0]);
    expect(after[1]).toBeCloseTo(before[1]);
  });
});

describe("handles", () => {
  test("a corner moves two sides", () => {
    expect(resized(INNER, "se", 0.1, 0.2, PLAIN)).toEqual([0.4, 0.4, expect.closeTo(0.7), expect.closeTo(0.8)]);
  });

  test("with Shift the ratio stays, with Alt the centre", () => {
    const kept = resized(INNER, "se", 0.2, 0.05, { shift: true, alt: false });
    expect(kept[2] - kept[0]).toBeCloseTo(kept[3] - kept[1]);
    const centred = resized(INNER, "e", 0.1, 0, { shift: false, alt: true });
    expect(centred[0]).toBeCloseTo(0.3);
    expect(centred[2]).toBeCloseTo(0.7);
  });

  test("dragged past the other side the box turns over", () => {
    const turned = resized(INNER, "w", 0.5, 0, PLAIN);
    expect(turned[0]).toBeCloseTo(0.6);
    expect(turned[2]).toBeCloseTo(0.9);
  });

  test("edges of the frame are met exactly", () => {
    expect(snapped([0.002, 0.4, 0.6, 0.998], place)).toEqual([0, 0.4, 0.6, 1]);
  });
});

describe("what the pointer meets", () => {
  const tracks = [newTrack(1, 0, OUTER), newTrack(2, 0, INNER)];
  const middle = toCanvas(place, [0.5, 0.5]);

  test("of two boxes the smaller one is in front, and a click again goes on to the larger", () => {
    const targets = targetsAt(shown(tracks), middle);
    expect(targets[0]).toMatchObject({ kind: "body", id: 2 });
    expect(nextBody(targets, 2)).toMatchObject({ id: 1 });
    expect(nextBody(targets, 1)).toMatchObject({ id: 2 });
  });

  test("a chosen box keeps the drag, whatever lies over it", () => {
    expect(targetsAt(shown(tracks, { selection: [1] }), middle)[0]).toMatchObject({ kind: "body", id: 1 });
  });

  test("hidden and locked boxes are not met", () => {
    expect(targetsAt(shown(tracks, { hidden: [2], locked: [1] }), middle)).toEqual([]);
  });

  test("the arrow is there as long as the track goes nowhere", () => {
    const at = goPoint(place, INNER);
    const lone = shown([newTrack(1, 0, INNER)], { selection: [1] });
    expect(targetsAt(lone, at)[0]).toMatchObject({ kind: "go" });
    const going = shown([withBox(newTrack(1, 0, INNER), 15, OUTER)], { selection: [1] });
    expect(targetsAt(going, at).some((target) => target.kind === "go")).toBe(false);
  });

  test("points of a path are met where the plan puts them", () => {
    const track = withPath(newTrack(1, 0, INNER), [[0.1, 0.1], [0.2, 0.3]], "polyline", 16);
    const targets = targetsAt(shown([track], { selection: [1] }), toCanvas(place, [0.6, 0.7]));
    expect(targets.some((target) => target.kind === "point" && target.index === 1)).toBe(true);
  });
});

describe("what was found in a result", () => {
  const seen = (boxes: (number[] | null)[], iou: (number | null)[]) => ({ id: 1, boxes, iou, mean_iou: null });

  test("on a frame that was looked at: the box, or nothing", () => {
    const looked = seen([[0, 0, 0.5, 0.5], null], [1, 0]);
    expect(foundAt(looked, 0)).toEqual({ box: [0, 0, 0.5, 0.5], overlap: 1 });
    expect(foundAt(looked, 1)).toBeNull();
  });

  test("of a long video what was found a moment ago stays", () => {
    const sparse = seen([[0, 0, 1, 1], null, null, null], [0.5, null, null, null]);
    expect(foundAt(sparse, 3)?.overlap).toBe(0.5);
    expect(foundAt(sparse, 99)?.overlap).toBe(0.5);
  });
});

describe("files of other tools", () => {
  test.each(["a.xml", "B.CSV", "c.npy", "d.zip", "gt.txt"])("%s is another tool's", (name) => expect(isTheirs(name)).toBe(true));
  test.each(["a.json", "b.png", "c"])("%s may be ours", (name) => expect(isTheirs(name)).toBe(false));
  test("JSON is told apart by what is in it", () => {
    expect(isForeign('[{"annotations": []}]')).toBe(true);
    expect(isForeign('{"images": [], "annotations": []}')).toBe(true);
    expect(isForeign('{"version": 1, "tracks": []}')).toBe(false);
    expect(isForeign('{"made_with": "boximator", "scene": {}}')).toBe(false);
    expect(isForeign("no JSON")).toBe(false);
  });
});
