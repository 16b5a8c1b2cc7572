"""What a file says about itself: what `boximator verify` does on the command line."""

from __future__ import annotations

import threading
from typing import Annotated, Literal

from fastapi import APIRouter, UploadFile
from pydantic import Field

from boximator.provenance.verify import Answer, Verdict, verify_bytes
from boximator.scene.problem import Problem
from boximator.studio import wire
from boximator.studio.refusals import too_large
from boximator.studio.service import Service
from boximator.studio.uploads import called, first_frame, picture_header, video_ending

router = APIRouter(tags=["verify"])

_ONE_BY_ONE = threading.Lock()
"""A file is decoded whole; many at once would take the memory of the jobs."""

LayerName = Literal["label", "watermark", "metadata", "signature"]
NAMES: tuple[LayerName, ...] = ("label", "watermark", "metadata", "signature")
"""In the order of `boximator.provenance.marks.LAYERS`."""
VerdictName = Literal["intact", "missing", "changed"]
VERDICTS: dict[Verdict, VerdictName] = {
    Verdict.INTACT: "intact",
    Verdict.MISSING: "missing",
    Verdict.CHANGED: "changed",
}


class Layer(wire.Wire):
    """One kind of mark."""

    name: LayerName
    found: bool
    left_out: Annotated[bool, Field(description="On purpose, as the signed record says.")]
    words: Annotated[str, Field(description="What was seen, in a sentence.")]


class Verification(wire.Wire):
    """Which marks a file carries, and what that means; never more than the evidence."""

    file: str
    verdict: Annotated[
        VerdictName,
        Field(description="Marked and intact; marks are missing; a mark says that the file was changed."),
    ]
    layers: list[Layer]
    words: Annotated[str, Field(description="What the layers mean together.")]


@router.post("/verifications")
def check(studio: Service, file: UploadFile) -> Verification:
    """Whether a picture or a video carries the marks of boximator. The file is not kept."""
    data = file.file.read(studio.limits.upload_bytes + 1)
    studio.pictures.check_size(data)
    name = called(file.filename or "", otherwise="file")
    ending = video_ending(data) or picture_header(data)[0]
    if ending is None:
        raise Problem(
            given=f"{name} is neither a picture nor a video that can be read",
            wanted="An MP4, MOV, WebM, GIF, PNG, JPEG, WebP or another common kind",
            fix="Give the file as it came, not packed and not a page of a website",
        )
    with _ONE_BY_ONE:
        if video_ending(data):
            rows, columns, _ = first_frame(data, called=name).pixels.shape
            if rows * columns > studio.limits.pixels:
                raise too_large(f"The video is {columns} x {rows} pixels")
        return _wire(verify_bytes(data, name=f"file{ending}"), name=name)


def _wire(answer: Answer, *, name: str) -> Verification:
    *each, together = answer.sentences()
    return Verification(
        file=name,
        verdict=VERDICTS[answer.verdict],
        layers=[
            Layer(name=layer, found=layer in answer.found, left_out=layer in answer.left_out, words=words)
            for layer, words in zip(NAMES, each, strict=True)
        ],
        words=together,
    )
