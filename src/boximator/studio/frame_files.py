"""Pictures as the bytes of files, as they are: the user's own, rehearsals, and previews, which come marked."""

from __future__ import annotations

import io

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.studio.result_store import FRAME

QUALITY = 90


def frame_files(frames: UInt8[np.ndarray, "frames height width 3"]) -> dict[str, bytes]:
    """One WebP file for each frame, by name."""
    return {
        FRAME.format(index=index): _saved(frame, "WEBP", quality=QUALITY, method=1)
        for index, frame in enumerate(frames)
    }


def jpeg(frame: UInt8[np.ndarray, "height width 3"]) -> bytes:
    """A small picture for on the way."""
    return _saved(frame, "JPEG", quality=80)


def png(frame: UInt8[np.ndarray, "height width 3"]) -> bytes:
    """A picture without loss."""
    return _saved(frame, "PNG", compress_level=6)


def _saved(frame: np.ndarray, kind: str, **options: int) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(frame).save(stream, format=kind, **options)
    return stream.getvalue()
