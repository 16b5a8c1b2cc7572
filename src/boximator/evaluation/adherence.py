"""How well what was observed obeys what was asked for, object by object.

The rules, after the paper's protocol (arXiv 2402.01566, section "Experiments"; AP over the last frame, since the
first one is given) where it says something, else our own:

1. All boxed objects of a clip count, those at rest too: they were asked to stay.
2. An object is detected when it is tracked to the last frame: found in frame 0 if it shows there, and from its first
   sighting on found in every frame. Frames where other objects stand at its place (`Observation.hidden`) do not
   count against it, nor do up to two further frames; in the last frame it must be found.
3. Its overlap is that of the observed and the requested box in the last frame. An object that was asked to leave has
   no target there: if it is still detected, that is a false detection. The score is the mean over the frames found.
4. ``hard``: overlap on every hard frame after frame 0 whose requested box shows; zero where the object is not found.
5. ``soft``: frames with a soft box in which the observed box lies inside it, up to 0.01 of the frame on each side. Not
   found is not inside. Not counted are frames where the object was hidden by others, and frames where it was not
   found while the requested box touches the border (it may be asked to be still, or already, outside).
6. Covered: found in more than half of the frames.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from boximator.evaluation.observer import Observation
from boximator.evaluation.rows import ObjectRow
from boximator.scene.box import contains, iou, outside
from boximator.scene.plan import ControlPlan

INSIDE = 0.01
"""Share of the frame by which an observed box may stand out of a soft box; half a cell of `pocket`'s state is 0.016."""
_SLIPS = 2
_BORDER = 1e-3


def tracked(observation: Observation, *, slot: int) -> bool:
    """Rule 2."""
    found, hidden = observation.found[:, slot], observation.hidden[:, slot]
    if not found[-1]:
        return False
    first = int(found.argmax())
    return int((~(found | hidden))[first:].sum()) <= _SLIPS


def _touches_border(boxes: np.ndarray) -> np.ndarray:
    low, high = (boxes[..., :2] <= _BORDER).any(axis=-1), (boxes[..., 2:] >= 1 - _BORDER).any(axis=-1)
    return np.asarray(low | high)


@dataclass(frozen=True, eq=False)
class Truth:
    """What is known of one object of a true clip: its box, whether it is inside, and the share of it that shows."""

    boxes: Float[np.ndarray, "frames 4"]
    inside: Bool[np.ndarray, " frames"]
    shown: Float[np.ndarray, " frames"]


def object_row(
    observation: Observation, *, wanted: ControlPlan, slot: int, label: str, truth: Truth | None = None
) -> ObjectRow:
    """Measure one object; with ``truth`` also the observer itself."""
    found, hidden = observation.found[:, slot], observation.hidden[:, slot]
    boxes, asked = observation.boxes[:, slot].astype(float), wanted.boxes[:, slot].astype(float)
    overlaps = np.where(found, iou(boxes, asked), 0.0)
    given, shows = wanted.present[:, slot], ~outside(asked)
    later = np.arange(len(found)) > 0
    hard = given & wanted.hard[:, slot] & later & shows
    soft = given & ~wanted.hard[:, slot] & later
    counts = soft & ~hidden & (found | ~_touches_border(asked))
    inside = counts & found & contains(asked, boxes, tolerance=INSIDE)
    row = ObjectRow(
        label=label,
        score=float(observation.scores[found, slot].mean()) if found.any() else 0.0,
        detected=tracked(observation, slot=slot),
        asked=bool(given[-1] and shows[-1]),
        overlap=float(overlaps[-1]),
        hard=_plain(overlaps[hard]),
        soft=int(counts.sum()),
        soft_inside=int(inside.sum()),
        covered=bool(found.mean() > 0.5),
    )
    if truth is None:
        return row
    right = np.where(found | hidden, iou(boxes, truth.boxes.astype(float)), 0.0)
    there = truth.inside & later
    return replace(row, truth=_plain(right[there]), shown=_plain(truth.shown[there]))


def _plain(values: Float[np.ndarray, " any"]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
