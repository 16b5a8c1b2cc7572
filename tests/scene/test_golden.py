from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from golden_plans import CASES, FILE, table

from boximator.scene.plan import plan
from boximator.scene.wire import scene_from_text

GOLDEN: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["cases"]


def test_the_file_holds_every_case() -> None:
    assert [case["name"] for case in GOLDEN] == list(CASES)
    assert len(GOLDEN) >= 25


@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case["name"])
def test_plans_are_as_written(case: dict[str, Any]) -> None:
    scene = scene_from_text(json.dumps(case["scene"]))
    made = plan(scene, **case["options"])
    found = table(made, tracks=len(scene.tracks))
    np.testing.assert_allclose(found["boxes"], case["boxes"], atol=2e-6)
    assert found["hard"] == case["hard"]
    assert found["present"] == case["present"]
    assert not made.present[:, len(scene.tracks) :].any()
