"""Event streams over a real connection."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from studio_stand_ins import HandEngine, call, config_in, events, live, request, upload


def test_a_job_is_told_from_where_it_is_to_its_end_and_then_the_stream_ends(tmp_path: Path) -> None:
    engine = HandEngine()
    with live(config_in(tmp_path), engine=engine) as port:
        job = call(port, "POST", "/api/v1/jobs", request(upload(port)))["id"]
        engine.running(job)
        with events(port, f"/api/v1/jobs/{job}/events") as stream:
            kind, first = next(stream)
            assert kind == "job"
            assert first["id"] == job
            engine.step(1)
            seen = first
            while seen["step"] < 1:
                _, seen = next(stream)
            engine.finish()
            rest = [seen, *(data for _, data in stream)]
        assert rest[-1]["state"] == "done"
        revisions = [data["revision"] for data in rest]
        assert revisions == sorted(set(revisions))
        with events(port, f"/api/v1/jobs/{job}/events") as stream:
            assert [data["state"] for _, data in stream] == ["done"]


def test_all_jobs_are_told_first_as_they_are_and_then_every_change(tmp_path: Path) -> None:
    engine = HandEngine()
    with live(config_in(tmp_path), engine=engine) as port:
        picture = upload(port)
        first = call(port, "POST", "/api/v1/jobs", request(picture))["id"]
        engine.running(first)
        with events(port, "/api/v1/events") as stream, events(port, "/api/v1/events") as second_tab:
            for tab in (stream, second_tab):
                kind, data = next(tab)
                assert (kind, [job["id"] for job in data["jobs"]]) == ("jobs", [first])
            second = call(port, "POST", "/api/v1/jobs", request(picture))["id"]
            engine.finish()
            for tab in (stream, second_tab):
                wanted = {(first, "done"), (second, "running")}
                while wanted:
                    _, data = next(tab)
                    wanted.discard((data["id"], data["state"]))
            call(port, "DELETE", f"/api/v1/jobs/{first}")
            kind, data = next(event for event in stream if event[0] == "removed")
            assert data == {"id": first}


def test_streams_end_when_the_studio_stops(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        with live(config_in(tmp_path), engine=HandEngine()) as port:
            stream = stack.enter_context(events(port, "/api/v1/events"))
            next(stream)
        assert list(stream) == []


def test_of_a_job_that_never_was_nothing_is_told(tmp_path: Path) -> None:
    with (
        live(config_in(tmp_path), engine=HandEngine()) as port,
        pytest.raises(AssertionError, match="no job of this id"),
        events(port, f"/api/v1/jobs/{'a' * 22}/events"),
    ):
        pass
