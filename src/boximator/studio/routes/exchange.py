"""Formats of other tools, in and out: what `boximator convert` does on the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Response, UploadFile

from boximator.scene.rules import LARGEST_SIDE, SMALLEST_SIDE
from boximator.studio.exchange import MEDIA, OTHER, Given, ending, others, take_in, write_out
from boximator.studio.exchange_wire import ExportRequest, Format, Imported
from boximator.studio.limits import MEGABYTE
from boximator.studio.refusals import too_large
from boximator.studio.requests import check_export
from boximator.studio.service import Service

router = APIRouter(tags=["exchange"])

NOTES = "Boximator-Notes"

Pixels = Annotated[int | None, Form(ge=SMALLEST_SIDE, le=LARGEST_SIDE)]


@router.get("/formats")
def formats() -> list[Format]:
    """The formats of other tools."""
    return [
        Format(
            name=one.name,
            title=one.title,
            ending=ending(one),
            reads=one.read is not None,
            loses=list(one.loses),
        )
        for one in others()
    ]


@router.post("/imports", status_code=HTTPStatus.CREATED)
def import_file(
    studio: Service,
    file: UploadFile,
    format: Annotated[str | None, Form(max_length=40)] = None,  # noqa: A002 - as it travels
    width: Pixels = None,
    height: Pixels = None,
    fps: Annotated[int | None, Form(ge=1, le=120)] = None,
    tolerance: Annotated[float, Form(ge=0, le=1000)] = 1.0,
) -> Imported:
    """The scene in another tool's file, or in a ZIP file of its folder.

    `width` and `height` are those of the picture the boxes are for: some formats count in its pixels and do not say
    how many there are. Of a box on every frame the few are kept that do, within `tolerance` pixels.
    """
    data = file.file.read(studio.limits.upload_bytes + 1)
    if len(data) > studio.limits.upload_bytes:
        raise too_large(f"The file is larger than {studio.limits.upload_bytes // MEGABYTE} MB")
    given = Given(
        data=data,
        name=file.filename or "file",
        format=format or None,
        size=(width, height) if width is not None and height is not None else None,
        fps=fps,
        tolerance=tolerance,
    )
    taken = take_in(given, limits=studio.limits)
    picture = None if taken.picture is None else studio.pictures.add(taken.picture, name="first frame.png")
    scene = taken.scene if picture is None else replace(taken.scene, picture=picture.id)
    return Imported(format=taken.format, scene=scene, picture=picture, notes=list(taken.notes))


@router.post(
    "/exports",
    response_class=Response,
    responses={
        200: {
            "content": {media: {} for media in (*MEDIA.values(), OTHER)},
            "description": "The file, or a ZIP file of the folder, to be saved.",
            "headers": {
                NOTES: {
                    "schema": {"type": "string"},
                    "description": "What is lost, in sentences: a JSON list of texts, percent-encoded.",
                }
            },
        }
    },
)
def export(request: ExportRequest, studio: Service) -> Response:
    """The scene as another tool's file. 422 if that tool's format cannot hold it."""
    picture = check_export(request, limits=studio.limits, pictures=studio.pictures)
    written = write_out(request, picture=picture, limits=studio.limits)
    return Response(
        written.data,
        media_type=written.media,
        headers={
            "Content-Disposition": f'attachment; filename="{written.name}"',
            NOTES: quote(json.dumps(written.notes)),
        },
    )
