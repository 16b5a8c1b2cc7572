"""ComfyUI's own types: TRACKS, and bounding boxes.

Source: ComfyUI, `comfy_extras/nodes_wanmove.py`: TRACKS is a dict of `track_path` `[T, N, 2]` in pixels and
`track_visibility` `[T, N]`; BOUNDING_BOX is `{"x", "y", "width", "height"}` in pixels. Here they are numpy; the
node makes tensors of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from boximator.formats.points import points_of
from boximator.formats.source import Size, number
from boximator.formats.tracks import box_in_pixels
from boximator.scene.colours import SLOTS
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene
from boximator.scene.track import Keyframe, Track


def comfy_tracks(scene: Scene, size: Size) -> dict[str, np.ndarray]:
    """Five points a track (see `points`): float32 `track_path`, bool `track_visibility`."""
    points, visible = points_of(scene, size)
    return {"track_path": points.astype(np.float32), "track_visibility": visible}


def scene_from_boxes(
    starts: Sequence[Mapping[str, object]],
    ends: Sequence[Mapping[str, object]],
    *,
    size: Size,
    frames: int,
    prompt: str = "",
) -> Scene:
    """A scene whose tracks go from each first box to the last box of the same place in the list.

    Where there are fewer last boxes than first ones, the others are held still.

    Raises:
        Problem: no boxes, more than 8, more last than first ones, or a box that is none.
    """
    if not starts or len(starts) > SLOTS or len(ends) > len(starts):
        raise Problem(
            given=f"There are {len(starts)} first and {len(ends)} last boxes",
            wanted=f"1 to {SLOTS} first boxes, and no more last ones than first ones",
            fix="Draw the boxes again",
        )
    tracks: list[Track] = []
    for index, start in enumerate(starts):
        end = ends[index] if index < len(ends) else start
        keys = tuple(
            Keyframe(frame=frame, box=box_in_pixels(_edges(box), size, f"box {index + 1}"))
            for frame, box in ((0, start), (frames - 1, end))
        )
        tracks.append(Track(id=index + 1, keyframes=keys))
    return Scene(prompt=prompt, frames=frames, width=size[0], height=size[1], tracks=tuple(tracks))


def _edges(box: Mapping[str, object]) -> tuple[float, float, float, float]:
    x, y, width, height = (number(box.get(name), f"box {name}") for name in ("x", "y", "width", "height"))
    return x, y, x + width, y + height
