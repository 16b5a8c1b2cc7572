/** What came of it: every job, the newest first; look, compare, download, go on from there. */

import type { Job } from "../api/client";
import { cancel, clock, isOver, remove, retry, useJobs } from "../api/jobs";
import { useComparison } from "../player/comparison";
import { compareWith, editSceneOf, lookAt } from "../player/look";
import { IconButton, Menu } from "../ui/controls";
import { icons } from "../ui/icons";
import { useWords } from "../words";

export function Results() {
  const words = useWords().results;
  const jobs = useJobs((state) => state.jobs);
  if (!jobs.length) return <p className="empty">{words.empty}</p>;
  return (
    <ul className="results">
      {jobs.map((job) => (
        <ResultCard key={job.id} job={job} />
      ))}
    </ul>
  );
}

function ResultCard({ job }: { job: Job }) {
  const words = useWords();
  const { first, second, showing } = useComparison();
  const title = job.title || words.results.untitled;
  const looking = showing === "result" && (job.id === first || job.id === second);
  const mark = looking && second ? (job.id === first ? words.results.a : words.results.b) : null;
  return (
    <li className={`result ${looking ? "looking" : ""}`}>
      <button
        type="button"
        className="thumb"
        aria-label={words.results.open(title)}
        disabled={!job.result}
        onClick={() => void lookAt(job.id)}
      >
        <Thumb job={job} />
        {mark && <b className="mark">{mark}</b>}
      </button>
      <div className="result-words">
        <b>{title}</b>
        <State job={job} />
        {isOver(job) ? <Actions job={job} /> : (
          <button type="button" className="button" onClick={() => void cancel(job.id)}>
            {words.job.cancel}
          </button>
        )}
      </div>
    </li>
  );
}

function Thumb({ job }: { job: Job }) {
  const { result } = job;
  const Picture = icons.picture;
  // Halfway through, the motion is seen and nothing has left yet.
  if (result) return <img src={result.frame.replace("{index}", String(result.frames >> 1))} alt="" loading="lazy" />;
  if (job.preview) return <img src={job.preview} alt="" />;
  return <Picture />;
}

function State({ job }: { job: Job }) {
  const words = useWords();
  const { result } = job;
  if (result) {
    const scores = (result.seen ?? []).flatMap((seen) => (seen.mean_iou == null ? [] : [seen.mean_iou]));
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    return (
      <span className="help">
        {clock(job.created)} · {result.width}×{result.height} · {words.results.took(result.seconds.toFixed(1))}
        {scores.length > 0 && ` · ${words.results.mean} ${mean.toFixed(2)}`}
      </span>
    );
  }
  if (job.state === "failed") return <span className="help wrong">{job.reason?.given ?? words.job.failed}</span>;
  if (job.state === "cancelled") return <span className="help">{words.job.cancelled}</span>;
  if (job.state === "cancelling") return <span className="help">{words.job.cancelling}</span>;
  if (job.state === "queued") return <span className="help">{words.job.queued(0)}</span>;
  return <span className="help">{job.step ? words.job.running(job.step, job.steps) : words.job.starting}</span>;
}

function Actions({ job }: { job: Job }) {
  const words = useWords();
  const { first, second, showing } = useComparison();
  const { result } = job;
  const Download = icons.download;
  const comparing = second === job.id;
  const canCompare = showing === "result" && first !== null && first !== job.id;
  return (
    <div className="row tight">
      {result && (
        <Menu
          name={words.results.download}
          className="icon-button small"
          trigger={<Download />}
          items={[
            { label: words.results.mp4, onPress: () => fetchFile(result.downloads.mp4) },
            { label: words.results.gif, onPress: () => fetchFile(result.downloads.gif) },
            { label: words.results.json, onPress: () => fetchFile(result.downloads.json) },
          ]}
        />
      )}
      {result && (
        <IconButton
          icon="compare"
          name={comparing ? words.results.stopComparing : words.results.compare}
          on={comparing}
          disabled={!canCompare && !comparing}
          className="small"
          onPress={() => compareWith(comparing ? null : job.id)}
        />
      )}
      <IconButton icon="edit" name={words.results.edit} className="small" onPress={() => void editSceneOf(job.id)} />
      {!result && <button type="button" className="link" onClick={() => void retry(job.id)}>{words.job.retry}</button>}
      <IconButton icon="trash" name={words.results.delete} className="small" onPress={() => void remove(job.id)} />
    </div>
  );
}

/** The browser saves the file under the name the service gives it. */
function fetchFile(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}
