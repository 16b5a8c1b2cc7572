from __future__ import annotations

import numpy as np
from tiny_stages import moving, picture

from boximator.guidance.reference import cut_and_drag


def test_the_content_of_the_box_goes_with_it_and_its_hole_is_filled() -> None:
    image = picture(32)
    made = cut_and_drag(image, plan=moving(5))
    assert made.frames.shape == (5, 32, 32, 3)
    assert np.array_equal(made.frames[0], image)
    assert np.array_equal(made.frames[-1][16:32, 16:32], image[8:24, 0:16])
    assert np.array_equal(made.frames[-1][:8], image[:8]), "what no box touched stays"
    assert not np.array_equal(made.frames[-1][8:16, 0:16], image[8:16, 0:16]), "nothing is left behind"


def test_the_picture_is_not_written_to() -> None:
    image = picture(32)
    before = image.copy()
    cut_and_drag(image, plan=moving(3))
    assert np.array_equal(image, before)
