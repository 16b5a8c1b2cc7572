"""What the studio says of itself, and the plan preview."""

from __future__ import annotations

import json

import numpy as np
from studio_stand_ins import Client, scene

from boximator.provenance.marks import LAYERS
from boximator.scene.plan import plan
from boximator.scene.wire import scene_from_text


def test_health_tells_of_workers_and_the_queue(studio: Client) -> None:
    job = studio.submit()["id"]
    studio.submit()
    studio.engine.running(job)
    health = studio.http.get("/api/v1/health").json()
    assert (health["status"], health["engine"], health["queued"], health["running"]) == ("ok", "hand", 1, 1)
    assert health["workers"] == [{"device": "hand", "job": job, "ready": True, "starts": 1}]


def test_capabilities_are_enough_for_a_client(studio: Client) -> None:
    told = studio.http.get("/api/v1/capabilities").json()
    assert told["marks"] == list(LAYERS), "what a download carries is said before it is made"
    assert told["bases"][0]["settings"]["steps"] == 8
    assert len(told["colours"]) == told["limits"]["tracks"] == 8
    assert told["limits"]["frames"] == studio.studio.limits.frames


def test_the_plan_is_the_plan(studio: Client) -> None:
    asked = scene("a" * 22)
    told = studio.http.post("/api/v1/plan", json={"scene": asked}).json()
    made = plan(scene_from_text(json.dumps(asked)))
    np.testing.assert_array_equal(np.float32(told["boxes"]), made.boxes)
    assert told["hard"] == made.hard.tolist()
    assert told["present"] == made.present.tolist()
    bare = studio.http.post("/api/v1/plan", json={"scene": asked, "insert": False}).json()
    assert [row[0] for row in bare["present"]] == [True] + 6 * [False] + [True]


def test_a_plan_of_too_many_frames_is_refused(studio: Client) -> None:
    answer = studio.http.post("/api/v1/plan", json={"scene": scene("a" * 22, frames=5000)})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["place"] == "scene.frames"


def test_other_addresses_are_declined_in_words(studio: Client) -> None:
    answer = studio.http.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json()["faults"][0]["fix"]
    assert studio.http.put("/api/v1/jobs").status_code == 405
