"""The size at which a picture is looked at where its detail does not matter."""

from __future__ import annotations

_LEAST = 8


def small_size(height: int, *, width: int, longest: int) -> tuple[int, int]:
    """Columns and rows (as OpenCV wants them) of a picture shrunk to a longest side; never enlarged, never below 8."""
    scale = min(1.0, longest / max(height, width))
    return max(_LEAST, round(width * scale)), max(_LEAST, round(height * scale))
