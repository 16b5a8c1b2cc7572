"""Pictures looked at where their detail does not matter."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Float32

_LEAST = 8
_FINE_ENOUGH = 2.5  # sigma in pixels of the smaller picture


def small_size(height: int, *, width: int, longest: int) -> tuple[int, int]:
    """Columns and rows (as OpenCV wants them) of a picture shrunk to a longest side; never enlarged, never below 8."""
    scale = min(1.0, longest / max(height, width))
    return max(_LEAST, round(width * scale)), max(_LEAST, round(height * scale))


def wide_blur(
    picture: Float32[np.ndarray, "height width ..."], *, sigma: float
) -> Float32[np.ndarray, "height width ..."]:
    """A Gaussian blur of ``sigma`` pixels; a wide one has no detail, and so is made at a fraction of the size."""
    size, times = (picture.shape[1], picture.shape[0]), max(1, int(sigma / _FINE_ENOUGH))
    small = (max(1, size[0] // times), max(1, size[1] // times))
    low = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(low, (0, 0), sigma / times), size, interpolation=cv2.INTER_LINEAR)
