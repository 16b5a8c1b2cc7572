"""What travels between the service and its clients. The OpenAPI document is made of these models."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator

from boximator.scene.scene import Scene
from boximator.scene.wire import scene_from_text
from boximator.studio.states import State

ID_PATTERN = r"^[A-Za-z0-9_-]{22}$"
KEY_PATTERN = r"^[\x21-\x7e]{1,200}$"
HIGHEST_PRIORITY = 100
MOST_STEPS = 200

Id = Annotated[str, Field(pattern=ID_PATTERN, examples=["3q2-7wEjT0mVhJk1dQYpLg"])]
Priority = Annotated[
    int,
    Field(ge=-HIGHEST_PRIORITY, le=HIGHEST_PRIORITY, description="Higher runs earlier; equal ones in order."),
]
Number = Annotated[float, Field(allow_inf_nan=False)]


def _read_scene(value: object, handler: ValidatorFunctionWrapHandler) -> Scene:
    """A scene is read as one from a file is: every fault is told, in the same words."""
    return value if isinstance(value, Scene) else scene_from_text(json.dumps(value))


SceneField = Annotated[
    Scene,
    WrapValidator(_read_scene),
    Field(description="As in a scene file, but `picture` and `last_picture` are ids of uploaded pictures."),
]


class Wire(BaseModel):
    """What all models share: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Settings(Wire):
    """How to sample. The defaults are those of `boximator animate`."""

    steps: Annotated[int, Field(ge=1, le=MOST_STEPS, description="Denoising steps.")] = 8
    guidance: Annotated[float, Field(ge=0, le=30, description="By text and boxes; 1 is none.")] = 1.25
    box_scale: Annotated[float, Field(ge=-10, le=10, description="Factor on what the boxes add.")] = 1.0
    transport: Annotated[bool, Field(description="Carry the photograph's pixels along.")] = True
    insert: Annotated[bool, Field(description="Soft boxes between those that were drawn.")] = True
    hold: Annotated[bool, Field(description="Keep things to their boxes where the motion falls short.")] = (
        True
    )


class JobRequest(Wire):
    """A scene to be made into a video."""

    scene: SceneField
    settings: Settings = Settings()
    base: Literal["pocket"] = "pocket"
    priority: Priority = 0


class PriorityChange(Wire):
    """Another place in the queue."""

    priority: Priority


class PlanRequest(Wire):
    """A scene whose control plan is wanted; its pictures are not looked at."""

    scene: SceneField
    insert: bool = True


class Point(Wire):
    """A place in a picture, in fractions of its width and height."""

    x: Annotated[float, Field(ge=0, le=1)]
    y: Annotated[float, Field(ge=0, le=1)]


class ProposalRequest(Wire):
    """Boxes are proposed for what lies at a point, for what a phrase names, or for everything."""

    picture: Id
    point: Point | None = None
    phrase: Annotated[str, Field(max_length=200)] | None = None


class Clearing(Wire):
    """What is to be taken out of a picture: the thing in a box."""

    box: Annotated[
        list[Annotated[float, Field(ge=-5, le=5)]],
        Field(min_length=4, max_length=4, description="x0, y0, x1, y1 in fractions of the picture."),
    ]


class Picture(Wire):
    """An uploaded picture. `width` and `height` are its upright pixels."""

    id: Id
    name: Annotated[str, Field(description="As the file was called, for people.")]
    width: int
    height: int
    notes: Annotated[list[str], Field(description="What a person should know of how it was read.")]
    image: Annotated[str, Field(description="Address of the picture, at most 2048 pixels long (WebP).")]


class Plan(Wire):
    """What the base is told, as `boximator.scene.plan` makes it; track i of the scene is slot i."""

    frames: int
    boxes: Annotated[list[list[list[float]]], Field(description="[frame][slot] -> x0, y0, x1, y1 in 0..1.")]
    hard: Annotated[list[list[bool]], Field(description="[frame][slot]: exact box, or a region around it.")]
    present: Annotated[list[list[bool]], Field(description="[frame][slot]: whether there is a box at all.")]
    colours: Annotated[list[list[float]], Field(description="[slot] -> red, green, blue in 0..1.")]


class Fault(Wire):
    """One thing that is wrong: where, and three sentences."""

    place: Annotated[str, Field(description='A JSON path such as "scene.tracks[0].keyframes[1].box", or "".')]
    given: str
    wanted: str
    fix: str


class Refusal(Wire):
    """The body of every answer of 400 and above."""

    message: Annotated[str, Field(description="All of it as text for a person.")]
    faults: Annotated[list[Fault], Field(min_length=1)]


class Seen(Wire):
    """One track as it was found again in the result, by what the first frame shows in its box."""

    id: Annotated[int, Field(description="Of the track in the scene.")]
    boxes: Annotated[
        list[list[Number] | None],
        Field(description="[frame] -> x0, y0, x1, y1; null: not found, or (in long videos) not looked for."),
    ]
    iou: Annotated[
        list[Number | None],
        Field(
            description="[frame], with the box that was asked, 0 if not found; null: no box, or not looked for."
        ),
    ]
    mean_iou: Annotated[
        Number | None, Field(description="Over the frames after the first that are on or between hard boxes.")
    ]


class Downloads(Wire):
    """Addresses of the files of a result."""

    mp4: str
    gif: str
    json_: Annotated[str, Field(alias="json", description="Makes the video again: `boximator animate FILE`.")]

    # By alias in events too, which are not written by a route.
    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )


class Result(Wire):
    """What a finished job left."""

    frames: int
    width: int
    height: int
    fps: int
    seconds: Annotated[Number, Field(description="The generation itself.")]
    frame: Annotated[str, Field(description="Address of a frame; put its index for `{index}` (WebP).")]
    downloads: Downloads
    seen: Annotated[
        list[Seen] | None, Field(description="The tracks as found again; null where that cannot be measured.")
    ] = None


class Job(Wire):
    """A job as lists and events show it."""

    id: Id
    state: State
    revision: Annotated[int, Field(description="Grows with every change: keep the one with the larger.")]
    priority: int
    base: str
    title: Annotated[str, Field(description="The prompt's beginning.")]
    picture: Id
    created: datetime
    started: datetime | None
    ended: datetime | None
    attempts: Annotated[int, Field(description="Times it was begun: 2 if a worker was lost.")]
    step: Annotated[int, Field(description="Denoising steps done in this attempt.")]
    steps: Annotated[int, Field(description="Of so many; 0 before it runs.")]
    preview: Annotated[str | None, Field(description="Address of a small picture of where it is (JPEG).")]
    reason: Annotated[Fault | None, Field(description="Why it failed.")]
    retry_of: Id | None
    result: Result | None


class JobDetail(Job):
    """A job with what was asked."""

    scene: Scene
    settings: Settings


class JobList(Wire):
    """Jobs, newest first."""

    jobs: list[Job]
    next: Annotated[str | None, Field(description="Give it as `before` for the following page.")]


class Removed(Wire):
    """A job that is no more."""

    id: Id
