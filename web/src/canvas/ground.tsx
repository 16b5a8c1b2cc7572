/** What lies under the boxes: the picture or a result's frame, two results side by side, cut-outs that move. */

import { Group, Image, Line, Rect } from "react-konva";
import { type Box, clamped, sizeOf } from "../scene/box";
import { drawn } from "../scene/plan";
import { firstKey, type Scene } from "../scene/scene";
import { type Place, rectOf } from "./geometry";

export type Pixels = HTMLImageElement | ImageBitmap;

const atPlace = (place: Place) => ({ x: place.left, y: place.top, width: place.width, height: place.height });

export function Frame({ place, pixels }: { place: Place; pixels: Pixels | null }) {
  return (
    <Group listening={false}>
      <Rect {...atPlace(place)} fill="#26272b" shadowColor="#000" shadowBlur={28} shadowOpacity={0.55} shadowOffsetY={6} />
      {pixels && <Image image={pixels} {...atPlace(place)} />}
    </Group>
  );
}

/** Two results with a line between them: left of it the first, right of it the second. */
export function Split({ place, a, b, at }: { place: Place; a: Pixels | null; b: Pixels | null; at: number }) {
  const x = place.left + place.width * at;
  return (
    <Group listening={false}>
      <Frame place={place} pixels={a} />
      <Group clipX={x} clipY={place.top} clipWidth={place.width * (1 - at)} clipHeight={place.height}>
        {b && <Image image={b} {...atPlace(place)} />}
      </Group>
      <Line points={[x, place.top, x, place.top + place.height]} stroke="#000" strokeWidth={4} opacity={0.5} />
      <Line points={[x, place.top, x, place.top + place.height]} stroke="#fff" strokeWidth={2} />
      <Rect x={x - 13} y={place.top + place.height / 2 - 13} width={26} height={26} cornerRadius={13} fill="#fff" />
      <Line
        points={[x - 4, place.top + place.height / 2 - 5, x - 9, place.top + place.height / 2, x - 4, place.top + place.height / 2 + 5]}
        stroke="#111215"
        strokeWidth={2}
        lineCap="round"
        lineJoin="round"
      />
      <Line
        points={[x + 4, place.top + place.height / 2 - 5, x + 9, place.top + place.height / 2, x + 4, place.top + place.height / 2 + 5]}
        stroke="#111215"
        strokeWidth={2}
        lineCap="round"
        lineJoin="round"
      />
    </Group>
  );
}

interface CutOutsProps {
  readonly scene: Scene;
  readonly frame: number;
  readonly hidden: readonly number[];
  readonly place: Place;
  readonly pixels: Pixels | null;
}

/** Before anything is generated: what is in each first box, as paper cut out of the picture and moved along. */
export function CutOuts({ scene, frame, hidden, place, pixels }: CutOutsProps) {
  if (!pixels) return null;
  const pieces = scene.tracks.flatMap((track) => {
    const start = firstKey(track);
    const here = drawn(track, scene.frames)[frame];
    const source = clamped(start.box);
    if (!here || hidden.includes(track.id) || frame === start.frame || start.frame !== 0) return [];
    // A box that comes from outside shows nothing of the picture to cut out; the whole frame is no piece.
    const [width, height] = sizeOf(source);
    if (width * height < 1e-4 || width * height > 0.9) return [];
    return [{ id: track.id, source, box: here.box }];
  });
  return (
    <Group listening={false} clipX={place.left} clipY={place.top} clipWidth={place.width} clipHeight={place.height}>
      {pieces.map(({ id, source }) => (
        <Rect key={`veil ${id}`} {...rectOf(place, source)} fill="#101114" opacity={0.5} />
      ))}
      {pieces.map(({ id, source, box }) => (
        <Image key={id} image={pixels} {...rectOf(place, box)} crop={cropOf(source, pixels)} opacity={0.94} />
      ))}
    </Group>
  );
}

const sideOf = (pixels: Pixels) =>
  pixels instanceof HTMLImageElement ? [pixels.naturalWidth, pixels.naturalHeight] : [pixels.width, pixels.height];

function cropOf([x0, y0, x1, y1]: Box, pixels: Pixels) {
  const [width = 1, height = 1] = sideOf(pixels);
  return { x: x0 * width, y: y0 * height, width: (x1 - x0) * width, height: (y1 - y0) * height };
}
