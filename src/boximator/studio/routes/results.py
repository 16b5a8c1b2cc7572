"""What jobs leave: frames by index, files to download, and a small picture on the way."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse

from boximator.studio.routes.jobs import JobId
from boximator.studio.service import FOREVER, Service

router = APIRouter(prefix="/jobs/{job}", tags=["results"])


class Kind(StrEnum):
    """What can be downloaded."""

    MP4 = "mp4"
    GIF = "gif"
    JSON = "json"


MEDIA = {Kind.MP4: "video/mp4", Kind.GIF: "image/gif", Kind.JSON: "application/json"}


@router.get(
    "/frames/{index}",
    response_class=FileResponse,
    responses={200: {"content": {"image/webp": {}}, "description": "One frame at the result's size."}},
)
def frame(job: JobId, index: Annotated[int, Path(ge=0, le=9999)], studio: Service) -> FileResponse:
    """One frame of the result, by its index from 0. 404 unless the job is done and has it."""
    return FileResponse(studio.results.frame(job, index=index), media_type="image/webp", headers=FOREVER)


@router.get(
    "/downloads/{kind}",
    response_class=FileResponse,
    responses={
        200: {"content": {media: {} for media in MEDIA.values()}, "description": "The file, to be saved."}
    },
)
def download(job: JobId, kind: Kind, studio: Service) -> FileResponse:
    """The video, a GIF, or the JSON with embedded picture that `boximator animate` makes it again from."""
    path = studio.results.download(job, kind=kind.value)
    return FileResponse(path, media_type=MEDIA[kind], filename=f"boximator-{job[:8]}.{kind.value}")


@router.get(
    "/preview",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "Of the latest step."}},
)
def preview(job: JobId, studio: Service, step: str = "") -> Response:
    """A small picture of where the generation is; `step` only keeps caches apart. 404 before the first."""
    del step
    return Response(
        studio.results.preview(job), media_type="image/jpeg", headers={"Cache-Control": "no-store"}
    )
