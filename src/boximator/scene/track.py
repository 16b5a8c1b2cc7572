"""Tracks: one object, region or part, through time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from boximator.scene.box import Box
from boximator.scene.colours import SLOTS
from boximator.scene.easing import Easing
from boximator.scene.path import REACH, Path
from boximator.scene.problem import Problem, shortened
from boximator.scene.rules import first_problem, keyframe_faults, text_faults

LONGEST_LABEL = 100
LARGEST_WHOLE = 10**15


def _box_from_wire(value: object) -> object:
    """A box travels as a list of four numbers; anything else is said in the words of a box."""
    if isinstance(value, Box):
        return value
    if not isinstance(value, list | tuple) or not all(_is_number(item) for item in value) or len(value) != 4:
        raise Problem(
            given=f"The box is {shortened(value)}",
            wanted="A box is a list of four numbers [x0, y0, x1, y1] in fractions of the frame",
            fix="Write it like [0.1, 0.2, 0.4, 0.6]",
        )
    box = Box(*(float(item) for item in value))
    _check_near(box)
    return box


def _check_near(box: Box) -> None:
    """Pixels given for fractions are far outside the frame; no wish is."""
    if not all(-REACH <= value <= 1.0 + REACH for value in box.as_tuple()):
        raise Problem(
            given=f"The box {list(box.as_tuple())} lies far outside the frame",
            wanted=f"Boxes are fractions of the frame between {-REACH:g} and {1 + REACH:g}",
            fix="If these are pixels, divide x by the picture's width and y by its height",
        )


def _is_number(value: object) -> bool:
    """Whether it is a number that a float can hold (whole numbers may have hundreds of digits)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, float) or abs(value) <= LARGEST_WHOLE


def _box_to_wire(box: Box) -> list[float]:
    return list(box.as_tuple())


WireBox = Annotated[
    Box,
    BeforeValidator(_box_from_wire),
    PlainSerializer(_box_to_wire),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "number", "minimum": -REACH, "maximum": 1 + REACH},
            "minItems": 4,
            "maxItems": 4,
            "description": "x0, y0, x1, y1 in fractions of the frame, origin top left, x0 <= x1, y0 <= y1. "
            "It may reach beyond 0..1: what is wholly outside becomes a segment on the border.",
        }
    ),
]


@dataclass(frozen=True, kw_only=True)
class Keyframe:
    """A box the user gave for one frame.

    `hard` boxes are the object's exact bounding box in that frame, soft ones a region that must contain it.
    `easing` is the timing of the gap after this keyframe: of edges without a path, of the size with one.

    Raises:
        Problem: a negative frame, or a box absurdly far outside the frame (pixels instead of fractions).
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    frame: Annotated[int, Field(ge=0, description="Frame number, counted from 0.")]
    box: WireBox
    hard: Annotated[
        bool, Field(description="True: the exact bounding box. False: a region that must contain the object.")
    ] = True
    easing: Annotated[Easing, Field(description="Timing of the gap after this keyframe.")] = "linear"

    def __post_init__(self) -> None:
        if self.frame < 0:
            raise Problem(
                given=f"A keyframe is on frame {self.frame}",
                wanted="Frames are counted from 0",
                fix="Use 0 for the first frame",
            )
        _check_near(self.box)


@dataclass(frozen=True, kw_only=True)
class Track:
    """One object: its id (1..8, unique in the scene), a label for people, its keyframes, perhaps a path.

    Keyframes are kept in the order of their frames, in whatever order they were given.

    Raises:
        Problem: an id outside 1..8, no keyframe, or two keyframes on one frame.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: Annotated[int, Field(ge=1, le=SLOTS, description="Unique in the scene.")]
    label: Annotated[
        str, Field(max_length=LONGEST_LABEL, description="For people; the model does not read it.")
    ] = ""
    keyframes: Annotated[
        tuple[Keyframe, ...],
        Field(
            description="At least one; at most one for each frame; in any order.",
            json_schema_extra={"minItems": 1},
        ),
    ]
    path: Annotated[
        Path | None,
        Field(
            description="The way of the box's centre, from the first keyframe to the last one or to the end."
        ),
    ] = None

    def __post_init__(self) -> None:
        if not 1 <= self.id <= SLOTS:
            raise Problem(
                given=f"A track has the id {self.id}",
                wanted=f"Track ids are whole numbers from 1 to {SLOTS}",
                fix="Number the tracks 1, 2, 3 and so on",
            )
        first_problem(text_faults("label", self.label))
        first_problem(keyframe_faults([keyframe.frame for keyframe in self.keyframes]))
        object.__setattr__(self, "keyframes", tuple(sorted(self.keyframes, key=lambda key: key.frame)))

    @property
    def is_anchor(self) -> bool:
        """Whether the track holds a region still: the same hard box first and last, and nothing between."""
        first, last = self.keyframes[0], self.keyframes[-1]
        return (
            self.path is None
            and len(self.keyframes) == 2
            and first.hard
            and last.hard
            and first.box == last.box
        )

    @classmethod
    def anchor(cls, id: int, *, box: Box, frames: int, label: str = "") -> Track:  # noqa: A002
        """A track that pins a region for a scene of this many frames: one hard box, first and last."""
        if frames < 2:
            raise Problem(
                given=f"An anchor was asked for in {frames} frame(s)",
                wanted="An anchor needs a first and a last frame",
                fix="Use at least 2 frames",
            )
        ends = tuple(Keyframe(frame=frame, box=box) for frame in (0, frames - 1))
        return cls(id=id, label=label, keyframes=ends)
