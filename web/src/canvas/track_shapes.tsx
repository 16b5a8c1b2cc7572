/** One track on the canvas: its box on this frame, what will be asked there, ghosts, way and handles. */

import { memo } from "react";
import { Circle, Group, Line, Path as Glyph, Rect } from "react-konva";
import { type Box, centreOf, isOutside, type Point } from "../scene/box";
import { type Drawn, drawn, planned } from "../scene/plan";
import { keyAt, type Scene, type Track } from "../scene/scene";
import { faint } from "./colours";
import { type Handle, HANDLES, handlePoint, type Place, rectOf, toCanvas } from "./geometry";
import { Tag } from "./tag";
import { ghostsOf, GO_RADIUS, goPoint, shownPoints, wantsEnd } from "./targets";

/** How a line is dashed: soft boxes, boxes between, ghosts. Hard ones are solid. */
const SOFT = [9, 6];
const BETWEEN = [2, 5];
const GHOST = [5, 4];

const DARK = "rgba(8, 9, 11, 0.72)";

export interface TrackWords {
  readonly hard: string;
  readonly soft: string;
  readonly between: string;
  readonly start: string;
  readonly end: string;
}

interface Props {
  readonly track: Track;
  readonly scene: Scene;
  readonly frame: number;
  readonly colour: string;
  readonly place: Place;
  readonly chosen: boolean;
  readonly locked: boolean;
  readonly onion: boolean;
  /** Nothing but the boxes: while the plan or a result plays. */
  readonly plain: boolean;
  readonly words: TrackWords;
}

export const TrackShapes = memo(function TrackShapes(props: Props) {
  const { track, scene, frame, colour, place, chosen, plain } = props;
  const boxes = drawn(track, scene.frames);
  const here = boxes[frame] ?? null;
  const asked = planned(boxes)[frame] ?? null;
  return (
    <Group listening={false} opacity={props.locked ? 0.6 : 1}>
      {!plain && <Onion {...props} boxes={boxes} />}
      {!plain && <Way {...props} boxes={boxes} />}
      {!plain && <Ghosts {...props} />}
      {asked && here && !here.user && !isOutside(here.box) && (
        <Outline place={place} box={asked.box} colour={colour} dash={SOFT} width={1.5} opacity={plain ? 0.9 : 0.55} />
      )}
      {here && <Current {...props} here={here} />}
      {here && chosen && !plain && !props.locked && (
        <Handles place={place} box={here.box} colour={colour} hollow={!here.user} />
      )}
      {chosen && !plain && !props.locked && wantsEnd(track, scene.frames) && keyAt(track, frame) && here && (
        <Go at={goPoint(place, here.box)} colour={colour} />
      )}
    </Group>
  );
});

function Current({ track, here, colour, place, chosen, plain, words }: Props & { here: NonNullable<Drawn> }) {
  const rect = rectOf(place, here.box);
  const dash = here.user ? (here.hard ? undefined : SOFT) : BETWEEN;
  const kind = here.user ? (here.hard ? words.hard : words.soft) : words.between;
  return (
    <>
      {chosen && !plain && <Rect {...rect} fill={faint(colour, 0.1)} />}
      <Outline place={place} box={here.box} colour={colour} dash={dash} width={chosen ? 2.5 : 2} opacity={1} />
      <Tag x={rect.x} y={rect.y} number={track.id} label={track.label} kind={kind} colour={colour} strong={chosen} />
    </>
  );
}

interface OutlineProps {
  readonly place: Place;
  readonly box: Box;
  readonly colour: string;
  readonly dash?: number[];
  readonly width: number;
  readonly opacity: number;
}

/** A line with a dark seam on both sides, so that it is seen on any ground. */
function Outline({ place, box, colour, dash, width, opacity }: OutlineProps) {
  const rect = rectOf(place, box);
  return (
    <Group opacity={opacity}>
      <Rect {...rect} stroke={DARK} strokeWidth={width + 2} opacity={dash ? 0.42 : 1} cornerRadius={1.5} />
      <Rect {...rect} stroke={colour} strokeWidth={width} dash={dash} cornerRadius={1.5} />
    </Group>
  );
}

/** Boxes of every few frames, faint: the motion in one look. */
function Onion({ scene, frame, colour, place, chosen, onion, boxes }: Props & { boxes: readonly Drawn[] }) {
  if (!chosen || !onion) return null;
  const every = Math.max(1, Math.round((scene.frames - 1) / 5));
  const shown = boxes.flatMap((at, i) => (at && !at.user && i % every === 0 && i !== frame ? [at.box] : []));
  return shown.map((box, i) => (
    <Rect key={i} {...rectOf(place, box)} stroke={colour} strokeWidth={1} opacity={0.3} cornerRadius={1.5} />
  ));
}

function Ghosts({ track, scene, frame, colour, place, chosen, locked, words }: Props) {
  const ghosts = ghostsOf(track, scene.frames, frame);
  return ghosts.map((ghost) => {
    const rect = rectOf(place, ghost.box);
    const first = ghost.frame === track.keyframes[0]?.frame;
    return (
      <Group key={ghost.frame} opacity={chosen ? 1 : 0.4}>
        {chosen && <Rect {...rect} fill={faint(colour, 0.06)} />}
        <Outline place={place} box={ghost.box} colour={colour} dash={GHOST} width={1.5} opacity={1} />
        {chosen && (
          <Tag
            x={rect.x}
            y={rect.y + rect.height + 27}
            number={track.id}
            label=""
            kind={`${first ? words.start : words.end} ${ghost.frame}`}
            colour={colour}
            strong={false}
          />
        )}
        {chosen && !locked && keyAt(track, frame) && <Handles place={place} box={ghost.box} colour={colour} />}
      </Group>
    );
  });
}

/** The way of the centre with a dot for each frame: wide apart is fast. */
function Way({ track, scene, frame, colour, place, chosen, boxes }: Props & { boxes: readonly Drawn[] }) {
  const dots = boxes.flatMap((at, i): { frame: number; at: Point; key: boolean }[] =>
    at ? [{ frame: i, at: toCanvas(place, centreOf(at.box)), key: at.user }] : [],
  );
  const first = dots[0];
  if (!first || dots.every((dot) => Math.hypot(dot.at[0] - first.at[0], dot.at[1] - first.at[1]) < 1)) return null;
  const line = dots.flatMap((dot) => dot.at);
  const points = chosen && track.path ? shownPoints(track, scene.frames).slice(1) : [];
  return (
    <Group opacity={chosen ? 1 : 0.45}>
      <Line points={line} stroke={DARK} strokeWidth={4} lineJoin="round" />
      <Line points={line} stroke={colour} strokeWidth={1.5} lineJoin="round" />
      {dots.map((dot) => (
        <Circle
          key={dot.frame}
          x={dot.at[0]}
          y={dot.at[1]}
          radius={dot.frame === frame ? 5 : dot.key ? 4 : 2.6}
          fill={dot.frame === frame ? "#fff" : colour}
          stroke={DARK}
          strokeWidth={1.5}
        />
      ))}
      {points.map((point, i) => {
        const [x, y] = toCanvas(place, point);
        return <Circle key={i} x={x} y={y} radius={5.5} fill="#16171a" stroke={colour} strokeWidth={2.5} />;
      })}
    </Group>
  );
}

/** Handles; hollow where pulling them makes a new keyframe. */
function Handles({ place, box, colour, hollow }: { place: Place; box: Box; colour: string; hollow?: boolean }) {
  const rect = rectOf(place, box);
  const room = (handle: Handle) =>
    handle.length === 2 || (handle === "n" || handle === "s" ? rect.width : rect.height) >= 44;
  return HANDLES.filter(room).map((handle) => {
    const [x, y] = toCanvas(place, handlePoint(box, handle));
    return (
      <Rect
        key={handle}
        x={x - 4.5}
        y={y - 4.5}
        width={9}
        height={9}
        fill={hollow ? "#16171a" : "#fff"}
        stroke={hollow ? "#fff" : colour}
        strokeWidth={1.5}
        cornerRadius={2}
        shadowColor="#000"
        shadowBlur={3}
        shadowOpacity={0.5}
      />
    );
  });
}

/** The round handle with an arrow: pull it to where the object ends up. */
function Go({ at: [x, y], colour }: { at: Point; colour: string }) {
  return (
    <Group x={x} y={y}>
      <Circle radius={GO_RADIUS} fill={colour} stroke={DARK} strokeWidth={2} shadowColor="#000" shadowBlur={8} shadowOpacity={0.45} />
      <Glyph data="M -6 0 H 6 M 1.5 -4.5 L 6 0 L 1.5 4.5" stroke="#111215" strokeWidth={2.2} lineCap="round" lineJoin="round" />
    </Group>
  );
}
