"""Pictures in, and out again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, UploadFile
from fastapi.responses import FileResponse

from boximator.studio import wire
from boximator.studio.service import FOREVER, Service

router = APIRouter(prefix="/pictures", tags=["pictures"])

PictureId = Annotated[str, Path(pattern=wire.ID_PATTERN)]


@router.post("", status_code=HTTPStatus.CREATED)
def upload(file: UploadFile, studio: Service) -> wire.Picture:
    """A picture file (or a video: its first frame). 413 above the limits, 422 for what is no picture."""
    data = file.file.read(studio.limits.upload_bytes + 1)
    return studio.pictures.add(data, name=file.filename or "picture")


@router.post("/{picture}/clearings", status_code=HTTPStatus.CREATED)
def clear(picture: PictureId, request: wire.Clearing, studio: Service) -> wire.Picture:
    """Another picture, without the thing in a box: the first frame of a video in which that thing comes in."""
    return studio.pictures.clear(picture, box=request.box)


@router.get("/{picture}")
def about(picture: PictureId, studio: Service) -> wire.Picture:
    """Its size, and what a person should know of it."""
    return studio.pictures.get(picture)


@router.get(
    "/{picture}/image",
    response_class=FileResponse,
    responses={200: {"content": {"image/webp": {}}, "description": "At most 2048 pixels long."}},
)
def image(picture: PictureId, studio: Service) -> FileResponse:
    """The picture to draw on: upright, at most 2048 pixels long."""
    return FileResponse(studio.pictures.image(picture), media_type="image/webp", headers=FOREVER)
