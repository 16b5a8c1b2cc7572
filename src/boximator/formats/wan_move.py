"""Wan-Move: a folder with `tracks.npy` and `visibility.npy`, points in pixels.

Source: ali-vilab/Wan-Move, `generate.py` (`--image`, `--prompt`, `--track`, `--track_visibility`) and
`wan/modules/trajectory.py`: tracks `[T, N, 2]` as x, y and visibility `[T, N]`; a point outside the frame is passed
over. Each track becomes five points (see `points`). Its model makes 81 frames at 480 x 832.
"""

from __future__ import annotations

import io

import numpy as np

from boximator.formats.points import points_of
from boximator.formats.target import Content, Still, Target, Written

FRAMES = 81


def write(target: Target) -> Written:
    """The folder, with the picture and the prompt if there are any."""
    points, visible = points_of(target.scene, target.size)
    files: dict[str, Content] = {
        "tracks.npy": npy(points.astype(np.float32)),
        "visibility.npy": npy(visible),
        "prompt.txt": (target.scene.prompt + "\n").encode(),
    }
    if target.ground is not None:
        files["image.png"] = Still(target.ground)
    notes = (
        ()
        if target.scene.frames == FRAMES
        else (
            f"The scene has {target.scene.frames} frames, Wan-Move's model makes {FRAMES}: add --frames {FRAMES}.",
        )
    )
    return Written(files=files, notes=notes)


def npy(array: np.ndarray) -> bytes:
    """The array as the bytes of an .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
