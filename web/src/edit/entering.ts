/** Things that come in: what stands in the picture is taken out of the first frame, and comes back by the last. */

import { Refused, service } from "../api/client";
import { idOf } from "../api/jobs";
import { type Box, isOutside } from "../scene/box";
import { firstKey } from "../scene/scene";
import { edit, scene } from "../store/editor";
import { say } from "../store/notices";
import { type Picture, pictureOf, takenIn } from "../store/pictures";
import { words } from "../words";
import { type Preset, withPassage } from "./presets";

/** What stands in the picture cannot come into it: the picture becomes the last frame, and the first one is without it. */
export async function enter(id: number, preset: Preset): Promise<void> {
  const before = scene();
  const track = before.tracks.find((one) => one.id === id);
  const picture = pictureOf(before.picture);
  if (!track) return;
  const first = firstKey(track);
  const without = picture && first.frame === 0 && !isOutside(first.box) ? await cleared(picture, first.box) : null;
  edit((old) => ({
    ...old,
    tracks: old.tracks.map((one) => (one.id === id ? withPassage(one, preset, old.frames) : one)),
    ...(without && old.picture === picture?.id && { picture: without.id, last_picture: old.last_picture ?? old.picture }),
  }));
  if (without) say(words().notices.entering);
}

/** The picture without what is in the box; null where the service cannot be asked. */
async function cleared(picture: Picture, box: Box): Promise<Picture | null> {
  try {
    const { image } = await service.clear(await idOf(picture), box);
    return await takenIn(await service.picture(image), picture.name);
  } catch (error) {
    say(error instanceof Refused ? error.message : words().job.offline, "wrong");
    return null;
  }
}
