"""Sizes that every part of `pocket` agrees on."""

from __future__ import annotations

from dataclasses import dataclass

FRAMES = 16
"""Frames of a clip; frame 0 is the given picture."""

PACK = 5
"""Video frames in one latent frame: latent frame g holds frames PACK*g+1 .. PACK*g+PACK."""

CELL = 4
"""Pixels of the model's picture along one side of a state cell."""

PATCH = 4
"""State cells along one side of a token."""

STATE_CHANNELS = 7
"""Per video frame: red, green, blue, horizontal flow, vertical flow, hidden, thing."""

# Height and width of the picture the model looks at. Other aspect ratios are squeezed onto the nearest of
# these; boxes are normalised, so they need no change.
PICTURE_SIZES: tuple[tuple[int, int], ...] = ((128, 128), (96, 160), (160, 96))


@dataclass(frozen=True)
class Grid:
    """State cells of one picture size."""

    rows: int
    columns: int

    @property
    def picture(self) -> tuple[int, int]:
        """Height and width in pixels of the picture the model looks at."""
        return self.rows * CELL, self.columns * CELL


def grid_for(height: int, *, width: int) -> Grid:
    """The grid whose aspect ratio is nearest to ``width / height`` (in log)."""
    size = min(
        PICTURE_SIZES,
        key=lambda s: abs((s[1] / s[0]) / (width / height) - 1) + abs((s[0] / s[1]) / (height / width) - 1),
    )
    return Grid(rows=size[0] // CELL, columns=size[1] // CELL)
