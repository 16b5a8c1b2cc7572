"""The size of a result, and a picture brought to it."""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from boximator.scene.scene import Scene

LONGEST = 1024
"""Pixels of a result's longer side, at most."""


def fitted(picture: UInt8[np.ndarray, "height width 3"], *, scene: Scene) -> UInt8[np.ndarray, "h w 3"]:
    """The picture at the size of the result: the scene's, or its own; at most `LONGEST` long, sides even.

    The aspect ratio is the picture's unless the scene names another size; boxes are fractions and follow.
    """
    height, width = picture.shape[:2]
    if scene.width is not None and scene.height is not None:
        width, height = scene.width, scene.height
    scale = min(1.0, LONGEST / max(height, width))
    size = (max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2))
    if size == (picture.shape[1], picture.shape[0]):
        return picture
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))
