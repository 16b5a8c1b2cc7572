"""What is evaluated: anything that makes frames of a scene."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from jaxtyping import UInt8

from boximator.scene.scene import Scene

Progress = Callable[[int, int], None]
"""Called with the number of clips done and of all clips."""


class Generator(Protocol):
    """Animate a picture as a scene asks.

    With ``boxes=False`` the scene's tracks are left out; everything else, the noise too, stays as it was. Frame 0
    of the result is the picture.
    """

    def __call__(
        self, scene: Scene, *, picture: UInt8[np.ndarray, "rows columns 3"], boxes: bool
    ) -> UInt8[np.ndarray, "frames rows columns 3"]: ...
