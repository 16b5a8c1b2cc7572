/** What menus, panels and keys do to the project: one place, so that they all do the same. */

import { movedBy, tidy, type Box } from "../scene/box";
import { isAnchor, keyAt, type Scene, type Track } from "../scene/scene";
import { chosen, edit, editTrack, goTo, scene, select, useEditor } from "../store/editor";
import { pictureOf, type Picture } from "../store/pictures";
import { say } from "../store/notices";
import { words } from "../words";
import {
  absentAfter,
  boxOn,
  cycledEasing,
  freeId,
  neighbours,
  nearestBox,
  newTrack,
  shifted,
  stretched,
  toggledHard,
  toggledKey,
  toggledPin,
  withBox,
} from "./tracks";
import { enter } from "./entering";
import { OF_TRACK, type Preset, withCamera, withPassage } from "./presets";

const selectedIds = () => useEditor.getState().selection;
const frame = () => useEditor.getState().frame;

/** A new track with this box on the current frame, chosen at once. */
export function addBox(box: Box, label = ""): number | null {
  const id = freeId(scene().tracks);
  if (id === null) {
    say(words().notices.full, "wrong");
    return null;
  }
  edit((old) => ({ ...old, tracks: [...old.tracks, newTrack(id, frame(), box, label)] }));
  select([id]);
  return id;
}

/** Change every chosen track that is not locked; null drops it. */
export function editChosen(change: (track: Track) => Track | null, mark: string | null = null): void {
  const ids = selectedIds();
  const { locked } = useEditor.getState();
  edit((old) => {
    const tracks = old.tracks.flatMap((track) => {
      const changed = ids.includes(track.id) && !locked.includes(track.id) ? change(track) : track;
      return changed ? [changed] : [];
    });
    const same = tracks.length === old.tracks.length && tracks.every((track, i) => track === old.tracks[i]);
    return same ? old : { ...old, tracks };
  }, mark);
}

export const removeChosen = () => editChosen(() => null);
export const toggleKey = () => editChosen((track) => toggledKey(track, frame(), scene().frames));
export const toggleHard = () => editChosen((track) => toggledHard(track, frame(), scene().frames));
export const togglePin = () => editChosen((track) => toggledPin(track, frame(), scene().frames));
export const cycleEasing = () => editChosen((track) => cycledEasing(track, frame()));
export const endHere = () => editChosen((track) => absentAfter(track, frame(), scene().frames));

/** Arrow keys: the box on this frame by whole pixels of the picture; where there is none, one begins from the nearest. */
export function nudge(dx: number, dy: number, resize: boolean): void {
  const size = pixelsOf(scene());
  const [sx, sy] = [dx / size.width, dy / size.height];
  editChosen((track) => {
    const box = boxOn(track, frame(), scene().frames) ?? nearestBox(track, frame());
    const [x0, y0, x1, y1] = box;
    const next: Box = resize ? [x0, y0, Math.max(x0, x1 + sx), Math.max(y0, y1 + sy)] : movedBy(box, sx, sy);
    return withBox(track, frame(), next);
  }, `nudge ${selectedIds().join()} ${frame()}`);
}

export function pixelsOf(given: Scene): { width: number; height: number } {
  const picture = pictureOf(given.picture);
  if (given.width && given.height) return { width: given.width, height: given.height };
  return picture ?? { width: 512, height: 384 };
}

export function duplicate(): void {
  paste(copied());
}

export const copied = (): Track[] => scene().tracks.filter((track) => selectedIds().includes(track.id));

export function copy(): void {
  const tracks = copied();
  if (tracks.length) useEditor.setState({ clipboard: tracks });
}

/**
 * Copies of tracks, a little aside. Where the copied track has nothing on this frame but is still in the scene,
 * its first box is put here instead: a box copied on one frame and pasted on another.
 */
export function paste(tracks = useEditor.getState().clipboard): void {
  const now = frame();
  const ids: number[] = [];
  edit((old) => {
    let next = old;
    for (const track of tracks) {
      const same = next.tracks.find((other) => other.id === track.id);
      const first = track.keyframes[0];
      if (same && first && first.frame !== now && !keyAt(same, now) && !isAnchor(same)) {
        ids.push(same.id);
        next = replaced(next, withBox(same, now, first.box));
        continue;
      }
      const id = freeId(next.tracks);
      if (id === null) {
        say(words().notices.full, "wrong");
        break;
      }
      ids.push(id);
      const fitting = stretched({ ...next, frames: framesOf(track, next), tracks: [track] }, next.frames).tracks[0];
      next = { ...next, tracks: [...next.tracks, { ...shifted(fitting ?? track, 0.03, 0.03), id }] };
    }
    return next;
  });
  if (ids.length) select(ids);
}

/** A track from another project may reach beyond this one's end. */
const framesOf = (track: Track, old: Scene) => Math.max(old.frames, ...track.keyframes.map((key) => key.frame + 1));

const replaced = (old: Scene, track: Track): Scene => ({
  ...old,
  tracks: old.tracks.map((other) => (other.id === track.id ? track : other)),
});

/** E and Shift+E: to the next or previous keyframe of the chosen track, or of any. */
export function stepKeyframe(direction: 1 | -1): void {
  const track = chosen(useEditor.getState());
  const frames = (track ? [track] : scene().tracks).flatMap((one) => one.keyframes.map((key) => key.frame));
  const sorted = [...new Set(frames)].sort((a, b) => a - b);
  const next = direction > 0 ? sorted.find((at) => at > frame()) : sorted.filter((at) => at < frame()).at(-1);
  if (next !== undefined) goTo(next);
}

/** B: to the middle between the keyframes on both sides. */
export function goBetween(): void {
  const track = chosen(useEditor.getState());
  if (!track) return;
  const { before, after } = neighbours(track, frame());
  const here = keyAt(track, frame()) ? frame() : null;
  // On the last keyframe the gap before it is meant.
  const from = after === null ? (before ?? 0) : (here ?? before ?? 0);
  const to = after ?? here ?? scene().frames - 1;
  goTo(Math.round((from + to) / 2));
}

/** Tab: the next track, or the one before. */
export function chooseNext(direction: 1 | -1): void {
  const { hidden, selection } = useEditor.getState();
  const ids = scene()
    .tracks.map((track) => track.id)
    .filter((id) => !hidden.includes(id));
  if (!ids.length) return;
  const at = ids.indexOf(selection.at(-1) ?? NaN);
  const next = ids[(at + direction + ids.length) % ids.length] ?? ids[0];
  if (next !== undefined) select([at < 0 ? ((direction > 0 ? ids[0] : ids.at(-1)) ?? next) : next]);
}

export function applyPreset(preset: Preset): void {
  const track = chosen(useEditor.getState());
  if (preset.startsWith("enter") && track) {
    void enter(track.id, preset);
    return;
  }
  if (OF_TRACK.includes(preset)) {
    editChosen((one) => withPassage(one, preset, scene().frames));
    return;
  }
  const before = scene();
  const next = withCamera(before, preset, words().presets.labels[preset]);
  if (!next) {
    say(words().notices.full, "wrong");
    return;
  }
  edit(() => next);
  const added = next.tracks.filter((track) => !before.tracks.includes(track)).map((track) => track.id);
  if (added.length) select(added);
  else say(words().notices.corners, "wrong");
}

/** Numbers typed in the panel: x, y, width, height of the box on this frame, in percent. */
export function setSide(id: number, side: 0 | 1 | 2 | 3, percent: number): void {
  editTrack(id, (track) => {
    const box = boxOn(track, frame(), scene().frames);
    if (!box || !Number.isFinite(percent)) return track;
    const value = percent / 100;
    const [x0, y0, x1, y1] = box;
    const next: Box =
      side === 0
        ? [value, y0, value + x1 - x0, y1]
        : side === 1
          ? [x0, value, x1, value + y1 - y0]
          : side === 2
            ? [x0, y0, x0 + Math.max(0, value), y1]
            : [x0, y0, x1, y0 + Math.max(0, value)];
    return withBox(track, frame(), tidy(next));
  }, `side ${id} ${side} ${frame()}`);
}

/** The first picture: boxes stay where they are in fractions of it. */
export function setPicture(picture: Picture): void {
  edit((old) => ({ ...old, picture: picture.id }));
  const { name } = useEditor.getState();
  if (!name) useEditor.setState({ name: picture.name.replace(/\.[a-z0-9]+$/i, "") });
}
