/** One track in time: its name, its bands (hard, soft, absent), a diamond for each box, the timing of each gap. */

import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { cycledEasing, mapKey, moves, retimed, withKeyCopied, withoutKey } from "../edit/tracks";
import { remarks } from "../scene/rules";
import { nextEasing } from "../scene/easing";
import { firstKey, isAnchor, type Keyframe, lastKey, type Track } from "../scene/scene";
import { begin, edit, editTrack, end, goTo, scene, select, toggleHidden, toggleLocked, useEditor } from "../store/editor";
import { pictureOf } from "../store/pictures";
import { useComparison } from "../player/comparison";
import { useSeen } from "../player/seen";
import { IconButton } from "../ui/controls";
import { icons } from "../ui/icons";
import { useWords } from "../words";
import { Curve } from "./curve";

interface Props {
  readonly track: Track;
  readonly colour: string;
}

export const nameOf = (track: Track, fallback: (id: number) => string): string => track.label || fallback(track.id);

export function Lane({ track, colour }: Props) {
  const words = useWords();
  const chosen = useEditor((state) => state.selection.includes(track.id));
  const name = nameOf(track, words.panel.labelExample);
  return (
    <div
      className={`lane ${chosen ? "chosen" : ""}`}
      role="group"
      aria-label={words.timeline.lane(name)}
      style={{ ["--colour" as string]: colour }}
    >
      <LaneHead track={track} name={name} chosen={chosen} />
      <LaneTrack track={track} name={name} />
    </div>
  );
}

function LaneHead({ track, name, chosen }: { track: Track; name: string; chosen: boolean }) {
  const words = useWords();
  const hidden = useEditor((state) => state.hidden.includes(track.id));
  const locked = useEditor((state) => state.locked.includes(track.id));
  const [naming, setNaming] = useState(false);
  return (
    <div className="lane-head">
      <button
        type="button"
        className="lane-name"
        aria-pressed={chosen}
        aria-label={words.timeline.choose(name)}
        title={words.timeline.rename}
        onClick={(event) => choose(track.id, event.shiftKey || event.ctrlKey || event.metaKey)}
        onDoubleClick={() => setNaming(true)}
      >
        <b className="badge">{track.id}</b>
        {!naming && <span className="lane-label">{name}</span>}
        {!naming && isAnchor(track) && <i className="chip">{words.timeline.pinned}</i>}
        {!naming && track.path && <i className="chip">{words.timeline.path}</i>}
      </button>
      {naming && <NameField track={track} onDone={() => setNaming(false)} />}
      {!naming && <Obeyed id={track.id} />}
      {!naming && <Worry track={track} />}
      <IconButton
        icon={hidden ? "hidden" : "eye"}
        name={hidden ? words.timeline.show(name) : words.timeline.hide(name)}
        action="hide"
        on={hidden}
        className="small"
        onPress={() => toggleHidden([track.id])}
      />
      <IconButton
        icon={locked ? "lock" : "unlock"}
        name={locked ? words.timeline.unlock(name) : words.timeline.lock(name)}
        action="lock"
        on={locked}
        className="small"
        onPress={() => toggleLocked([track.id])}
      />
    </div>
  );
}

function choose(id: number, more: boolean): void {
  const { selection } = useEditor.getState();
  if (!more) return select([id]);
  select(selection.includes(id) ? selection.filter((other) => other !== id) : [...selection, id]);
}

function NameField({ track, onDone }: { track: Track; onDone: () => void }) {
  const words = useWords();
  const done = (label: string) => {
    editTrack(track.id, (old) => ({ ...old, label: label.trim().slice(0, 100) }));
    onDone();
  };
  return (
    <input
      className="name-field"
      autoFocus
      defaultValue={track.label}
      aria-label={words.panel.label}
      onBlur={(event) => done(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") done(event.currentTarget.value);
        if (event.key === "Escape") onDone();
      }}
    />
  );
}

/** How well the result that is shown obeys this track. */
function Obeyed({ id }: { id: number }) {
  const words = useWords().timeline;
  const result = useComparison((state) => state.showing === "result");
  const seen = useSeen(id);
  if (!result || seen === null) return null;
  return (
    <i className="chip iou" title={words.iouTitle}>
      {words.iou(seen.toFixed(2))}
    </i>
  );
}

/** The first thing that may disappoint in this track, in words on hover and for screen readers. */
function Worry({ track }: { track: Track }) {
  const words = useWords().remarks;
  const whole = useEditor((state) => state.history.scene);
  const [worry] = remarks(whole, pictureOf(whole.picture)).filter((remark) => remark.track === track.id);
  if (!worry) return null;
  const said = words[worry.reason](worry.values ?? {});
  const Icon = icons.warn;
  return (
    <span className={`worry ${worry.weight}`} title={said} role="img" aria-label={said}>
      <Icon />
    </span>
  );
}

function LaneTrack({ track, name }: { track: Track; name: string }) {
  const frames = useEditor((state) => state.history.scene.frames);
  const box = useRef<HTMLDivElement>(null);
  const first = firstKey(track);
  const last = lastKey(track);
  const end = track.path && track.keyframes.length === 1 ? frames - 1 : last.frame;
  const at = (frame: number) => `${((frame + 0.5) / frames) * 100}%`;
  const frameAt = (x: number) => {
    const rect = box.current?.getBoundingClientRect();
    return rect ? Math.floor(((x - rect.left) / rect.width) * frames) : 0;
  };
  return (
    <div
      ref={box}
      className="lane-track"
      onPointerDown={(event) => {
        if (event.target !== event.currentTarget) return;
        choose(track.id, event.shiftKey);
        goTo(frameAt(event.clientX));
      }}
    >
      {end > first.frame && (
        <div
          className={`band ${moves(track) ? "moving" : "still"}`}
          style={{ left: at(first.frame), width: `${((end - first.frame) / frames) * 100}%` }}
        />
      )}
      <Gaps track={track} at={at} />
      {track.keyframes.map((key, i) => (
        // By index: a diamond keeps its element (and the pointer) while it moves in time.
        <Diamond key={i} track={track} mark={key} name={name} left={at(key.frame)} frameAt={frameAt} />
      ))}
      {track.path && track.keyframes.length === 1 && <i className="way-end" style={{ left: at(frames - 1) }} />}
    </div>
  );
}

/** The timing of each gap as a small curve; press it for the next one. A path has one for its whole way. */
function Gaps({ track, at }: { track: Track; at: (frame: number) => string }) {
  const words = useWords();
  const frames = useEditor((state) => state.history.scene.frames);
  const gaps = track.path
    ? [{ from: firstKey(track).frame, to: track.keyframes.length > 1 ? lastKey(track).frame : frames - 1, easing: track.path.easing }]
    : track.keyframes.slice(0, -1).map((key, i) => ({
        from: key.frame,
        to: track.keyframes[i + 1]?.frame ?? key.frame,
        easing: key.easing,
      }));
  if (!moves(track)) return null;
  return gaps
    .filter((gap) => gap.to - gap.from > 1)
    .map((gap) => (
      <button
        key={gap.from}
        type="button"
        className="gap"
        style={{ left: at((gap.from + gap.to) / 2) }}
        aria-label={words.timeline.easing(gap.from, gap.to, words.easings[gap.easing])}
        title={words.timeline.easing(gap.from, gap.to, words.easings[gap.easing])}
        onClick={() => {
          select([track.id]);
          editTrack(track.id, (old) =>
            old.path ? cycledEasing(old, gap.from) : mapKey(old, gap.from, (key) => ({ ...key, easing: nextEasing(key.easing) })),
          );
        }}
      >
        <Curve easing={gap.easing} />
      </button>
    ));
}

interface DiamondProps {
  readonly track: Track;
  readonly mark: Keyframe;
  readonly name: string;
  readonly left: string;
  readonly frameAt: (x: number) => number;
}

/** A box the person gave, at its frame: drag to retime it, with Alt to leave a copy behind. */
function Diamond({ track, mark, name, left, frameAt }: DiamondProps) {
  const words = useWords();
  const frame = useEditor((state) => state.frame);
  const drag = useRef<{ from: number; at: number; before: Track; copy: boolean; x: number; moved: boolean } | null>(null);
  const kind = mark.hard ? words.canvas.tags.hard : words.canvas.tags.soft;
  const onPointerDown = (event: PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { from: mark.frame, at: mark.frame, before: track, copy: event.altKey, x: event.clientX, moved: false };
    begin();
  };
  const onPointerMove = (event: PointerEvent<HTMLButtonElement>) => {
    const now = drag.current;
    if (!now) return;
    if (!now.moved && Math.abs(event.clientX - now.x) < 4) return;
    now.moved = true;
    const to = Math.max(0, Math.min(scene().frames - 1, frameAt(event.clientX)));
    if (to === now.at) return;
    now.at = to;
    const changed = now.copy ? withKeyCopied(now.before, now.from, to) : retimed(now.before, now.from, to, scene().frames);
    edit((old) => ({ ...old, tracks: old.tracks.map((one) => (one.id === track.id ? changed : one)) }));
  };
  const onPointerUp = () => {
    const now = drag.current;
    drag.current = null;
    end();
    if (!now) return;
    select([track.id]);
    goTo(now.moved ? now.at : mark.frame);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      event.stopPropagation();
      const to = mark.frame + (event.key === "ArrowLeft" ? -1 : 1);
      editTrack(track.id, (old) => retimed(old, mark.frame, to, scene().frames));
      goTo(to);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      event.stopPropagation();
      editTrack(track.id, (old) => withoutKey(old, mark.frame));
    }
  };
  return (
    <button
      type="button"
      className={`diamond ${mark.hard ? "hard" : "soft"} ${mark.frame === frame ? "now" : ""}`}
      style={{ left }}
      aria-label={words.timeline.key(name, mark.frame, kind)}
      title={`${kind} · ${mark.frame}`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onKeyDown={onKeyDown}
    />
  );
}
