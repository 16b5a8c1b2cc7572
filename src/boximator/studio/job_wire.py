"""A row of the table <-> what travels."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from boximator.scene.schema import adapter
from boximator.studio import wire
from boximator.studio.states import State
from boximator.studio.tables import JobRow

LONGEST_TITLE = 80
ADDRESS = "/api/v1/jobs/{job}"


def request_values(request: wire.JobRequest) -> dict[str, Any]:
    """The columns that a request fills."""
    scene = request.scene
    return {
        "priority": request.priority,
        "base": request.base,
        "title": scene.prompt[:LONGEST_TITLE],
        "picture": scene.picture,
        "last_picture": scene.last_picture,
        "scene": adapter().dump_json(scene).decode(),
        "settings": request.settings.model_dump_json(),
    }


def detail_of(row: JobRow) -> wire.JobDetail:
    """A job with its scene and settings."""
    return wire.JobDetail(
        **_summary(row),
        scene=adapter().validate_json(row.scene),
        settings=wire.Settings.model_validate_json(row.settings),
    )


def summary_of(row: JobRow) -> wire.Job:
    """A job without them."""
    return wire.Job(**_summary(row))


def _summary(row: JobRow) -> dict[str, Any]:
    address = ADDRESS.format(job=row.id)
    return {
        "id": row.id,
        "state": State(row.state),
        "revision": row.revision,
        "priority": row.priority,
        "base": row.base,
        "title": row.title,
        "picture": row.picture,
        "created": _time(row.created),
        "started": _time(row.started),
        "ended": _time(row.ended),
        "attempts": row.attempts,
        "step": row.step,
        "steps": row.steps,
        "preview": f"{address}/preview?step={row.attempts}.{row.previewed}" if row.previewed else None,
        "reason": None if row.reason is None else wire.Fault.model_validate_json(row.reason),
        "retry_of": row.retry_of,
        "result": None if row.result is None else wire.Result.model_validate_json(row.result),
    }


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
