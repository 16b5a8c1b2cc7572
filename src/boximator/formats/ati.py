"""ATI: one `.pth` file with point tracks.

Source: bytedance/ATI, `wan/utils/motion.py`: `torch.load` gives bytes, which are an .npz with the key `array` of
shape `[N, 121, 1, 3]`: x and y in pixels of the video that is made and visibility 0 or 1, all times 8 and rounded; 121
samples at 24 per second. Each track becomes five points (see `points`); a scene of any length is stretched over the
five seconds. The .pth is written without torch: it is a zip with a pickle of bytes in it.
"""

from __future__ import annotations

import io
import pickle
import zipfile

import numpy as np

from boximator.formats.points import points_of
from boximator.formats.target import ITSELF, Target, Written

SAMPLES = 121
QUANTUM = 8
"""Steps to the pixel."""


def write(target: Target) -> Written:
    """The tracks as ATI's `torch.load` takes them."""
    points, visible = points_of(target.scene, target.size)
    times = np.linspace(0, target.scene.frames - 1, SAMPLES)
    frames = np.arange(target.scene.frames)
    nearest = np.rint(times).astype(np.int64)
    rows = np.zeros((points.shape[1], SAMPLES, 1, 3), np.int16)
    for index in range(points.shape[1]):
        for axis in (0, 1):
            along = np.interp(times, frames, points[:, index, axis])
            rows[index, :, 0, axis] = np.clip(np.rint(along * QUANTUM), -(2**15), 2**15 - 1)
        rows[index, :, 0, 2] = QUANTUM * visible[nearest, index]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, array=rows)
    seconds = target.scene.frames / target.scene.fps
    note = f"{target.scene.frames} frames ({seconds:.3g} s) are stretched over ATI's 121 samples (5 s)."
    size = f"Points are pixels of {target.size[0]} x {target.size[1]}: let ATI make a video of that size."
    return Written(files={ITSELF: pth(buffer.getvalue())}, notes=(note, size))


def pth(content: bytes) -> bytes:
    """Bytes as the file `torch.save` would write for them (its zip format, uncompressed)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in (
            ("data.pkl", pickle.dumps(content, protocol=2)),
            ("byteorder", b"little"),
            ("version", b"3\n"),
        ):
            archive.writestr(zipfile.ZipInfo(f"archive/{name}"), data)
    return buffer.getvalue()
