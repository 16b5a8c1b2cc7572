"""KJNodes spline editor and ComfyUI core ("track_coords"): JSON with a point for each track and frame.

Source: kijai/ComfyUI-KJNodes, `nodes/curve_nodes.py`, and `parse_json_tracks` of ComfyUI's `nodes_wan.py`: a list of
tracks, each a list of `{"x": ..., "y": ...}` in pixels, one for each frame. A box becomes its centre.
"""

from __future__ import annotations

import json

import numpy as np

from boximator.formats.points import points_of
from boximator.formats.target import ITSELF, Target, Written

CENTRE = np.asarray([(0.5, 0.5)])


def write(target: Target) -> Written:
    """The text to put into a node's coordinates, as a file."""
    return Written(files={ITSELF: (coordinates(target) + "\n").encode()})


def coordinates(target: Target) -> str:
    """The same as text. ComfyUI takes ' for ", so nothing else may be in it."""
    points, _ = points_of(target.scene, target.size, places=CENTRE)
    tracks = [
        [{"x": round(x, 2), "y": round(y, 2)} for x, y in points[:, index].tolist()]
        for index in range(points.shape[1])
    ]
    return json.dumps(tracks)
