/** The tag on a box: number, name, and in words whether it is hard or soft. */

import { memo } from "react";
import { Group, Rect, Text } from "react-konva";

const FONT = '600 11px "Inter Variable", "Noto Sans SC", system-ui, sans-serif';
const HEIGHT = 19;

let pen: CanvasRenderingContext2D | null = null;
const widths = new Map<string, number>();

function widthOf(text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return text.length * 7;
  pen.font = FONT;
  const width = Math.ceil(pen.measureText(text).width);
  if (document.fonts.status === "loaded") widths.set(text, width);
  return width;
}

interface Props {
  readonly x: number;
  readonly y: number;
  readonly number: number;
  readonly label: string;
  readonly kind: string;
  readonly colour: string;
  readonly strong: boolean;
}

export const Tag = memo(function Tag({ x, y, number, label, kind, colour, strong }: Props) {
  const short = label.length > 22 ? `${label.slice(0, 21)}…` : label;
  const badge = String(number);
  const words = short ? `${short}  ${kind}` : kind;
  const left = widthOf(badge) + 11;
  const width = left + widthOf(words) + 13;
  return (
    <Group x={x - 1} y={y - HEIGHT - 4}>
      <Rect width={width} height={HEIGHT} fill={strong ? "#0f1012" : "rgba(15,16,18,0.82)"} cornerRadius={4} />
      <Rect width={left} height={HEIGHT} fill={colour} cornerRadius={[4, 0, 0, 4]} />
      <Words text={badge} x={5.5} fill="#111215" />
      <Words text={words} x={left + 6} fill="#f3f1ec" />
    </Group>
  );
});

function Words({ text, x, fill }: { text: string; x: number; fill: string }) {
  return (
    <Text
      text={text}
      x={x}
      y={4.5}
      fill={fill}
      fontFamily='"Inter Variable", "Noto Sans SC", system-ui, sans-serif'
      fontStyle="600"
      fontSize={11}
      wrap="none"
    />
  );
}
