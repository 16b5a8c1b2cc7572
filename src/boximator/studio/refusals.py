"""Every answer of 400 and above: a status, and what was given, what is wanted, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from boximator.scene.problem import Fault, ManyProblems, Problem
from boximator.scene.wording import fault_of, place_of
from boximator.studio import wire

BODIES: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Why not, in words.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
    }
}
"""What every route may answer; for `responses=` of a router."""

ADVICE = {
    HTTPStatus.NOT_FOUND: ("an address of this service", "See /openapi.json for its addresses"),
    HTTPStatus.METHOD_NOT_ALLOWED: ("another method at this address", "See /openapi.json for its methods"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "a smaller body",
        "Send less; GET /api/v1/capabilities says the limits",
    ),
}


class Refused(Problem):
    """A problem with a status of its own; others are answered with 422."""

    def __init__(self, status: HTTPStatus, *, given: str, wanted: str, fix: str) -> None:
        super().__init__(given=given, wanted=wanted, fix=fix)
        self.status = status


def missing(what: str, *, wanted: str, fix: str) -> Refused:
    """There is no such thing, or no longer."""
    return Refused(HTTPStatus.NOT_FOUND, given=what, wanted=wanted, fix=fix)


def conflict(given: str, *, wanted: str, fix: str) -> Refused:
    """It cannot be done to a thing in this state."""
    return Refused(HTTPStatus.CONFLICT, given=given, wanted=wanted, fix=fix)


def too_large(given: str) -> Refused:
    """It is beyond the limits."""
    return Refused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        given=given,
        wanted="GET /api/v1/capabilities says the limits",
        fix="Scale it down; 2 megapixels are plenty",
    )


def faults_of(problem: Problem, *, place: str = "") -> list[Fault]:
    """The single faults of a problem, each with its place in the whole request."""
    found = problem.faults if isinstance(problem, ManyProblems) else (Fault("", problem),)
    return [Fault(".".join(filter(None, (place, fault.place))), fault.problem) for fault in found]


def wire_fault(fault: Fault) -> wire.Fault:
    """A fault as it travels."""
    problem = fault.problem
    return wire.Fault(place=fault.place, given=problem.given, wanted=problem.wanted, fix=problem.fix)


def answer(status: int, faults: Sequence[Fault], *, headers: dict[str, str] | None = None) -> JSONResponse:
    """The response that says these faults."""
    body = wire.Refusal(
        message="\n".join(str(fault) for fault in faults), faults=[wire_fault(fault) for fault in faults]
    )
    return JSONResponse(body.model_dump(mode="json"), status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Make the app answer problems, and its own refusals, in these words."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    status = error.status if isinstance(error, Refused) else HTTPStatus.UNPROCESSABLE_ENTITY
    return answer(status, faults_of(error))


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults: list[Fault] = []
    for entry in error.errors():
        loc = tuple(entry["loc"])
        where = loc[1:] if loc[:1] == ("body",) else loc
        found = entry.get("ctx", {}).get("error")
        if isinstance(found, Problem):
            faults += faults_of(found, place=place_of(where))
        elif entry["type"] == "extra_forbidden":
            faults.append(Fault(place_of(where), _unknown(str(where[-1]))))
        elif entry["type"] == "json_invalid":
            faults.append(Fault("", _not_json(str(entry.get("ctx", {}).get("error", entry["msg"])))))
        else:
            faults.append(fault_of({**entry, "loc": where}))
    return answer(HTTPStatus.UNPROCESSABLE_ENTITY, faults)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    wanted, fix = ADVICE.get(status, ("something else", "Change the request"))
    problem = Problem(given=str(error.detail), wanted=f"The service takes {wanted}", fix=fix)
    return answer(status, [Fault("", problem)], headers=dict(error.headers or {}))


def _unknown(name: str) -> Problem:
    return Problem(
        given=f'There is a field named "{name[:60]}"',
        wanted="The fields of this request stand in /openapi.json",
        fix="Rename the field or remove it",
    )


def _not_json(reason: str) -> Problem:
    return Problem(
        given=f"The body is not JSON: {reason}",
        wanted="A JSON object in curly brackets, in UTF-8",
        fix="Repair it there",
    )
