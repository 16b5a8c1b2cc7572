/** Over the canvas: how far it is zoomed, what the tool wants, and how two results are compared. */

import { useComparison } from "../player/comparison";
import { useResultPixels } from "../player/frames";
import { useSeenTracks } from "../player/seen";
import { FITTED, useEditor } from "../store/editor";
import { IconButton } from "../ui/controls";
import { useWords } from "../words";

export function CanvasBar() {
  const words = useWords();
  const { view, tool, selection, history } = useEditor();
  const { showing, second, split, overlay, found } = useComparison();
  const seen = useSeenTracks();
  const zoom = (factor: number) =>
    useEditor.setState({ view: { zoom: Math.min(16, Math.max(0.2, view.zoom * factor)), x: view.x * factor, y: view.y * factor } });
  const film = useResultPixels();
  const hint =
    showing === "result" && !film.a
      ? words.results.loading
      : showing === "result" || !history.scene.tracks.length
      ? null
      : tool === "path"
        ? selection.length
          ? words.canvas.pathHint
          : words.canvas.pathNeedsBox
        : tool === "box"
          ? words.canvas.boxHint
          : null;
  return (
    <>
      {hint && <p className="canvas-hint">{hint}</p>}
      <div className="zoom">
        <IconButton icon="minus" name={words.tools.zoomOut} className="small" onPress={() => zoom(1 / 1.25)} />
        <button type="button" className="link" title={`${words.tools.fit}  (0)`} onClick={() => useEditor.setState({ view: FITTED })}>
          {words.tools.zoom(Math.round(view.zoom * 100))}
        </button>
        <IconButton icon="plus" name={words.tools.zoomIn} className="small" onPress={() => zoom(1.25)} />
        <IconButton icon="fit" name={words.tools.fit} action="fit" className="small" onPress={() => useEditor.setState({ view: FITTED })} />
        {showing === "result" && (
          <label className="check">
            <input type="checkbox" checked={overlay} onChange={() => useComparison.setState({ overlay: !overlay })} />
            {words.results.boxes}
          </label>
        )}
        {showing === "result" && seen.length > 0 && (
          <label className="check" title={words.results.foundHelp}>
            <input type="checkbox" checked={found} onChange={() => useComparison.setState({ found: !found })} />
            {words.results.found}
          </label>
        )}
        {showing === "result" && second && (
          <input
            type="range"
            aria-label={words.results.split}
            min={0}
            max={100}
            value={Math.round(split * 100)}
            onChange={(event) => useComparison.setState({ split: Number(event.target.value) / 100 })}
          />
        )}
      </div>
    </>
  );
}
