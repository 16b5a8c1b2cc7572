"""What a file says about itself: what `boximator verify` does on the command line."""

from __future__ import annotations

import threading
from typing import Annotated, Literal

from fastapi import APIRouter, UploadFile
from pydantic import Field

from boximator.provenance.frames import TooLarge
from boximator.provenance.verify import Answer, Verdict, verify_bytes
from boximator.studio import wire
from boximator.studio.limits import MEGABYTE
from boximator.studio.refusals import too_large
from boximator.studio.service import Service
from boximator.studio.uploads import called

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
    limits = studio.limits
    data = file.file.read(limits.upload_bytes + 1)
    if len(data) > limits.upload_bytes:
        raise too_large(f"The file is larger than {limits.upload_bytes // MEGABYTE} MB")
    name = called(file.filename or "", otherwise="file")
    with _ONE_BY_ONE:
        try:
            return _wire(verify_bytes(data, name=name, most=limits.pixels), name=name)
        except TooLarge as problem:
            raise too_large(problem.given) from problem


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
