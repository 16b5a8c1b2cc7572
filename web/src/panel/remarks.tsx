/** What may disappoint, in words beside the thing it is about. */

import { type Reason, remarks, type Remark } from "../scene/rules";
import { useEditor } from "../store/editor";
import { pictureOf } from "../store/pictures";
import { icons } from "../ui/icons";
import { useWords } from "../words";

interface Props {
  readonly of?: readonly Reason[];
  readonly track?: number;
}

export function useRemarks(): Remark[] {
  const scene = useEditor((state) => state.history.scene);
  return remarks(scene, pictureOf(scene.picture));
}

export function Remarks({ of, track }: Props) {
  const words = useWords().remarks;
  const found = useRemarks().filter((remark) =>
    track === undefined ? (of?.includes(remark.reason) ?? false) && remark.track === null : remark.track === track,
  );
  const Icon = icons.warn;
  if (!found.length) return null;
  return (
    <ul className="remarks">
      {found.map((remark) => (
        <li key={remark.reason} className={remark.weight}>
          <Icon />
          <span>{words[remark.reason](remark.values ?? {})}</span>
        </li>
      ))}
    </ul>
  );
}
