"""Stage "motion": the paper's dynamic filter, made precise."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import UInt8

SIDE = 96
CHANGED = 20
"""Of 255: by so much a colour of a place must differ. Noise and compression stay below it in a small picture."""


def motion(first: UInt8[np.ndarray, "rows columns 3"], last: UInt8[np.ndarray, "rows columns 3"]) -> float:
    """The share of the picture that differs between a clip's first and last frame, 0 to 1.

    The paper keeps clips whose "start and end frames" differ enough and names no measure (section 4); this one is
    plain, and the same for a small thing that crosses the picture as for a camera that pans.
    """
    before, after = (_small(frame) for frame in (first, last))
    return float((np.abs(before - after).max(-1) > CHANGED).mean())


def _small(frame: UInt8[np.ndarray, "rows columns 3"]) -> np.ndarray:
    return cv2.resize(frame, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
