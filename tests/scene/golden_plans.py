"""The golden plans: every rule of the control plan as a scene and the table it must give, for any language.

Regenerate after a wanted change of the rules, and read the difference:

    python tests/scene/golden_plans.py && git diff tests/golden/plans.json
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

import numpy as np

from boximator.scene.layout import laid_out
from boximator.scene.plan import ControlPlan, plan
from boximator.scene.wire import scene_from_text

FILE = pathlib.Path(__file__).parents[1] / "golden/plans.json"
DECIMALS = 6

ABOUT = (
    "Each case: plan(scene, options) must give boxes, hard and present, indexed [track][frame]. Boxes are "
    "rounded to 6 decimals and 0 where present is false; compare with a tolerance of 0.000002. Slots without "
    "a track are empty. Options left out: margin 1/9, shrink false, insert true. Random margins are not "
    "among the cases, since they depend on the generator. Regenerate: python tests/scene/golden_plans.py"
)

HERE, THERE = [0.2, 0.4, 0.4, 0.6], [0.6, 0.3, 0.7, 0.7]
LEFT, RIGHT = [-0.4, 0.3, -0.1, 0.6], [1.2, 0.3, 1.4, 0.6]
WAY = [[0.3, 0.5], [0.5, 0.2], [0.8, 0.6]]


def key(frame: int, box: list[float], **more: Any) -> dict[str, Any]:
    return {"frame": frame, "box": box, **more}


def track(*keyframes: dict[str, Any], points: list[list[float]] | None = None, **path: Any) -> dict[str, Any]:
    way = {} if points is None else {"path": {"points": points, **path}}
    return {"id": 1, "keyframes": list(keyframes), **way}


CASES: dict[str, tuple[int, list[dict[str, Any]], dict[str, Any]]] = {
    "one box only": (6, [track(key(0, HERE))], {}),
    "one box in the middle": (6, [track(key(3, HERE))], {}),
    "one soft box is a region, not relaxed": (6, [track(key(2, HERE, hard=False))], {}),
    "first and last box": (16, [track(key(0, HERE), key(15, THERE))], {}),
    "nothing before the first box and after the last": (10, [track(key(2, HERE), key(6, THERE))], {}),
    "three boxes": (9, [track(key(0, HERE), key(3, THERE), key(8, HERE))], {}),
    "keyframes in any order": (9, [track(key(8, HERE), key(0, HERE), key(3, THERE))], {}),
    "soft end": (6, [track(key(0, HERE), key(5, THERE, hard=False))], {}),
    "neighbouring frames leave no gap": (4, [track(key(1, HERE), key(2, THERE))], {}),
    "ease in": (8, [track(key(0, HERE, easing="ease_in"), key(7, THERE))], {}),
    "ease out": (8, [track(key(0, HERE, easing="ease_out"), key(7, THERE))], {}),
    "ease in and out": (8, [track(key(0, HERE, easing="ease_in_out"), key(7, THERE))], {}),
    "easing of each gap": (
        9,
        [track(key(0, HERE, easing="ease_in"), key(4, THERE, easing="ease_out"), key(8, HERE))],
        {},
    ),
    "anchor": (6, [track(key(0, HERE), key(5, HERE))], {}),
    "path to the end of the scene": (16, [track(key(0, HERE), points=WAY)], {}),
    "path from a later frame": (10, [track(key(4, HERE), points=WAY)], {}),
    "path that starts elsewhere is shifted": (8, [track(key(0, HERE), points=[[0, 0], [0.2, 0.1]])], {}),
    "path with easing": (8, [track(key(0, HERE), points=WAY, easing="ease_in_out")], {}),
    "smooth path": (12, [track(key(0, HERE), points=WAY, kind="smooth")], {}),
    "smooth path with uneven and repeated points": (
        12,
        [
            track(
                key(0, HERE),
                points=[[0.3, 0.5], [0.32, 0.48], [0.32, 0.48], [0.7, 0.2], [0.3, 0.7]],
                kind="smooth",
                easing="ease_in",
            )
        ],
        {},
    ),
    "smooth path of two points is straight": (
        6,
        [track(key(0, HERE), points=[[0.3, 0.5], [0.6, 0.5]], kind="smooth")],
        {},
    ),
    "path that goes nowhere": (5, [track(key(0, HERE), points=[[0.5, 0.5], [0.5, 0.5]])], {}),
    "path and end box": (16, [track(key(0, HERE), key(15, THERE), points=WAY)], {}),
    "path and end box elsewhere: the path is bent": (
        10,
        [track(key(0, HERE), key(9, THERE), points=[[0.1, 0.9], [0.5, 0.9]])],
        {},
    ),
    "path, end box, and easing of centre and size": (
        10,
        [track(key(0, HERE, easing="ease_out"), key(9, THERE), points=WAY, easing="ease_in")],
        {},
    ),
    "path through a box between": (
        11,
        [track(key(0, HERE), key(4, THERE), key(10, HERE), points=WAY, kind="smooth")],
        {},
    ),
    "path with easing through a box between": (
        11,
        [track(key(10, HERE), key(4, THERE), key(0, HERE), points=WAY, easing="ease_in")],
        {},
    ),
    "path that ends before the scene does": (9, [track(key(1, HERE), key(5, THERE), points=WAY)], {}),
    "enter from the left": (12, [track(key(0, LEFT), key(11, HERE))], {}),
    "enter from a segment drawn on the border": (8, [track(key(0, [0, 0.3, 0, 0.6]), key(7, HERE))], {}),
    "leave to the right": (12, [track(key(0, HERE), key(11, RIGHT))], {}),
    "leave along a path": (12, [track(key(0, HERE), points=[[0.3, 0.5], [0.3, -0.6]])], {}),
    "outside all the time": (5, [track(key(0, LEFT), key(4, [-0.4, 0.5, -0.1, 0.8]))], {}),
    "outside past a corner is a point": (5, [track(key(0, [1.1, 1.2, 1.3, 1.4]), key(4, HERE))], {}),
    "through the picture from side to side": (12, [track(key(0, LEFT), key(11, RIGHT))], {}),
    "line inside the picture is relaxed": (5, [track(key(0, [0.3, 0.5, 0.6, 0.5]), key(4, HERE))], {}),
    "partly outside is relaxed, then clamped": (
        5,
        [track(key(0, [-0.1, 0.8, 0.2, 1.2]), key(4, [0, 0.8, 0.3, 1.2]))],
        {},
    ),
    "other margin": (6, [track(key(0, HERE), key(5, THERE))], {"margin": 0.03}),
    "no margin": (6, [track(key(0, HERE), key(5, THERE))], {"margin": 0.0}),
    "shrink near user boxes": (10, [track(key(1, HERE), key(4, THERE), key(9, HERE))], {"shrink": True}),
    "shrink on an open path": (7, [track(key(2, HERE), points=WAY)], {"shrink": True}),
    "nothing inserted": (8, [track(key(1, HERE), key(6, THERE), points=WAY)], {"insert": False}),
    "two tracks take two slots in their order": (
        6,
        [
            {**track(key(0, HERE), key(5, THERE)), "id": 7},
            {**track(key(2, THERE), points=WAY), "id": 3},
        ],
        {},
    ),
    "eight tracks": (
        3,
        [{**track(key(0, [0.1 * n, 0.1, 0.1 * n + 0.1, 0.3]), key(2, HERE)), "id": n + 1} for n in range(8)],
        {},
    ),
    "one frame": (1, [track(key(0, HERE))], {}),
}
"""Name: (frames, tracks, options)."""


def expected(name: str) -> dict[str, Any]:
    """A case as it stands in the file."""
    frames, tracks, options = CASES[name]
    scene = {"version": 1, "picture": "photo.jpg", "frames": frames, "tracks": tracks}
    made = plan(scene_from_text(json.dumps(scene)), **options)
    return {"name": name, "scene": scene, "options": options, **table(made, tracks=len(tracks))}


def table(made: ControlPlan, *, tracks: int) -> dict[str, Any]:
    """The used slots of a plan as lists, [track][frame]."""
    boxes = np.round(made.boxes.astype(np.float64), DECIMALS) + 0.0  # + 0.0 makes -0.0 plain
    return {
        "boxes": boxes.swapaxes(0, 1)[:tracks].tolist(),
        "hard": made.hard.T[:tracks].astype(int).tolist(),
        "present": made.present.T[:tracks].astype(int).tolist(),
    }


if __name__ == "__main__":
    cases = [expected(name) for name in CASES]
    FILE.write_text(laid_out({"about": ABOUT, "cases": cases}), encoding="utf-8")
