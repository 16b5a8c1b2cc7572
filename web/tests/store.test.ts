import { describe, expect, test } from "vitest";
import { newTrack, withPath, withBox } from "../src/edit/tracks";
import { EMPTY_SCENE, type Scene } from "../src/scene/scene";
import { remarks } from "../src/scene/rules";
import { fromText, toText, WireFault } from "../src/scene/wire";
import { begun, dropped, edited, ended, fresh, redone, undone } from "../src/store/history";
import { en } from "../src/words/en";
import { zh } from "../src/words/zh";

const said = (prompt: string): Scene => ({ ...EMPTY_SCENE, prompt });

describe("undo", () => {
  test("a gesture of many moves is one step", () => {
    let history = begun(fresh(said("")));
    for (const prompt of ["a", "ab", "abc"]) history = edited(history, said(prompt));
    history = ended(history);
    expect(history.past).toHaveLength(1);
    expect(undone(history).scene.prompt).toBe("");
    expect(redone(undone(history)).scene.prompt).toBe("abc");
  });

  test("a gesture that is taken back never was", () => {
    const start = fresh(said("before"));
    const history = dropped(edited(begun(start), said("after")));
    expect(history.scene.prompt).toBe("before");
    expect(history.past).toHaveLength(0);
  });

  test("letters of one word are one step; another edit begins another", () => {
    let history = fresh(said(""));
    for (const prompt of ["a", "ab"]) history = edited(history, said(prompt), "prompt");
    history = edited(history, { ...history.scene, seed: 3 }, "seed");
    expect(history.past.map((scene) => scene.prompt)).toEqual(["", "ab"]);
  });

  test("a new edit forgets what was undone", () => {
    const history = edited(undone(edited(fresh(said("")), said("a"))), said("b"));
    expect(history.future).toHaveLength(0);
  });
});

describe("files", () => {
  const scene: Scene = {
    ...said("a “quoted” dog"),
    picture: "dog.jpg",
    tracks: [withPath(newTrack(4, 2, [0.1, -0.2, 1.3, 0.4]), [[0, 0], [0.5, 0.25]], "smooth", 16)],
  };

  test("come back as they were written, a box on one line", () => {
    expect(fromText(toText(scene))).toEqual(scene);
    expect(toText(scene)).toContain("[0.1, -0.2, 1.3, 0.4]");
  });

  test.each([
    ["not json", "json"],
    ["[]", "object"],
    ['{"version": 2, "tracks": []}', "version"],
    ['{"version": 1, "tracks": [{"id": 1, "keyframes": []}]}', "frames"],
    ['{"version": 1, "tracks": [{"id": 9, "keyframes": [{"frame": 0, "box": [0,0,1,1]}]}]}', "value"],
    ['{"version": 1, "tracks": [{"id": 1, "keyframes": [{"frame": 0, "box": [1,0,0,1]}]}]}', "value"],
    ['{"version": 1, "tracks": [{"id": 1, "keyframes": [{"frame": 16, "box": [0,0,1,1]}]}]}', "value"],
  ])("%s is refused: %s", (text, reason) => {
    expect(() => fromText(text)).toThrow(expect.objectContaining({ reason }) as WireFault);
  });

  test("a file that was left beside a video gives its scene", () => {
    expect(fromText(JSON.stringify({ made_with: "boximator 0.1.0", scene }))).toEqual(scene);
  });
});

describe("words", () => {
  test("what cannot be generated says why", () => {
    const reasons = remarks(EMPTY_SCENE, null).filter((remark) => remark.weight === "stop");
    expect(reasons.map((remark) => remark.reason)).toEqual(["no_picture", "no_tracks"]);
  });

  test("a box that goes nowhere, a small one and one that is never seen are told apart", () => {
    const of = (track: ReturnType<typeof newTrack>) =>
      remarks({ ...EMPTY_SCENE, picture: "p", tracks: [track] }, null).flatMap((one) => (one.track ? [one.reason] : []));
    expect(of(newTrack(1, 0, [0.1, 0.1, 0.5, 0.5]))).toEqual(["one_box"]);
    expect(of(newTrack(1, 0, [0.1, 0.1, 0.11, 0.5]))).toEqual(["one_box", "tiny"]);
    expect(of(newTrack(1, 0, [1.1, 0.1, 1.5, 0.5]))).toEqual(["never_seen", "one_box"]);
    expect(of(withBox(newTrack(1, 0, [1.1, 0.1, 1.5, 0.5]), 15, [0.5, 0.1, 0.9, 0.5]))).toEqual(["comes_in"]);
  });

  test("both languages say everything, and nothing is left in English", () => {
    const leaves = (value: unknown, path: string): string[] =>
      typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
        : [path];
    expect(leaves(zh, "")).toEqual(leaves(en, ""));
    const same = leaves(en, "").filter((path) => {
      const at = (words: unknown) => path.slice(1).split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], words);
      return typeof at(en) === "string" && at(en) === at(zh);
    });
    expect(same).toEqual([".app.name", ".panel.sides.x", ".panel.sides.y", ".results.gif", ".results.a", ".results.b", ".keys.actions.full"]);
  });
});
