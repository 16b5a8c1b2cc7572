/** One pixel of the picture to one of the screen. */

import { pixelsOf } from "../edit/actions";
import { aspectOf, FITTED, scene, useEditor } from "../store/editor";
import { placed } from "./geometry";

export function fullSize(): void {
  const canvas = document.querySelector(".canvas");
  if (!canvas) return;
  const fit = placed({ width: canvas.clientWidth, height: canvas.clientHeight }, aspectOf(scene()), FITTED);
  const zoom = pixelsOf(scene()).width / window.devicePixelRatio / fit.width;
  useEditor.setState({ view: { zoom, x: 0, y: 0 } });
}
