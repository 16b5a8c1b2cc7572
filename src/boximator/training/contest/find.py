"""Where a thing of the first picture is in a later frame: its own pixels, tried at places, sizes and angles."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from boximator.world.clip import Clip

_SCALES = (0.5, 0.6, 0.71, 0.84, 1.0, 1.19, 1.41, 1.68)
_ANGLES = (-45.0, -30.0, -15.0, 0.0, 15.0, 30.0, 45.0)
_LEAST_SHOWN = 0.6  # share of the thing that is seen in frame 0
_SMALLEST = 60.0  # pixels of it
_FOUND = 0.35
"""Share of its own variance that a match explains. In true clips such matches are nearly all at the right place, and
in clips that do not hold the thing there are few."""


@dataclass(frozen=True)
class Cut:
    """A thing cut out of frame 0: pixels, alpha and the place of its middle (x, y in pixels)."""

    pixels: UInt8[np.ndarray, "h w 3"]
    alpha: Float32[np.ndarray, "h w"]
    centre: tuple[float, float]


@dataclass(frozen=True)
class Found:
    """The best match in a frame: its middle (x, y in pixels), alpha over the frame, and what it explains (<= 1)."""

    centre: tuple[float, float]
    alpha: Float32[np.ndarray, "height width"]
    explained: float

    @property
    def there(self) -> bool:
        """Whether the thing can be recognised."""
        return self.explained >= _FOUND


def cuts(clip: Clip) -> list[Cut]:
    """The things of a clip that are seen well enough in frame 0 to be looked for."""
    found: list[Cut] = []
    for slot in np.flatnonzero(clip.present & clip.inside[0]):
        alpha, template = clip.first_masks[slot], clip.templates[slot]
        assert template is not None, "a present thing has a template"
        if alpha.sum() < max(_SMALLEST, _LEAST_SHOWN * template[..., 3].sum(dtype=float) / 255):
            continue
        left, top, wide, high = cv2.boundingRect((alpha > 0.1).astype(np.uint8))
        spot = slice(top, top + high), slice(left, left + wide)
        middle = (left + (wide - 1) / 2, top + (high - 1) / 2)
        found.append(Cut(pixels=clip.frames[0][spot], alpha=alpha[spot], centre=middle))
    return found


def find(cut: Cut, *, frame: UInt8[np.ndarray, "height width 3"]) -> Found:
    """The place, size and angle at which the thing differs least from the frame, as a share of its own variance."""
    height, width = frame.shape[:2]
    best = Found(centre=cut.centre, alpha=np.zeros((height, width), np.float32), explained=-np.inf)
    for scale in _SCALES:
        for angle in _ANGLES:
            pixels, alpha = _turned(cut, scale=scale, angle=angle)
            if alpha.shape[0] > height or alpha.shape[1] > width:
                continue
            match = _match(pixels, alpha=alpha, frame=frame.astype(np.float32))
            row, column = np.unravel_index(int(match.argmax()), match.shape)
            if match[row, column] > best.explained:
                placed = np.zeros((height, width), np.float32)
                placed[row : row + alpha.shape[0], column : column + alpha.shape[1]] = alpha
                middle = (column + (alpha.shape[1] - 1) / 2, row + (alpha.shape[0] - 1) / 2)
                best = Found(centre=middle, alpha=placed, explained=float(match[row, column]))
    return best


def _turned(
    cut: Cut, *, scale: float, angle: float
) -> tuple[Float32[np.ndarray, "h w 3"], Float32[np.ndarray, "h w"]]:
    """The thing at a size and angle, in a frame that holds it just so."""
    high, wide = cut.alpha.shape
    cos, sin = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
    size = (int(np.ceil(scale * (wide * cos + high * sin))), int(np.ceil(scale * (wide * sin + high * cos))))
    move = cv2.getRotationMatrix2D(((wide - 1) / 2, (high - 1) / 2), angle, scale)
    move[:, 2] += np.array([(size[0] - wide) / 2, (size[1] - high) / 2])
    pixels = cv2.warpAffine(cut.pixels.astype(np.float32), move, size, borderMode=cv2.BORDER_REPLICATE)
    return pixels, cv2.warpAffine(cut.alpha, move, size)


def _match(
    pixels: Float32[np.ndarray, "h w 3"],
    *,
    alpha: Float32[np.ndarray, "h w"],
    frame: Float32[np.ndarray, "height width 3"],
) -> Float32[np.ndarray, "rows columns"]:
    """1 - (squared difference / variance of the thing), at every place."""
    weight = alpha * (alpha > 0.5)
    total = max(float(weight.sum()), 1e-6)
    mean = (weight[..., None] * pixels).sum((0, 1)) / total
    variance = float((weight[..., None] * (pixels - mean) ** 2).sum()) + 3 * 8.0**2 * total
    # The square of a difference, multiplied out: three correlations.
    mask = np.repeat(weight[..., None], 3, axis=2)
    cross = cv2.matchTemplate(frame, mask * pixels, cv2.TM_CCORR)
    power = cv2.matchTemplate(frame * frame, mask, cv2.TM_CCORR)
    own = float((mask * pixels * pixels).sum())
    return 1 - (power - 2 * cross + own) / variance
