"""What this studio is, what it can do, and how it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

import boximator
from boximator.scene.colours import COLOURS, SLOTS
from boximator.scene.rules import LARGEST_SIDE, SMALLEST_SIDE
from boximator.scene.scene import LONGEST_PROMPT, Scene
from boximator.studio import wire
from boximator.studio.proposer import NO_DETECTOR
from boximator.studio.refusals import Refused
from boximator.studio.routes.verify import NAMES
from boximator.studio.service import Service

router = APIRouter(tags=["about"])


class Worker(wire.Wire):
    """One worker process or actor."""

    device: str
    job: wire.Id | None
    ready: Annotated[bool, Field(description="Its model is loaded.")]
    starts: Annotated[int, Field(description="Times its process was started; more than 1: it was lost.")]


class Health(wire.Wire):
    """How the studio is."""

    status: str
    version: str
    engine: str
    workers: list[Worker]
    queued: int
    running: int


class Range(wire.Wire):
    """A whole number's bounds, and what stands there unless one is chosen."""

    least: int
    most: int
    default: int


class Base(wire.Wire):
    """A base that jobs can name."""

    name: str
    frames: Range
    fps: Range
    settings: wire.Settings
    last_picture: Annotated[bool, Field(description="Whether it can use one.")]


class MostAllowed(wire.Wire):
    """What is refused beyond."""

    upload_bytes: int
    pixels: int
    frames: int
    tracks: int
    prompt: int
    side: Range


class Proposals(wire.Wire):
    """Whether boxes can be proposed, by a click or a phrase."""

    installed: bool
    reason: Annotated[str, Field(description="In words, where they cannot.")]


class Capabilities(wire.Wire):
    """Everything a client needs to know before it draws its first button."""

    version: str
    scene_version: int
    bases: list[Base]
    colours: Annotated[list[list[float]], Field(description="[slot] -> red, green, blue in 0..1.")]
    limits: MostAllowed
    proposals: Proposals
    downloads: list[str]
    marks: Annotated[
        list[str],
        Field(description="What every video and GIF carries, so that it says what it is; always all."),
    ]


class Proposal(wire.Wire):
    """A box that may be meant."""

    box: Annotated[list[float], Field(min_length=4, max_length=4)]
    label: str
    score: float


@router.get("/health")
def health(studio: Service) -> Health:
    """How the studio is: its workers, and how many jobs wait and run."""
    waiting, running = studio.jobs.counts()
    workers = [
        Worker(device=worker.device, job=worker.job, ready=worker.ready, starts=worker.starts)
        for worker in studio.engine.workers()
    ]
    return Health(
        status="ok",
        version=boximator.__version__,
        engine=studio.engine.name,
        workers=workers,
        queued=waiting,
        running=running,
    )


@router.get("/capabilities")
def capabilities(studio: Service) -> Capabilities:
    """Bases with their defaults, limits, the slots' colours, what can be downloaded."""
    limits, installed = studio.limits, studio.proposer.installed
    frames = Range(least=2, most=limits.frames, default=Scene.frames)
    fps = Range(least=1, most=120, default=Scene.fps)
    base = Base(name="pocket", frames=frames, fps=fps, settings=wire.Settings(), last_picture=True)
    return Capabilities(
        version=boximator.__version__,
        scene_version=Scene.version,
        bases=[base],
        colours=[[float(value) for value in colour] for colour in COLOURS],
        limits=MostAllowed(
            upload_bytes=limits.upload_bytes,
            pixels=limits.pixels,
            frames=limits.frames,
            tracks=SLOTS,
            prompt=LONGEST_PROMPT,
            side=Range(least=SMALLEST_SIDE, most=LARGEST_SIDE, default=1024),
        ),
        proposals=Proposals(installed=installed, reason="" if installed else NO_DETECTOR),
        downloads=["mp4", "gif", "json"],
        marks=list(NAMES),
    )


@router.post("/proposals", responses={501: {"model": wire.Refusal, "description": "No detector."}})
def proposals(request: wire.ProposalRequest, studio: Service) -> list[Proposal]:
    """Boxes for what lies at a point (smallest first), for what is named, or for everything.

    501 where no detector is installed.
    """
    image = studio.pictures.image(request.picture)
    if not studio.proposer.installed:
        raise Refused(
            HTTPStatus.NOT_IMPLEMENTED,
            given=NO_DETECTOR,
            wanted="Proposals need one",
            fix="Draw the box round the object",
        )
    point = None if request.point is None else (request.point.x, request.point.y)
    found = studio.proposer.propose(image, point=point, phrase=request.phrase)
    return [Proposal(box=list(one.box), label=one.label, score=one.score) for one in found]
