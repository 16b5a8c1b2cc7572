/** What the eye sees change on the canvas, said to screen readers. */

import { nameOf } from "../timeline/lane";
import { boxOn } from "../edit/tracks";
import { keyAt } from "../scene/scene";
import { chosen, useEditor } from "../store/editor";
import { useWords } from "../words";

export function Announcer() {
  const words = useWords();
  const track = useEditor(chosen);
  const frame = useEditor((state) => state.frame);
  const frames = useEditor((state) => state.history.scene.frames);
  const playing = useEditor((state) => state.playing);
  let said = "";
  if (track && !playing) {
    const key = keyAt(track, frame);
    const tags = words.canvas.tags;
    const kind = key ? (key.hard ? tags.hard : tags.soft) : boxOn(track, frame, frames) ? tags.between : words.panel.absent(frame);
    said = words.canvas.said(nameOf(track, words.panel.labelExample), frame, kind);
  }
  return (
    <div className="unseen" role="status" aria-live="polite">
      {said}
    </div>
  );
}
