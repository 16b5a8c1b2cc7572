/** The button that makes the video, and how far it is. Always in the same place. */

import { useEffect, useRef, useState } from "react";
import type { Job } from "../api/client";
import { cancel, generate, isOver, retry, useJobs } from "../api/jobs";
import { useKeyOf } from "../keys/bindings";
import { lookAt } from "../player/look";
import type { Track } from "../scene/scene";
import { useEditor } from "../store/editor";
import { say } from "../store/notices";
import { useWords } from "../words";
import { useRemarks } from "./remarks";

type Layer = keyof ReturnType<typeof useWords>["verify"]["layers"];

export function Generate({ onDone }: { onDone: () => void }) {
  const words = useWords();
  const { jobs, online, sending, capabilities } = useJobs();
  const marks = capabilities?.marks ?? [];
  const stops = useRemarks().filter((remark) => remark.weight === "stop");
  const active = jobs.filter((job) => !isOver(job));
  // What this page asked for, and the tracks as they were then.
  const [own, setOwn] = useState<ReadonlyMap<string, readonly Track[]>>(new Map());
  const [newest] = jobs.filter((job) => own.has(job.id));
  const told = useRef(new Set<string>());
  useEffect(() => {
    for (const job of jobs) {
      const asked = own.get(job.id);
      if (!asked || job.state !== "done" || told.current.has(job.id)) continue;
      told.current.add(job.id);
      onDone();
      // Whoever has gone on drawing is not pulled away from it.
      if (asked === useEditor.getState().history.scene.tracks) void lookAt(job.id);
      else say(`${words.job.done}: ${job.title || words.results.untitled}`);
    }
  }, [jobs, own, onDone, words]);
  const press = async () => {
    const asked = useEditor.getState().history.scene.tracks;
    const job = await generate();
    if (job) setOwn((known) => new Map(known).set(job.id, asked));
  };
  const label = active.length ? words.job.another : own.size ? words.job.again : words.job.generate;
  const [stop] = stops;
  const key = useKeyOf("generate");
  return (
    <footer className="generate">
      {!online && <p className="offline" role="status">{words.job.offline}</p>}
      {active
        .slice()
        .reverse()
        .slice(0, 3)
        .map((job) => (
          <Progress key={job.id} job={job} ahead={aheadOf(job, active)} />
        ))}
      {newest?.state === "failed" && <Failure job={newest} />}
      {stop && !active.length && (
        <p className="help stop" id="generate-stop">
          {words.remarks[stop.reason](stop.values ?? {})}
        </p>
      )}
      <button
        type="button"
        id="generate"
        className="primary"
        disabled={stops.length > 0 || sending || !online}
        aria-describedby={stop ? "generate-stop" : undefined}
        title={key}
        onClick={() => void press()}
      >
        {label}
        <kbd>{key}</kbd>
      </button>
      {marks.length > 0 && (
        <p className="help marks">{words.results.marks(marks.map((name) => words.verify.layers[name as Layer] ?? name))}</p>
      )}
    </footer>
  );
}

/** Jobs that will run before this one. */
const aheadOf = (job: Job, active: readonly Job[]): number =>
  active.filter((other) => other.priority > job.priority || (other.priority === job.priority && other.created < job.created)).length;

function Progress({ job, ahead }: { job: Job; ahead: number }) {
  const words = useWords().job;
  const share = job.steps ? job.step / job.steps : 0;
  const said =
    job.state === "queued"
      ? words.queued(ahead)
      : job.state === "cancelling"
        ? words.cancelling
        : job.steps && job.step
          ? words.running(job.step, job.steps)
          : words.starting;
  return (
    <div className={`progress ${job.state}`}>
      {job.preview && <img key={job.preview} src={job.preview} alt={words.preview} />}
      <div className="progress-words">
        <b>{job.title || words.progress}</b>
        <span role="status">{said}</span>
        <div
          className={`bar ${job.state === "running" && !job.step ? "busy" : ""}`}
          role="progressbar"
          aria-label={words.progress}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
        >
          <i style={{ width: `${share * 100}%` }} />
        </div>
      </div>
      <button
        type="button"
        className="button"
        disabled={job.state === "cancelling"}
        onClick={() => void cancel(job.id)}
      >
        {words.cancel}
      </button>
    </div>
  );
}

function Failure({ job }: { job: Job }) {
  const words = useWords().job;
  return (
    <div className="failure" role="alert">
      <b>{words.failed}</b>
      {job.reason && <p>{`${job.reason.given} ${job.reason.fix}`}</p>}
      <button type="button" className="button" onClick={() => void retry(job.id)}>
        {words.retry}
      </button>
    </div>
  );
}
