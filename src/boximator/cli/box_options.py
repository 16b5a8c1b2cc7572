"""`--box`, `--end-box`, `--path`, `--anchor` as typed -> tracks. Pure functions, for every verb with boxes.

    --box      dog:0.1,0.5,0.3,0.8            fractions of the frame, x0,y0,x1,y1
    --end-box  dog:60%,50%,80%,80%            or percent
    --path     "dog:smooth ease_in 0.2,0.6 0.4,0.3 0.7,0.6"
    --anchor   tree:0.7,0.1,0.9,0.9           held still

The label before the colon joins the options of one object. It may be left out while there is only one.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Sequence
from typing import get_args

from boximator.scene.box import Box
from boximator.scene.colours import SLOTS
from boximator.scene.easing import Easing
from boximator.scene.path import Path, PathKind
from boximator.scene.problem import Problem
from boximator.scene.track import Keyframe, Track

BOX_HELP = "Where an object is in the first frame: LABEL:x0,y0,x1,y1 in fractions or percent of the picture."
END_BOX_HELP = "Where it is in the last frame: LABEL:x0,y0,x1,y1."
PATH_HELP = 'The way of its centre: "LABEL:x,y x,y ...", perhaps "LABEL:smooth ease_in x,y x,y ...".'
ANCHOR_HELP = "A region that is to stay where it is: LABEL:x0,y0,x1,y1."

BOX_FORM = "x0,y0,x1,y1"


def tracks_from_options(
    boxes: Sequence[str] = (),
    *,
    end_boxes: Sequence[str] = (),
    paths: Sequence[str] = (),
    anchors: Sequence[str] = (),
    frames: int,
) -> tuple[Track, ...]:
    """The tracks these options describe, in the order of the boxes, then the anchors; ids count from 1.

    Args:
        boxes, end_boxes, paths, anchors: values of the options, each `LABEL:...` as at the head of this file.
        frames: of the scene; end boxes are on the last one.

    Raises:
        Problem: something that cannot be read, a label used twice, or one that no `--box` has.
    """
    starts = _by_label("--box", boxes)
    ends = _by_label("--end-box", end_boxes)
    ways = _by_label("--path", paths)
    held = _by_label("--anchor", anchors)
    for option, named in (("--end-box", ends), ("--path", ways)):
        _check_known(option, list(named), list(starts))
    if ends and frames < 2:
        raise Problem(
            given=f"--end-box was given for a video of {frames} frame",
            wanted="A last frame other than the first",
            fix="Ask for at least 2 frames",
        )
    tracks: list[Track] = []
    for label, words in starts.items():
        keyframes = [Keyframe(frame=0, box=_box("--box", words))]
        if label in ends:
            keyframes.append(Keyframe(frame=frames - 1, box=_box("--end-box", ends[label])))
        way = _path(ways[label]) if label in ways else None
        tracks.append(Track(id=_free_id(tracks), label=label, keyframes=tuple(keyframes), path=way))
    for label, words in held.items():
        box = _box("--anchor", words)
        tracks.append(Track.anchor(_free_id(tracks), label=label, box=box, frames=frames))
    return tuple(tracks)


def _free_id(tracks: Sequence[Track]) -> int:
    if len(tracks) == SLOTS:
        raise Problem(
            given=f"More than {SLOTS} objects were given",
            wanted=f"A scene has at most {SLOTS} tracks",
            fix="Leave some out, or put objects that move together into one box",
        )
    return len(tracks) + 1


def _by_label(option: str, values: Sequence[str]) -> dict[str, str]:
    """What follows each label. Numbers hold no colon, so the last one ends the label."""
    found: dict[str, str] = {}
    for value in values:
        label, _, words = value.rpartition(":")
        label = label.strip()
        if label in found:
            name = f'the label "{label}"' if label else "no label"
            raise Problem(
                given=f"{option} was given twice with {name}",
                wanted="Each object has its own label",
                fix=f"Write {option} dog:... and {option} ball:...",
            )
        found[label] = words.strip()
    return found


def _check_known(option: str, labels: Sequence[str], known: Sequence[str]) -> None:
    for label in labels:
        if label in known:
            continue
        near = difflib.get_close_matches(label, [name for name in known if name], n=1)
        hint = f'Did you mean "{near[0]}"? Otherwise add' if near else "Add"
        raise Problem(
            given=f'{option} has the label "{label}"' if label else f"{option} has no label",
            wanted=f"There must be a --box with the same label; those given are {_listed(known)}",
            fix=f"{hint} --box {label + ':' if label else ''}x0,y0,x1,y1. For an object that comes in from "
            "outside, draw it there, such as -0.2,0.3,0,0.6",
        )


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(f'"{label}"' if label else "one without a label" for label in labels) or "none"


def _box(option: str, words: str) -> Box:
    numbers = list(_numbers(option, words, BOX_FORM))
    if len(numbers) != 4:
        raise Problem(
            given=f'{option} has {len(numbers)} numbers: "{words}"',
            wanted="A box is four numbers x0,y0,x1,y1",
            fix=f"Write it like {option} dog:0.1,0.5,0.3,0.8",
        )
    return Box(*numbers)


def _path(words: str) -> Path:
    """Words that name a kind or an easing, then points; `;` parts points as a space does."""
    kind: PathKind = "polyline"
    easing: Easing = "linear"
    points: list[tuple[float, float]] = []
    for part in words.replace(";", " ").split():
        if part in get_args(PathKind):
            kind = part  # pyright: ignore[reportAssignmentType]
        elif part in get_args(Easing):
            easing = part  # pyright: ignore[reportAssignmentType]
        else:
            numbers = list(_numbers("--path", part, "x,y"))
            if len(numbers) != 2:
                raise Problem(
                    given=f'--path has the point "{part}"',
                    wanted="A point is two numbers x,y; points are parted by spaces",
                    fix='Write it like --path "dog:0.2,0.6 0.4,0.3 0.7,0.6"',
                )
            points.append((numbers[0], numbers[1]))
    return Path(points=tuple(points), kind=kind, easing=easing)


def _numbers(option: str, words: str, form: str) -> Iterator[float]:
    """Numbers parted by commas, each a fraction or a percentage."""
    for part in words.split(","):
        bare = part.strip()
        try:
            value = float(bare.removesuffix("%")) / (100.0 if bare.endswith("%") else 1.0)
        except ValueError:
            value = math.nan
        example = "0.1,0.5,0.3,0.8" if form == BOX_FORM else "0.2,0.6 0.7,0.6"
        if not math.isfinite(value):
            raise Problem(
                given=f'{option} has "{bare}" where a number should be, in "{words}"',
                wanted=f"{form} in fractions (0.25) or percent (25%) of the picture",
                fix=f'Write it like {option} "dog:{example}"',
            )
        yield value
