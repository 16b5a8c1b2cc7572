/** A box that cuts through a thing tears it apart; where the detector saw the whole thing, the box can take it. */

import type { Proposal } from "../api/client";
import { areaOf, type Box, centreOf, isOutside, iou, movedTo, shared, sizeOf, tidy } from "../scene/box";
import { firstKey, type Track } from "../scene/scene";

/** A box so much like a thing's is meant for it as it is. */
const SAME = 0.7;
/** So much of the box is in the thing, and between so much and so much of the thing in the box. */
const WITHIN = 0.7;
const LEAST = 0.3;
const MOST = 0.85;

export const boxOfFound = (found: Proposal) => found.box as unknown as Box;

/** The thing that the track's first box cuts through, or null. Only the first frame is a picture to look at. */
export function cutThing(track: Track, found: readonly Proposal[]): Proposal | null {
  const { box, frame, hard } = firstKey(track);
  if (frame !== 0 || !hard || isOutside(box)) return null;
  if (found.some((one) => iou(box, boxOfFound(one)) >= SAME)) return null;
  const cut = found.filter((one) => {
    const both = shared(box, boxOfFound(one));
    const part = both / areaOf(boxOfFound(one));
    return both >= WITHIN * areaOf(box) && part >= LEAST && part <= MOST;
  });
  return cut.sort((a, b) => areaOf(boxOfFound(a)) - areaOf(boxOfFound(b)))[0] ?? null;
}

/** The track with its first box as told, and all later ones changed likewise: what it does stays. */
export function withFirstBox(track: Track, box: Box): Track {
  const before = firstKey(track).box;
  const [fromX, fromY] = centreOf(before);
  const [toX, toY] = centreOf(box);
  const [dx, dy] = [toX - fromX, toY - fromY];
  const [width, height] = sizeOf(before);
  const [wider, higher] = [width ? sizeOf(box)[0] / width : 1, height ? sizeOf(box)[1] / height : 1];
  const changed = (old: Box): Box => {
    const [x, y] = centreOf(old);
    const [w, h] = sizeOf(old);
    return tidy(movedTo([0, 0, w * wider, h * higher], [x + dx, y + dy]));
  };
  const keyframes = track.keyframes.map((key) => ({ ...key, box: changed(key.box) }));
  const path = track.path && { ...track.path, points: track.path.points.map(([x, y]) => [x + dx, y + dy] as const) };
  return { ...track, keyframes, path };
}
