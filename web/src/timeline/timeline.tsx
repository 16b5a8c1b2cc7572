/** The timeline: transport, a ruler, a lane for each track. */

import { type PointerEvent, useRef } from "react";
import { colourOf } from "../canvas/colours";
import { goTo, play, useEditor } from "../store/editor";
import { IconButton } from "../ui/controls";
import { useWords } from "../words";
import { Lane } from "./lane";
import { usePlayback } from "./playback";

export function Timeline() {
  const words = useWords();
  usePlayback();
  const { scene } = useEditor((state) => state.history);
  return (
    <section className="timeline" aria-label={words.timeline.name}>
      <Transport />
      <div className="lanes" style={{ ["--frames" as string]: scene.frames }}>
        <Ruler />
        {scene.tracks.map((track, slot) => (
          <Lane key={track.id} track={track} colour={colourOf(slot)} />
        ))}
        {!scene.tracks.length && <p className="lanes-empty">{words.timeline.empty}</p>}
        <Playhead />
      </div>
    </section>
  );
}

function Transport() {
  const words = useWords().timeline;
  const { playing, loop, frame, history } = useEditor();
  const { frames, fps } = history.scene;
  const last = frames - 1;
  return (
    <div className="transport">
      <IconButton icon="first" name={words.first} action="first" onPress={() => goTo(0)} />
      <IconButton icon="back" name={words.back} action="stepBack" onPress={() => goTo(frame - 1)} />
      <IconButton
        icon={playing ? "pause" : "play"}
        name={playing ? words.pause : words.play}
        keys="Space"
        className="play"
        onPress={() => play(!playing)}
      />
      <IconButton icon="forward" name={words.forward} action="stepForward" onPress={() => goTo(frame + 1)} />
      <IconButton icon="last" name={words.last} action="last" onPress={() => goTo(last)} />
      <IconButton
        icon="loop"
        name={words.loop}
        action="loop"
        className="toggle"
        on={loop}
        onPress={() => useEditor.setState({ loop: !loop })}
      />
      <output className="counter" aria-label={words.frame}>
        <b>{String(frame).padStart(String(last).length, "0")}</b>
        <span>{words.of(last)}</span>
        <span>{words.seconds((frame / fps).toFixed(2))}</span>
      </output>
    </div>
  );
}

/** Frame numbers; drag along it to look at any frame. */
function Ruler() {
  const words = useWords().timeline;
  const frames = useEditor((state) => state.history.scene.frames);
  const frame = useEditor((state) => state.frame);
  const track = useRef<HTMLDivElement>(null);
  const every = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => frames / step <= 24) ?? 2000;
  const scrub = (event: PointerEvent<HTMLDivElement>) => {
    const box = track.current?.getBoundingClientRect();
    if (box) goTo(Math.floor(((event.clientX - box.left) / box.width) * frames));
  };
  return (
    <div className="lane ruler">
      <div className="lane-head" />
      <div
        ref={track}
        className="lane-track"
        role="slider"
        tabIndex={0}
        aria-label={words.ruler}
        aria-valuemin={0}
        aria-valuemax={frames - 1}
        aria-valuenow={frame}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          play(false);
          scrub(event);
        }}
        onPointerMove={(event) => event.buttons & 1 && scrub(event)}
      >
        {Array.from({ length: Math.ceil(frames / every) }, (_, i) => i * every).map((at) => (
          <span key={at} style={{ left: `${((at + 0.5) / frames) * 100}%` }} className={at === frame ? "now" : ""}>
            {at}
          </span>
        ))}
      </div>
    </div>
  );
}

function Playhead() {
  const frame = useEditor((state) => state.frame);
  return <div className="playhead" style={{ ["--at" as string]: frame }} aria-hidden="true" />;
}
