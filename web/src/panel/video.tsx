/** The video that is asked for: length, speed, size, seed. */

import { stretched } from "../edit/tracks";
import { LARGEST_SEED } from "../scene/scene";
import { edit, useEditor } from "../store/editor";
import { pictureOf } from "../store/pictures";
import { rollSeed, useJobs } from "../api/jobs";
import { Choice, IconButton, NumberField } from "../ui/controls";
import { useWords } from "../words";
import { Remarks } from "./remarks";

/** Denoising steps of a first look. */
const DRAFT = 4;

export function VideoCard() {
  const words = useWords().panel;
  const scene = useEditor((state) => state.history.scene);
  const most = useJobs((state) => state.capabilities?.limits.frames ?? 241);
  return (
    <section className="card">
      <header className="card-head">
        <span className="card-title">{words.settings}</span>
        <span className="help">{words.lasting((scene.frames / scene.fps).toFixed(1))}</span>
      </header>
      <div className="row">
        <NumberField
          label={words.frames}
          value={scene.frames}
          low={2}
          high={most}
          onChange={(frames) => edit((old) => stretched(old, Math.round(frames)), "frames")}
        />
        <NumberField
          label={words.fps}
          name={words.fpsName}
          value={scene.fps}
          low={1}
          high={60}
          onChange={(fps) => edit((old) => ({ ...old, fps: Math.round(fps) }), "fps")}
        />
      </div>
      <Remarks of={["long"]} />
      <Size />
      <Seed />
      <Quality />
    </section>
  );
}

function Size() {
  const words = useWords().panel;
  const scene = useEditor((state) => state.history.scene);
  const picture = pictureOf(scene.picture);
  const own = scene.width !== null && scene.height !== null;
  const even = (value: number) => Math.max(64, Math.round(value / 2) * 2);
  return (
    <div className="group">
      <span className="label">{words.size}</span>
      <Choice
        name={words.size}
        value={own ? "own" : "picture"}
        options={[
          { value: "picture", label: words.asPicture(picture ? `${picture.width}×${picture.height}` : "–") },
          { value: "own", label: words.ownSize },
        ]}
        onChange={(value) =>
          edit((old) =>
            value === "own"
              ? { ...old, width: even(Math.min(1024, picture?.width ?? 512)), height: even((Math.min(1024, picture?.width ?? 512) * (picture?.height ?? 384)) / (picture?.width ?? 512)) }
              : { ...old, width: null, height: null },
          )
        }
      />
      {own && (
        <div className="row">
          <NumberField
            label={words.width}
            value={scene.width ?? 0}
            low={16}
            high={8192}
            onChange={(width) => edit((old) => ({ ...old, width: Math.round(width) }), "width")}
          />
          <NumberField
            label={words.height}
            value={scene.height ?? 0}
            low={16}
            high={8192}
            onChange={(height) => edit((old) => ({ ...old, height: Math.round(height) }), "height")}
          />
        </div>
      )}
      <Remarks of={["ratio"]} />
    </div>
  );
}

function Seed() {
  const words = useWords().panel;
  const seed = useEditor((state) => state.history.scene.seed);
  const locked = useEditor((state) => state.seedLocked);
  return (
    <div className="row seed">
      <NumberField
        label={words.seed}
        value={seed}
        low={0}
        high={LARGEST_SEED}
        onChange={(value) => edit((old) => ({ ...old, seed: Math.round(value) }), "seed")}
      />
      <IconButton icon="dice" name={words.rollSeed} onPress={rollSeed} />
      <IconButton
        icon={locked ? "lock" : "unlock"}
        name={locked ? words.unlockSeed : words.lockSeed}
        className="toggle"
        on={locked}
        onPress={() => useEditor.setState({ seedLocked: !locked })}
      />
    </div>
  );
}

function Quality() {
  const words = useWords().panel;
  const steps = useJobs((state) => state.steps);
  return (
    <div className="group">
      <span className="label">{words.quality}</span>
      <Choice
        name={words.quality}
        value={steps === null ? "normal" : "draft"}
        options={[
          { value: "draft", label: words.draft },
          { value: "normal", label: words.normal },
        ]}
        onChange={(value) => useJobs.setState({ steps: value === "draft" ? DRAFT : null })}
      />
    </div>
  );
}
