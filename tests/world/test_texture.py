from __future__ import annotations

import cv2
import numpy as np

from boximator.world.texture import blob, texture


def test_textures_are_pictures_of_the_size_asked_and_differ() -> None:
    made = [texture((40, 56), rng=np.random.default_rng(seed)) for seed in range(12)]
    assert all(picture.shape == (40, 56, 3) and picture.dtype == np.uint8 for picture in made)
    assert all(picture.std() > 2 for picture in made)
    assert len({picture.tobytes() for picture in made}) == 12


def test_a_texture_is_a_function_of_its_generator() -> None:
    first, second = (texture((24, 24), rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_blob_is_one_piece_inside_its_picture_with_its_surface() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        source = texture((60, 80), rng=rng)
        pixels = blob(source, rng=rng)
        alpha = pixels[..., 3]
        pieces, _ = cv2.connectedComponents((alpha > 127).astype(np.uint8))
        assert pieces == 2
        assert pixels.shape == (60, 80, 4)
        assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) < 128
        assert 0.05 < (alpha > 127).mean() < 0.9
        solid = alpha == 255
        correlation = np.corrcoef(source[solid].mean(-1), pixels[solid][:, :3].mean(-1))[0, 1]
        assert correlation > 0.5
