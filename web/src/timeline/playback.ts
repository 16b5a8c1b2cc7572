/** Playing: frames by index at the scene's speed, over the picture or over a result. */

import { useEffect } from "react";
import { useEditor } from "../store/editor";

export function usePlayback(): void {
  const playing = useEditor((state) => state.playing);
  useEffect(() => {
    if (!playing) return;
    const began = performance.now();
    const first = useEditor.getState().frame;
    let request = requestAnimationFrame(function tick(now) {
      const { history, loop, frame } = useEditor.getState();
      const { frames, fps } = history.scene;
      const at = first + Math.floor(((now - began) / 1000) * fps);
      const next = loop ? at % frames : Math.min(at, frames - 1);
      if (next !== frame) useEditor.setState({ frame: next });
      if (!loop && at >= frames - 1) useEditor.setState({ playing: false });
      else request = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(request);
  }, [playing]);
}
