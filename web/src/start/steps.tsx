/** The first time, a line says what comes next; it is gone once something was generated. */

import { useJobs } from "../api/jobs";
import { moves } from "../edit/tracks";
import { useEditor } from "../store/editor";
import { useComparison } from "../player/comparison";
import { useWords } from "../words";

export function Steps() {
  const words = useWords().steps;
  const scene = useEditor((state) => state.history.scene);
  const drawing = useEditor((state) => state.tool !== "select");
  const jobs = useJobs((state) => state.jobs.length);
  const result = useComparison((state) => state.showing === "result");
  if (jobs || result || (drawing && scene.tracks.length)) return null;
  const done = [scene.tracks.length > 0, scene.tracks.some(moves), scene.prompt.trim() !== ""];
  const at = done.indexOf(false);
  const lines = [words.draw, words.drag, words.prompt, words.generate];
  const now = at < 0 ? 3 : at;
  return (
    <div className="steps" role="status" aria-label={words.title}>
      {lines.map((line, i) => (
        <i key={line} className={i < now ? "done" : i === now ? "now" : ""} />
      ))}
      <span>{lines[now]}</span>
    </div>
  );
}
