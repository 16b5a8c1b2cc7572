"""Floor 0: what a person asks for, and the table of boxes that follows from it. Imports without torch."""

from __future__ import annotations

from boximator.scene.box import Box
from boximator.scene.colours import COLOURS, SLOTS
from boximator.scene.path import Path
from boximator.scene.plan import ControlPlan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track
from boximator.scene.wire import read_scene, write_scene

__all__ = [
    "COLOURS",
    "SLOTS",
    "Box",
    "ControlPlan",
    "Keyframe",
    "Path",
    "Problem",
    "Scene",
    "Track",
    "read_scene",
    "write_scene",
]
