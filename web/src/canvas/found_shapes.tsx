/** Where a track's thing was found in the result: the corners of its box, and a tag with the overlap that goes on top. */

import { memo } from "react";
import { Group, Line } from "react-konva";
import type { Box } from "../scene/box";
import { foundAt, type Seen } from "../player/seen";
import { type Place, rectOf } from "./geometry";
import { Tag } from "./tag";

const DARK = "rgba(8, 9, 11, 0.72)";

interface Props {
  readonly seen: Seen;
  readonly frame: number;
  readonly colour: string;
  readonly place: Place;
  readonly words: (overlap: string | null) => string;
}

export const FoundCorners = memo(function FoundCorners({ seen, frame, place }: Omit<Props, "colour" | "words">) {
  const found = foundAt(seen, frame);
  if (!found) return null;
  return (
    <Group listening={false}>
      {cornersOf(place, found.box).map((points, i) => (
        <Group key={i}>
          <Line points={points} stroke={DARK} strokeWidth={8} lineCap="round" lineJoin="round" />
          <Line points={points} stroke="#fff" strokeWidth={4.5} lineCap="round" lineJoin="round" />
        </Group>
      ))}
    </Group>
  );
});

export const FoundTag = memo(function FoundTag({ seen, frame, colour, place, words }: Props) {
  const found = foundAt(seen, frame);
  if (!found) return null;
  const rect = rectOf(place, found.box);
  return (
    <Tag
      x={rect.x}
      y={rect.y + rect.height + 27}
      number={seen.id}
      label=""
      kind={words(found.overlap === null ? null : found.overlap.toFixed(2))}
      colour={colour}
      strong={false}
    />
  );
});

/** Four angles, each as x y x y x y. */
function cornersOf(place: Place, box: Box): number[][] {
  const { x, y, width, height } = rectOf(place, box);
  const arm = Math.min(16, width / 3, height / 3);
  return [0, 1].flatMap((right) =>
    [0, 1].map((low) => {
      const [cx, cy] = [x + right * width, y + low * height];
      return [cx + (right ? -arm : arm), cy, cx, cy, cx, cy + (low ? -arm : arm)];
    }),
  );
}
