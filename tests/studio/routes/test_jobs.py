"""Jobs through the API, on an engine moved by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from studio_stand_ins import Client, png, request, until

from boximator.scene.problem import Problem

OUT_OF_MEMORY = Problem(given="It ran out of memory", wanted="A smaller picture", fix="Scale it down")


def test_a_job_from_its_request_to_its_files(studio: Client) -> None:
    job = studio.submit(seed=3)
    assert (job["state"], job["attempts"], job["step"], job["result"]) == ("queued", 0, 0, None)
    assert job["scene"]["seed"] == 3
    assert job["scene"]["tracks"][0]["keyframes"][1]["box"] == [0.5, 0.2, 0.8, 0.6]
    task = studio.engine.running(job["id"])
    assert json.loads(task.scene)["prompt"] == "it moves"
    assert task.picture == png()
    assert studio.until(job["id"], "running")["attempts"] == 1
    studio.engine.step(3, preview=b"a small picture")
    now = until(lambda: studio.job(job["id"]), lambda now: now["step"] == 3)
    assert now["steps"] == 8
    assert studio.http.get(now["preview"]).content == b"a small picture"
    studio.engine.finish()
    done = studio.until(job["id"], "done")
    assert done["started"] <= done["ended"]
    result = done["result"]
    assert studio.http.get(result["frame"].format(index=0)).content == b"webp"
    assert studio.http.get(result["frame"].format(index=1)).status_code == 404
    for kind, address in result["downloads"].items():
        answer = studio.http.get(address)
        assert answer.content == b"file"
        assert answer.headers["content-disposition"].endswith(f'.{kind}"')


def test_files_are_not_there_before_the_job_is_done(studio: Client) -> None:
    job = studio.submit()["id"]
    studio.engine.running(job)
    for what in ("frames/0", "downloads/mp4", "preview"):
        answer = studio.http.get(f"/api/v1/jobs/{job}/{what}")
        assert answer.status_code == 404
        assert "This job has no" in answer.json()["message"]


def test_the_same_key_is_the_same_job(studio: Client) -> None:
    picture = studio.upload()
    body = request(picture)
    first, second = (
        studio.http.post("/api/v1/jobs", json=body, headers={"Idempotency-Key": "once"}) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    other = studio.http.post(
        "/api/v1/jobs", json=request(picture, seed=9), headers={"Idempotency-Key": "once"}
    )
    assert other.status_code == 409
    assert len(studio.http.get("/api/v1/jobs").json()["jobs"]) == 1


def test_a_waiting_job_is_cancelled_at_once_and_never_begins(studio: Client) -> None:
    first, second = studio.submit()["id"], studio.submit()["id"]
    studio.engine.running(first)
    for _ in range(2):  # again is fine
        assert studio.http.post(f"/api/v1/jobs/{second}/cancel").json()["state"] == "cancelled"
    studio.engine.finish()
    third = studio.submit()["id"]
    studio.engine.running(third)
    assert [task.job for task in studio.engine.begun] == [first, third]


def test_a_running_job_is_told_to_stop_and_is_cancelled_when_it_has(studio: Client) -> None:
    job = studio.submit()["id"]
    studio.engine.running(job)
    for _ in range(2):
        assert studio.http.post(f"/api/v1/jobs/{job}/cancel").json()["state"] == "cancelling"
    studio.engine.wait(lambda: job in studio.engine.stops)
    studio.engine.stopped()
    assert studio.until(job, "cancelled")["ended"] is not None


def test_a_job_whose_last_step_was_over_is_done_all_the_same(studio: Client) -> None:
    job = studio.submit()["id"]
    studio.engine.running(job)
    studio.http.post(f"/api/v1/jobs/{job}/cancel")
    studio.engine.finish()
    assert studio.until(job, "done")["result"]["frames"] == 1
    assert studio.http.post(f"/api/v1/jobs/{job}/cancel").status_code == 409


def test_a_failed_job_says_why_and_can_be_tried_again(studio: Client) -> None:
    job = studio.submit(priority=5)["id"]
    studio.engine.running(job)
    assert studio.http.post(f"/api/v1/jobs/{job}/retry").status_code == 409
    studio.engine.fail(OUT_OF_MEMORY)
    assert studio.until(job, "failed")["reason"]["given"] == "It ran out of memory."
    answer = studio.http.post(f"/api/v1/jobs/{job}/retry", headers={"Idempotency-Key": "again"})
    again = answer.json()
    assert (answer.status_code, again["retry_of"], again["priority"]) == (201, job, 5)
    assert again["scene"] == studio.job(job)["scene"]
    assert again["id"] != job
    studio.engine.running(again["id"])
    once_more = studio.http.post(f"/api/v1/jobs/{job}/retry", headers={"Idempotency-Key": "again"})
    assert (once_more.status_code, once_more.json()["id"]) == (200, again["id"])


def test_a_lost_job_is_run_once_more_and_then_fails_with_the_reason(studio: Client) -> None:
    first, second = studio.submit()["id"], studio.submit()["id"]
    studio.engine.running(first)
    studio.engine.lose()
    assert studio.engine.running(first).attempt == 2  # before the one that waited behind it
    studio.engine.lose()
    failed = studio.until(first, "failed")
    assert failed["attempts"] == 2
    assert "The worker fell over" in failed["reason"]["given"]
    studio.engine.running(second)


def test_a_lost_job_that_was_to_stop_is_cancelled(studio: Client) -> None:
    job = studio.submit()["id"]
    studio.engine.running(job)
    studio.http.post(f"/api/v1/jobs/{job}/cancel")
    studio.engine.lose()
    assert studio.until(job, "cancelled")["attempts"] == 1


def test_news_of_an_older_attempt_counts_no_more(studio: Client) -> None:
    job = studio.submit()["id"]
    old = studio.engine.running(job)
    studio.engine.lose()
    new = studio.engine.running(job)
    studio.engine.task = old
    studio.engine.step(7)
    studio.engine.finish()
    studio.engine.task = new
    studio.engine.step(2)
    now = until(lambda: studio.job(job), lambda now: now["step"] == 2)
    assert now["state"] == "running"


def test_higher_priorities_run_earlier_and_can_be_changed(studio: Client) -> None:
    running, low, high, late = (studio.submit(priority=priority)["id"] for priority in (0, 0, 7, 0))
    studio.engine.running(running)
    moved = studio.http.patch(f"/api/v1/jobs/{late}", json={"priority": 50})
    assert moved.json()["priority"] == 50
    assert studio.http.patch(f"/api/v1/jobs/{running}", json={"priority": 1}).status_code == 409
    for job in (late, high, low):
        studio.engine.finish()
        studio.engine.running(job)
    assert [task.job for task in studio.engine.begun] == [running, late, high, low]


def test_jobs_come_newest_first_in_pages_and_by_state(studio: Client) -> None:
    made = [studio.submit()["id"] for _ in range(5)]
    studio.engine.running(made[0])
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = studio.http.get("/api/v1/jobs", params=query).json()
        seen += [job["id"] for job in page["jobs"]]
        if page["next"] is None:
            break
        query["before"] = page["next"]
    assert seen == made[::-1]
    running = studio.http.get("/api/v1/jobs", params={"state": ["running", "done"]}).json()
    assert [job["id"] for job in running["jobs"]] == made[:1]


def test_a_job_that_is_over_can_be_thrown_away_with_its_files(studio: Client) -> None:
    job = studio.submit()["id"]
    studio.engine.running(job)
    assert studio.http.delete(f"/api/v1/jobs/{job}").status_code == 409
    studio.engine.finish()
    studio.until(job, "done")
    assert studio.http.delete(f"/api/v1/jobs/{job}").status_code == 204
    assert studio.http.get(f"/api/v1/jobs/{job}").status_code == 404
    assert studio.http.get(f"/api/v1/jobs/{job}/frames/0").status_code == 404
    assert studio.http.delete(f"/api/v1/jobs/{job}").status_code == 404


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_job_that_never_was_is_not_found(studio: Client, method: str) -> None:
    assert getattr(studio.http, method)(f"/api/v1/jobs/{'a' * 22}").status_code == 404


def test_all_that_is_wrong_with_a_scene_is_said_with_its_place(studio: Client) -> None:
    body = request("a" * 22)
    body["scene"]["tracks"][0]["keyframes"][1]["box"] = [0.8, 0.2, 0.5, 0.6]
    body["scene"]["tracks"][0]["keyframes"][0]["frame"] = 99
    answer = studio.http.post("/api/v1/jobs", json=body)
    assert answer.status_code == 422
    places = {fault["place"]: fault for fault in answer.json()["faults"]}
    assert set(places) == {
        "scene.tracks[0].keyframes[0].frame",
        "scene.tracks[0].keyframes[1].box",
    }
    assert "is reversed" in places["scene.tracks[0].keyframes[1].box"]["given"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"picture": "../../etc/passwd"}, "scene.picture"),
        ({"picture": "a" * 22}, "scene.picture"),
        ({"last_picture": "/etc/passwd"}, "scene.last_picture"),
        ({"picture": None, "width": 64, "height": 64}, "scene.picture"),
        (
            {"frames": 1, "tracks": [{"id": 1, "keyframes": [{"frame": 0, "box": [0, 0, 1, 1]}]}]},
            "scene.frames",
        ),
        ({"frames": 9999}, "scene.frames"),
        ({"colour": "red"}, "scene.colour"),
        ({"tracks": []}, "scene.tracks"),
    ],
)
def test_what_a_scene_may_not_say_here(studio: Client, change: dict[str, Any], place: str) -> None:
    answer = studio.http.post("/api/v1/jobs", json=request(studio.upload(), **change))
    assert answer.status_code == 422
    assert place in {fault["place"] for fault in answer.json()["faults"]}


@pytest.mark.parametrize(
    "body", ["{", "[]", '{"scene": 3}', '{"scene": {"version": NaN}}', '{"scene": "\\ud800"}']
)
def test_rubbish_is_refused_in_words(studio: Client, body: str) -> None:
    answer = studio.http.post("/api/v1/jobs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert all(fault["given"] and fault["fix"] for fault in answer.json()["faults"])
