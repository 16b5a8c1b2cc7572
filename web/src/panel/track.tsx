/** The chosen track: its name, the box on this frame, its way and timing. */

import { colourOf } from "../canvas/colours";
import { applyPreset, duplicate, endHere, removeChosen, setSide, toggleHard, toggleKey, togglePin } from "../edit/actions";
import { OF_TRACK } from "../edit/presets";
import { boxOn, gapStart, withEasing } from "../edit/tracks";
import type { Box } from "../scene/box";
import { EASINGS, type Easing } from "../scene/easing";
import { isAnchor, keyAt, type Path, type Track } from "../scene/scene";
import { useKeyOf } from "../keys/bindings";
import { chosen, editTrack, useEditor } from "../store/editor";
import { Curve } from "../timeline/curve";
import { Choice, IconButton, Menu, NumberField } from "../ui/controls";
import { icons } from "../ui/icons";
import { useWords } from "../words";
import { CutHint } from "./cut_hint";
import { Find } from "./find";
import { Remarks } from "./remarks";

export function TrackCard() {
  const words = useWords().panel;
  const track = useEditor(chosen);
  const count = useEditor((state) => state.selection.length);
  const slot = useEditor((state) => state.history.scene.tracks.findIndex((one) => one.id === track?.id));
  if (!track) {
    return (
      <section className="card quiet">
        <p className="help">{words.nothingChosen}</p>
        <Find />
        <Remarks of={["no_tracks"]} />
      </section>
    );
  }
  return (
    <section className="card" style={{ ["--colour" as string]: colourOf(slot) }}>
      <header className="card-head">
        <b className="badge">{track.id}</b>
        {count > 1 ? <span className="card-title">{words.several(count)}</span> : <NameField track={track} />}
        <IconButton icon="copy" name={words.duplicate} action="duplicate" className="small" onPress={duplicate} />
        <IconButton icon="trash" name={words.remove} action="remove" className="small" onPress={removeChosen} />
      </header>
      <CutHint track={track} />
      <Remarks track={track.id} />
      <BoxOnFrame track={track} />
      <Way track={track} />
      <Actions track={track} />
    </section>
  );
}

function NameField({ track }: { track: Track }) {
  const words = useWords().panel;
  return (
    <input
      className="name-field"
      aria-label={words.label}
      placeholder={words.labelExample(track.id)}
      maxLength={100}
      value={track.label}
      onChange={(event) => editTrack(track.id, (old) => ({ ...old, label: event.target.value }), `label ${track.id}`)}
    />
  );
}

function BoxOnFrame({ track }: { track: Track }) {
  const words = useWords().panel;
  const frame = useEditor((state) => state.frame);
  const frames = useEditor((state) => state.history.scene.frames);
  const addKey = useKeyOf("key");
  const key = keyAt(track, frame);
  const box = boxOn(track, frame, frames);
  const Plus = icons.plus;
  return (
    <div className="group">
      <div className="row spread">
        <span className="label">{box ? words.onFrame(frame) : words.absent(frame)}</span>
        {key && track.keyframes.length > 1 && (
          <button type="button" className="link" onClick={toggleKey}>
            {words.removeKey}
          </button>
        )}
      </div>
      {key && (
        <Choice
          name={words.onFrame(frame)}
          value={key.hard ? "hard" : "soft"}
          options={[
            { value: "hard", label: words.hard, help: words.hardHelp },
            { value: "soft", label: words.soft, help: words.softHelp },
          ]}
          onChange={(value) => (value === "hard") !== key.hard && toggleHard()}
        />
      )}
      {key && <p className="help">{key.hard ? words.hardHelp : words.softHelp}</p>}
      {!key && box && <p className="help">{words.between}</p>}
      {!key && (
        <button type="button" className="button wide" onClick={toggleKey}>
          <Plus />
          {words.addKey}
          <kbd>{addKey}</kbd>
        </button>
      )}
      {box && <Sides id={track.id} box={box} />}
    </div>
  );
}

const percent = (value: number) => Math.round(value * 1000) / 10;

function Sides({ id, box }: { id: number; box: Box }) {
  const words = useWords().panel;
  const [x0, y0, x1, y1] = box;
  const fields = [
    ["x", x0],
    ["y", y0],
    ["width", x1 - x0],
    ["height", y1 - y0],
  ] as const;
  return (
    <div className="sides">
      {fields.map(([side, value], i) => (
        <NumberField
          key={side}
          label={words.sides[side]}
          name={words.sideNames[side]}
          value={percent(value)}
          low={i < 2 ? -400 : 0}
          high={500}
          step={0.5}
          onChange={(typed) => setSide(id, i as 0 | 1 | 2 | 3, typed)}
        />
      ))}
    </div>
  );
}

function Way({ track }: { track: Track }) {
  const all = useWords();
  const words = all.panel;
  const frame = useEditor((state) => state.frame);
  const gap = track.path ? null : gapStart(track, frame);
  const easing = track.path ? track.path.easing : gap?.easing;
  if (isAnchor(track) || !easing) return null;
  const change = (next: Easing) =>
    editTrack(track.id, (old) =>
      old.path ? { ...old, path: { ...old.path, easing: next } } : withEasing(old, gap?.frame ?? 0, next),
    );
  return (
    <div className="group">
      {track.path && <PathRow path={track.path} id={track.id} />}
      <span className="label">{track.path ? words.timingOfPath : words.timing}</span>
      <div className="choice curves" role="radiogroup" aria-label={words.timing}>
        {EASINGS.map((one) => (
          <button
            key={one}
            type="button"
            role="radio"
            aria-checked={one === easing}
            aria-label={all.easings[one]}
            title={all.easings[one]}
            onClick={() => change(one)}
          >
            <Curve easing={one} size={20} />
          </button>
        ))}
      </div>
      <p className="help">{all.easings[easing]}</p>
    </div>
  );
}

function PathRow({ path, id }: { path: Path; id: number }) {
  const words = useWords().panel;
  const change = (next: Path | null) => editTrack(id, (old) => ({ ...old, path: next }));
  return (
    <>
      <span className="label">{words.pathKind}</span>
      <div className="row">
        <Choice
          name={words.pathKind}
          value={path.kind}
          options={[
            { value: "smooth", label: words.smooth },
            { value: "polyline", label: words.polyline },
          ]}
          onChange={(kind) => change({ ...path, kind })}
        />
        <IconButton icon="trash" name={words.removePath} className="small" onPress={() => change(null)} />
      </div>
    </>
  );
}

function Actions({ track }: { track: Track }) {
  const all = useWords();
  const words = all.panel;
  const pinKey = useKeyOf("pin");
  const Pin = icons.pin;
  const anchored = isAnchor(track);
  return (
    <div className="row wrap">
      <button type="button" className="button" aria-pressed={anchored} title={pinKey} onClick={togglePin}>
        <Pin />
        {anchored ? words.unpin : words.pin}
      </button>
      {!anchored && (
        <Menu
          name={words.passage}
          className="button"
          trigger={words.passage}
          items={OF_TRACK.map((preset) => ({ label: all.presets.labels[preset], onPress: () => applyPreset(preset) }))}
        />
      )}
      <IconButton icon="end" name={words.endHere} action="absent" onPress={endHere} />
    </div>
  );
}
