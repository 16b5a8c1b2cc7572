import { describe, expect, test } from "vitest";
import { withCamera, withPassage } from "../src/edit/presets";
import {
  absentAfter,
  boxOn,
  cycledEasing,
  freeId,
  newTrack,
  pinned,
  retimed,
  stretched,
  toggledHard,
  toggledKey,
  toggledPin,
  withBox,
  withKeyCopied,
  withoutPoint,
  withPath,
} from "../src/edit/tracks";
import { cutThing, withFirstBox } from "../src/edit/cuts";
import type { Box } from "../src/scene/box";
import { centreOf } from "../src/scene/box";
import { drawn } from "../src/scene/plan";
import { EMPTY_SCENE, isAnchor, type Scene, type Track } from "../src/scene/scene";

const HERE: Box = [0.2, 0.4, 0.4, 0.6];
const THERE: Box = [0.6, 0.3, 0.8, 0.5];

const going = (): Track => withBox(newTrack(1, 0, HERE), 15, THERE);
const frames = (track: Track) => track.keyframes.map((key) => key.frame);

describe("keyframes", () => {
  test("a box on a new frame is a new hard keyframe, in order", () => {
    const track = withBox(going(), 7, HERE);
    expect(frames(track)).toEqual([0, 7, 15]);
    expect(track.keyframes[1]?.hard).toBe(true);
  });

  test("K adds what was interpolated, and takes it away again", () => {
    const added = toggledKey(going(), 5, 16);
    expect(added && boxOn(added, 5, 16)).toEqual(expect.arrayContaining([expect.closeTo(0.33333, 5)]));
    expect(added && toggledKey(added, 5, 16)).toEqual(going());
  });

  test("the last keyframe taken away takes the track along", () => {
    expect(toggledKey(newTrack(1, 3, HERE), 3, 16)).toBeNull();
  });

  test("a diamond stops beside its neighbours and at the ends", () => {
    const track = withBox(going(), 7, HERE);
    expect(frames(retimed(track, 7, 99, 16))).toEqual([0, 14, 15]);
    expect(frames(retimed(track, 7, -3, 16))).toEqual([0, 1, 15]);
    expect(frames(retimed(track, 15, 40, 16))).toEqual([0, 7, 15]);
  });

  test("a copied diamond leaves the first one where it was", () => {
    const copied = withKeyCopied(going(), 0, 9);
    expect(frames(copied)).toEqual([0, 9, 15]);
    expect(copied.keyframes[1]?.box).toEqual(HERE);
  });

  test("hard becomes soft and back; a box between becomes hard", () => {
    const soft = toggledHard(going(), 0, 16);
    expect(soft.keyframes[0]?.hard).toBe(false);
    expect(toggledHard(soft, 0, 16)).toEqual(going());
    expect(frames(toggledHard(going(), 4, 16))).toEqual([0, 4, 15]);
  });

  test("a pin is an anchor, is moved as a whole, and can be let go", () => {
    const pin = toggledPin(newTrack(2, 4, HERE), 4, 16);
    expect(isAnchor(pin)).toBe(true);
    const moved = withBox(pin, 0, THERE);
    expect(isAnchor(moved)).toBe(true);
    expect(moved.keyframes[1]?.box).toEqual(THERE);
    expect(isAnchor(toggledPin(moved, 0, 16))).toBe(false);
  });

  test("absent after a frame: nothing is asked there any more", () => {
    const track = absentAfter(going(), 6, 16);
    expect(drawn(track, 16).map((at) => at !== null).lastIndexOf(true)).toBe(6);
    const led = withPath(newTrack(1, 0, HERE), [centreOf(HERE), [0.9, 0.9]], "smooth", 16);
    expect(drawn(absentAfter(led, 6, 16), 16).map((at) => at !== null).lastIndexOf(true)).toBe(6);
  });

  test("easing goes round in four", () => {
    let track = going();
    for (let i = 0; i < 4; i++) track = cycledEasing(track, 3);
    expect(track).toEqual(going());
    expect(cycledEasing(track, 3).keyframes[0]?.easing).toBe("ease_in");
  });
});

describe("paths", () => {
  test("the end box goes to the end of the way", () => {
    const track = withPath(going(), [centreOf(HERE), [0.5, 0.1], [0.9, 0.9]], "smooth", 16);
    const last = track.keyframes.at(-1);
    expect(last && centreOf(last.box)).toEqual([expect.closeTo(0.9, 4), expect.closeTo(0.9, 4)]);
  });

  test("a box on the last frame is brought to the first, so that the way has time", () => {
    expect(frames(withPath(newTrack(1, 15, HERE), [centreOf(HERE), [0.9, 0.9]], "polyline", 16))).toEqual([0]);
  });

  test("a way of one point is none", () => {
    const { path } = withPath(newTrack(1, 0, HERE), [centreOf(HERE), [0.9, 0.9]], "polyline", 16);
    expect(path && withoutPoint(path, 1)).toBeNull();
  });
});

describe("scenes", () => {
  const scene = (tracks: readonly Track[], length = 16): Scene => ({ ...EMPTY_SCENE, frames: length, tracks });

  test("another number of frames keeps first and last where they are in time", () => {
    const long = stretched(scene([withBox(going(), 7, HERE)]), 31);
    expect(long.tracks.map(frames)).toEqual([[0, 14, 30]]);
    expect(stretched(long, 3).tracks.map(frames)).toEqual([[0, 1, 2]]);
    expect(stretched(long, 2).tracks.map(frames)).toEqual([[0, 1]]);
  });

  test("eight tracks and no more", () => {
    const eight = Array.from({ length: 8 }, (_, i) => pinned(i + 1, HERE, 16));
    expect(freeId(eight)).toBeNull();
    expect(freeId(eight.filter((track) => track.id !== 3))).toBe(3);
    expect(withCamera(scene(eight), "pan_left", "Pan")).toBeNull();
  });

  test("what pans to the right goes to the left on the picture", () => {
    const panned = withCamera(scene([]), "pan_right", "Pan");
    for (const track of panned?.tracks ?? []) {
      expect(track.keyframes[1]?.box[0]).toBeLessThan(track.keyframes[0]?.box[0] ?? 0);
    }
    expect(panned?.tracks).toHaveLength(2);
  });

  test("a background is held only where nothing is drawn", () => {
    const held = withCamera(scene([newTrack(1, 0, [0, 0, 0.3, 0.3])]), "hold_background", "Held");
    expect(held?.tracks).toHaveLength(4);
    expect(held?.tracks.slice(1).every(isAnchor)).toBe(true);
  });

  test("who enters begins outside, who leaves ends there", () => {
    expect(withPassage(newTrack(1, 0, HERE), "enter_left", 16).keyframes[0]?.box[2]).toBeLessThan(0);
    expect(withPassage(newTrack(1, 0, HERE), "leave_right", 16).keyframes[1]?.box[0]).toBeGreaterThan(1);
  });
});

describe("a box that cuts through a thing", () => {
  const sheep = { box: [0.2, 0.1, 0.7, 0.9], label: "sheep", score: 0.9 };
  const dog = { box: [0.4, 0.4, 0.6, 0.8], label: "dog", score: 0.6 };
  const cut = (box: Box) => cutThing(newTrack(1, 0, box), [sheep, dog])?.label;

  test("is told from one round the thing, round a small part of it, or elsewhere", () => {
    expect(cut([0.45, 0.1, 0.7, 0.9])).toBe("sheep");
    expect(cut([0.21, 0.12, 0.68, 0.9])).toBeUndefined();
    expect(cut([0.4, 0.4, 0.6, 0.8])).toBeUndefined();
    expect(cut([0.2, 0.1, 0.35, 0.3])).toBeUndefined();
    expect(cut([0.7, 0.1, 0.95, 0.9])).toBeUndefined();
    expect(cutThing(toggledHard(newTrack(1, 0, [0.45, 0.1, 0.7, 0.9]), 0, 16), [sheep])).toBeNull();
    expect(cutThing(newTrack(1, 3, [0.45, 0.1, 0.7, 0.9]), [sheep])).toBeNull();
  });

  test("takes all of it, and goes where it went", () => {
    const whole = withFirstBox(withBox(newTrack(1, 0, HERE), 15, THERE), [0.1, 0.2, 0.5, 0.8]);
    expect(whole.keyframes[0]?.box).toEqual([0.1, 0.2, 0.5, 0.8]);
    expect(whole.keyframes[1]?.box).toEqual([0.5, 0.1, 0.9, 0.7]);
    const path = withFirstBox(withPath(newTrack(1, 0, HERE), [centreOf(HERE), [0.5, 0.5]], "smooth", 16), [0.2, 0.5, 0.4, 0.7]);
    expect(path.path?.points.at(-1)?.[1]).toBeCloseTo(0.6);
  });
});
