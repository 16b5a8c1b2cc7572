/** The canvas: the picture, everything drawn on it, and the pointer. */

import { type MouseEvent, type PointerEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Layer, Rect, Stage } from "react-konva";
import type { Box, Point } from "../scene/box";
import { aspectOf, drop, type Editor, type Tool, useEditor } from "../store/editor";
import { pictureOf } from "../store/pictures";
import { useComparison } from "../player/comparison";
import { sameMoment, useResultPixels } from "../player/frames";
import { useSeenTracks } from "../player/seen";
import { useWords } from "../words";
import { colourOf } from "./colours";
import { dragged, isDrawn, type Pointer, type Press, pressed, released, removePoint } from "./gestures";
import { FoundCorners, FoundTag } from "./found_shapes";
import { type Place, placed, rectOf, toFrame, zoomedAt } from "./geometry";
import { CutOuts, Frame, Split } from "./ground";
import { type Target, targetsAt } from "./targets";
import { TrackShapes } from "./track_shapes";

/** Space held down turns every tool into the hand; whether it was used tells a tap (play) from a hold. */
export const hand = { held: false, used: false };

export function Canvas() {
  const words = useWords();
  const [box, canvas] = useSize();
  const state = useEditor();
  const { scene } = state.history;
  const comparison = useComparison();
  const film = useResultPixels();
  const shown = useMemo(() => placed(canvas, aspectOf(scene), state.view), [canvas, scene, state.view]);
  const pointer = usePointer(state, shown, canvas);
  const pixels = pictureOf(scene.picture)?.image ?? null;
  const result = comparison.showing === "result";
  const plain = state.playing || result;
  const tagWords = words.canvas.tags;
  return (
    <div
      ref={box}
      className={`canvas cursor-${pointer.cursor}`}
      role="application"
      aria-label={words.canvas.name}
      aria-describedby="canvas-help"
      data-frame={[shown.left, shown.top, shown.width, shown.height].map((value) => value.toFixed(2)).join(" ")}
      tabIndex={0}
      {...pointer.handlers}
    >
      <Stage width={canvas.width} height={canvas.height} listening={false}>
        <Layer listening={false}>
          {!result && <Frame place={shown} pixels={pixels} />}
          {result && comparison.second && <Split place={shown} a={film.a} b={film.b} at={comparison.split} />}
          {result && !comparison.second && <Frame place={shown} pixels={film.a ?? pixels} />}
          {!result && <CutOuts scene={scene} frame={state.frame} hidden={state.hidden} place={shown} pixels={pixels} />}
        </Layer>
        <Layer listening={false}>
          {result && comparison.found && <Found part="corners" frame={state.frame} hidden={state.hidden} place={shown} />}
          {(!result || comparison.overlay) &&
            inOrder(state, comparison.scene).map(({ track, slot }) => (
              <TrackShapes
                key={track.id}
                track={track}
                scene={result && comparison.scene ? comparison.scene : scene}
                frame={result && comparison.scene ? sameMoment(state.frame, comparison.scene.frames) : state.frame}
                colour={colourOf(slot)}
                place={shown}
                chosen={state.selection.includes(track.id)}
                locked={state.locked.includes(track.id)}
                onion={state.onion}
                plain={plain}
                words={tagWords}
              />
            ))}
          {result && comparison.found && <Found part="tags" frame={state.frame} hidden={state.hidden} place={shown} />}
          {pointer.drawing && (
            <Rect
              {...rectOf(shown, pointer.drawing.box)}
              stroke="#fff"
              strokeWidth={1.5}
              dash={pointer.drawing.marquee ? [4, 4] : undefined}
              fill="rgba(255,255,255,0.08)"
            />
          )}
        </Layer>
      </Stage>
      <p id="canvas-help" className="unseen">
        {words.canvas.help}
      </p>
      {pointer.tip && (
        <div className="tip" style={{ left: pointer.tip.at[0], top: pointer.tip.at[1] }}>
          {words.canvas.frameAt(pointer.tip.frame, (pointer.tip.frame / scene.fps).toFixed(2))}
        </div>
      )}
    </div>
  );
}

/** What was found of the tracks in the result that is looked at: corners under what was asked, tags over it. */
function Found({ part, frame, hidden, place }: { part: "corners" | "tags"; frame: number; hidden: readonly number[]; place: Place }) {
  const words = useWords().canvas.tags;
  const scene = useComparison((state) => state.scene);
  const tracks = useSeenTracks();
  return tracks.map((seen) => {
    const slot = scene?.tracks.findIndex((track) => track.id === seen.id) ?? -1;
    if (slot < 0 || hidden.includes(seen.id)) return null;
    const at = { seen, frame: sameMoment(frame, seen.boxes.length), place };
    if (part === "corners") return <FoundCorners key={seen.id} {...at} />;
    return <FoundTag key={seen.id} {...at} colour={colourOf(slot)} words={words.found} />;
  });
}

/** Tracks to draw: the chosen ones last, on top. */
function inOrder(state: Editor, resultScene: Editor["history"]["scene"] | null) {
  const scene = resultScene ?? state.history.scene;
  return scene.tracks
    .map((track, slot) => ({ track, slot }))
    .filter(({ track }) => !state.hidden.includes(track.id))
    .sort((a, b) => Number(state.selection.includes(a.track.id)) - Number(state.selection.includes(b.track.id)));
}

function useSize() {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 640, height: 480 });
  // Measured before the first paint, so that the frame never jumps under the pointer.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [box, size] as const;
}

interface Drawing {
  readonly box: Box;
  readonly marquee: boolean;
}

type Touches = Map<number, Point>;

function usePointer(state: Editor, place: ReturnType<typeof placed>, canvas: { width: number; height: number }) {
  const press = useRef<Press | null>(null);
  const touches = useRef<Touches>(new Map());
  const [hover, setHover] = useState<Target | undefined>();
  const [at, setAt] = useState<Point>([0, 0]);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const result = useComparison.getState().showing === "result";
  const tool: Tool = hand.held || result ? "pan" : state.tool;

  useLayoutEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !press.current) return;
      event.stopImmediatePropagation();
      press.current = null;
      setDrawing(null);
      drop();
    };
    window.addEventListener("keydown", escape, true);
    return () => window.removeEventListener("keydown", escape, true);
  }, []);

  const read = (event: PointerEvent<HTMLElement>): Pointer => {
    const frame = event.currentTarget.getBoundingClientRect();
    return {
      at: [event.clientX - frame.left, event.clientY - frame.top],
      place,
      shift: event.shiftKey,
      alt: event.altKey,
      ctrl: event.ctrlKey || event.metaKey,
    };
  };
  const under = (pointer: Pointer, touch: boolean) =>
    targetsAt({ ...state, scene: state.history.scene, place }, pointer.at, touch ? 18 : undefined);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    const pointer = read(event);
    touches.current.set(event.pointerId, pointer.at);
    if (touches.current.size === 2) {
      if (press.current) drop();
      press.current = null;
      setDrawing(null);
      return;
    }
    if (event.button === 2) return;
    if (hand.held) hand.used = true;
    useEditor.setState({ playing: result ? state.playing : false });
    const split = splitUnder(pointer);
    if (split) return;
    const targets = under(pointer, event.pointerType === "touch");
    press.current = pressed(pointer, targets, event.button === 1 ? "pan" : tool);
  };
  const splitUnder = (pointer: Pointer) => {
    const comparison = useComparison.getState();
    if (comparison.showing !== "result" || !comparison.second) return false;
    const x = place.left + place.width * comparison.split;
    const hit = Math.abs(pointer.at[0] - x) < 16;
    if (hit) useComparison.setState({ splitting: true });
    return hit;
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const pointer = read(event);
    if (touches.current.has(event.pointerId)) {
      if (touches.current.size === 2) pinch(touches.current, event.pointerId, pointer.at, canvas);
      touches.current.set(event.pointerId, pointer.at);
    }
    if (useComparison.getState().splitting) {
      const [x] = toFrame(place, pointer.at);
      useComparison.setState({ split: Math.min(1, Math.max(0, x)) });
      return;
    }
    if (press.current) {
      const box = dragged(press.current, pointer);
      const marquee = press.current.gesture.kind === "marquee";
      setDrawing(box && (marquee || isDrawn(box, place)) ? { box, marquee } : null);
      return;
    }
    setAt(pointer.at);
    setHover(result ? undefined : under(pointer, false)[0]);
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    touches.current.delete(event.pointerId);
    useComparison.setState({ splitting: false });
    if (!press.current) return;
    released(press.current, read(event));
    press.current = null;
    setDrawing(null);
  };
  const onContextMenu = (event: MouseEvent<HTMLElement>) => {
    event.preventDefault();
    const frame = event.currentTarget.getBoundingClientRect();
    const point: Point = [event.clientX - frame.left, event.clientY - frame.top];
    const target = targetsAt({ ...state, scene: state.history.scene, place }, point).find((one) => one.kind === "point");
    if (target?.kind === "point") removePoint(target.id, target.index);
  };

  useWheel(canvas);
  return {
    drawing,
    cursor: cursorOf(tool, hover, press.current),
    tip: hover?.kind === "dot" && !press.current ? { frame: hover.frame, at } : null,
    handlers: {
      onPointerDown,
      onPointerMove,
      onPointerUp,
      onPointerCancel: onPointerUp,
      onPointerLeave: () => setHover(undefined),
      onContextMenu,
    },
  };
}

/** Two fingers: the frame follows both. */
function pinch(touches: Touches, moved: number, to: Point, canvas: { width: number; height: number }): void {
  const from = touches.get(moved);
  const other = [...touches].find(([id]) => id !== moved)?.[1];
  if (!from || !other) return;
  const spread = (a: Point) => Math.max(8, Math.hypot(a[0] - other[0], a[1] - other[1]));
  useEditor.setState(({ view }) => {
    const zoomed = zoomedAt(view, spread(to) / spread(from), other, canvas);
    return { view: { ...zoomed, x: zoomed.x + (to[0] - from[0]) / 2, y: zoomed.y + (to[1] - from[1]) / 2 } };
  });
}

/** The wheel zooms at the cursor; with Shift it pans. */
function useWheel(canvas: { width: number; height: number }): void {
  const zoom = useCallback(
    (event: WheelEvent) => {
      const element = (event.target as Element).closest(".canvas");
      if (!element) return;
      event.preventDefault();
      const frame = element.getBoundingClientRect();
      const unit = event.deltaMode === 1 ? 16 : 1;
      useEditor.setState(({ view }) => {
        if (event.shiftKey) {
          return { view: { ...view, x: view.x - event.deltaX * unit - event.deltaY * unit } };
        }
        const factor = Math.exp(-event.deltaY * unit * 0.0016);
        return { view: zoomedAt(view, factor, [event.clientX - frame.left, event.clientY - frame.top], canvas) };
      });
    },
    [canvas],
  );
  useLayoutEffect(() => {
    window.addEventListener("wheel", zoom, { passive: false });
    return () => window.removeEventListener("wheel", zoom);
  }, [zoom]);
}

function cursorOf(tool: Tool, hover: Target | undefined, press: Press | null): string {
  if (tool === "pan") return press ? "grabbing" : "grab";
  if (tool === "path") return hover?.kind === "point" ? "move" : "pen";
  if (hover?.kind === "handle") return hover.handle;
  if (tool === "box") return "draw";
  if (hover?.kind === "go") return "grab";
  if (hover?.kind === "dot") return "pointer";
  return hover ? "move" : "draw";
}
