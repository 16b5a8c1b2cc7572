/** Beside a box that cuts through a thing: what that does, and a button that takes all of it. */

import { boxOfFound, cutThing, withFirstBox } from "../edit/cuts";
import { useFound } from "../edit/proposals";
import type { Track } from "../scene/scene";
import { editTrack, useEditor } from "../store/editor";
import { icons } from "../ui/icons";
import { useWords } from "../words";

export function CutHint({ track }: { track: Track }) {
  const words = useWords().proposals;
  const picture = useEditor((state) => state.history.scene.picture);
  const { picture: of, found } = useFound();
  const thing = of === picture ? cutThing(track, found) : null;
  const Icon = icons.warn;
  if (!thing) return null;
  return (
    <ul className="remarks">
      <li className="hint">
        <Icon />
        <span>
          {words.cuts}{" "}
          <button type="button" className="link" onClick={() => editTrack(track.id, (old) => withFirstBox(old, boxOfFound(thing)))}>
            {words.takeWhole}
          </button>
        </span>
      </li>
    </ul>
  );
}
