"""What the tests of this folder share."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from film_stage import SIDE, Stage

from boximator.world.library import library
from boximator.world.texture import texture


@pytest.fixture(scope="session")
def stage() -> Stage:
    sprite = library("heldout").sprites[3].pixels
    scale = 30 / max(sprite.shape[:2])
    size = (round(sprite.shape[1] * scale), round(sprite.shape[0] * scale))
    small = cv2.resize(sprite, size, interpolation=cv2.INTER_AREA)
    return Stage(pixels=small, ground=texture((SIDE, SIDE), rng=np.random.default_rng(5)))
