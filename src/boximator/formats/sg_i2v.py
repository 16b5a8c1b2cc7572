"""SG-I2V: a folder with `img.png` and `traj.npy`.

Source: Kmcode1/SG-I2V, `read_condition` in `inference.py`: `traj.npy` is `[N, 2 + F, 2]` in pixels of `img.png`: the
first box's top left and bottom right corner, then its centre on each of F frames, each as x, y. A box never changes
its size, and starts on the first frame. Its model makes 14 frames and takes no prompt.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from jaxtyping import Float

from boximator.formats.points import held
from boximator.formats.source import LARGEST_FILE, Read, Source, bytes_of, needed_size
from boximator.formats.target import Content, Still, Target, Written
from boximator.formats.tracks import Seen, box_in_pixels, scene_of
from boximator.formats.wan_move import npy
from boximator.scene.plan import drawn_boxes
from boximator.scene.problem import Problem
from boximator.scene.rules import LONGEST_SCENE

FRAMES = 14
MOST_BOXES = 1000


def read(source: Source) -> Read:
    """The scene in a folder with traj.npy and img.png, or in a traj.npy.

    Raises:
        Problem: no such array, or no size (its picture is not there, and nobody told it).
    """
    folder = source.path if source.path.is_dir() else source.path.parent
    table = source.path / "traj.npy" if source.path.is_dir() else source.path
    rows = _rows(table)
    size = needed_size(source, "SG-I2V")
    seen: list[Seen] = []
    for index, row in enumerate(rows):
        (x0, y0), (x1, y1) = row[0].tolist(), row[1].tolist()
        moves = row[2:] - row[2]
        boxes = {
            frame: box_in_pixels(
                (x0 + dx, y0 + dy, x1 + dx, y1 + dy), size, f"box {index + 1}, frame {frame}"
            )
            for frame, (dx, dy) in enumerate(moves.tolist())
        }
        seen.append(Seen(name=str(index + 1), label="", boxes=boxes))
    scene, notes = scene_of(seen, frames=rows.shape[1] - 2, size=size, fps=source.fps, dense=True)
    picture = folder / "img.png"
    return Read(scene=scene, notes=notes, dense=True, picture=picture if picture.is_file() else None)


def _rows(path: Path) -> Float[np.ndarray, "boxes steps 2"]:
    wanted = "an array of numbers [boxes, 2 + frames, 2]"
    try:
        data = bytes_of(path)
        if not data.startswith(b"\x93NUMPY"):
            raise ValueError("it is no .npy file")
        array = np.load(io.BytesIO(data), allow_pickle=False, max_header_size=10_000)
    except Problem:
        raise
    except Exception as error:  # a damaged header can raise nearly anything
        reason = " ".join(str(error).split())[:100]
        raise Problem(
            given=f"{path.name} cannot be read: {reason}", wanted=f"It is {wanted}", fix="Write it again"
        ) from error
    good = (
        array.ndim == 3
        and array.shape[2] == 2
        and 1 <= array.shape[0] <= MOST_BOXES
        and 3 <= array.shape[1] <= LONGEST_SCENE + 2
        and array.nbytes <= LARGEST_FILE
        and array.dtype.kind in "iuf"
    )
    if not good:
        given = f"{path.name} is {array.dtype} of shape {list(array.shape)}"
        raise Problem(given=given, wanted=f"It is {wanted}", fix="Write it again")
    return array.astype(np.float64)


def write(target: Target) -> Written:
    """The folder; img.png is left out if there is no picture."""
    scene, (width, height) = target.scene, target.size
    drawn, present = drawn_boxes(scene)
    boxes = held(drawn, present) * [width, height, width, height]
    corners = boxes[0].reshape(-1, 2, 2)
    centres = np.moveaxis((boxes[..., :2] + boxes[..., 2:]) / 2, 0, 1)
    files: dict[str, Content] = {
        "traj.npy": npy(np.concatenate([corners, centres], axis=1).astype(np.float32))
    }
    notes: list[str] = []
    if target.ground is not None:
        files["img.png"] = Still(target.ground)
    if scene.frames != FRAMES:
        notes.append(f"The scene has {scene.frames} frames, SG-I2V makes {FRAMES}: add --frames {FRAMES}.")
    return Written(files=files, notes=tuple(notes))
