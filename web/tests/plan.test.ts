import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { plan, type PlanOptions } from "../src/scene/plan";
import { parsed } from "../src/scene/wire";
import type { Box } from "../src/scene/box";

interface Case {
  name: string;
  scene: unknown;
  options: PlanOptions;
  boxes: Box[][];
  hard: number[][];
  present: number[][];
}

const golden = JSON.parse(readFileSync(new URL("../../tests/golden/plans.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

describe("the control plan is the one Python makes", () => {
  test("the file holds cases", () => expect(golden.cases.length).toBeGreaterThanOrEqual(25));

  test.each(golden.cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const made = plan(parsed(one.scene), one.options);
    expect(made.map((track) => track.map((at) => (at ? 1 : 0)))).toEqual(one.present);
    expect(made.map((track) => track.map((at) => (at?.hard ? 1 : 0)))).toEqual(one.hard);
    made.forEach((track, t) =>
      track.forEach((at, frame) =>
        (at?.box ?? [0, 0, 0, 0]).forEach((value, i) => {
          expect(Math.abs(value - (one.boxes[t]?.[frame]?.[i] ?? NaN))).toBeLessThanOrEqual(2e-6);
        }),
      ),
    );
  });
});
