"""What travels when scenes come from other tools, and go to them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from boximator.scene.rules import LARGEST_SIDE, SMALLEST_SIDE
from boximator.scene.scene import Scene
from boximator.studio import wire

Side = Annotated[int, Field(ge=SMALLEST_SIDE, le=LARGEST_SIDE)]


class Format(wire.Wire):
    """A format of another tool, as `boximator convert` knows it."""

    name: str
    title: str
    ending: Annotated[str, Field(description='Of its file, with the dot; ".zip" where it is a folder.')]
    reads: Annotated[bool, Field(description="Whether it can be imported.")]
    loses: Annotated[
        list[str], Field(description="What of a scene does not come through when it is written.")
    ]


class Imported(wire.Wire):
    """A scene from another tool's file."""

    format: str
    scene: Scene
    picture: Annotated[wire.Picture | None, Field(description="The first frame, where the file held it.")]
    notes: Annotated[list[str], Field(description="What is lost or changed, in sentences.")]


class ExportRequest(wire.Wire):
    """A scene to be written for another tool, at the size of its video unless another is told."""

    scene: wire.SceneField
    format: Annotated[str, Field(max_length=40, examples=["cvat"])]
    width: Side | None = None
    height: Side | None = None
    frames: Annotated[int | None, Field(ge=2, description="Stretched to so many; null leaves them.")] = None
