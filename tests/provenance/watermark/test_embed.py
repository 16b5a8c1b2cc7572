"""The mark is as gentle as a picture allows, and no gentler."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from boximator.provenance.watermark.detect import detect_whole
from boximator.provenance.watermark.embed import TARGET_PSNR, embedded

PAYLOAD = 0x0123456789ABCDEF


def sky_over_grass(side: int) -> np.ndarray:
    """A picture whose upper half is smooth and whose lower half is rough."""
    rng = np.random.default_rng(0)
    rows = np.linspace(70, 110, side)[:, None, None]
    picture = np.repeat(rows + np.array([-20, 0, 40.0]), side, axis=1)
    grass = cv2.GaussianBlur(rng.normal(0, 1, (side - side // 2, side)), (0, 0), side / 64)
    picture[side // 2 :] += (25 * grass / grass.std())[:, :, None]
    return np.clip(picture, 0, 255).astype(np.uint8)[None]


def psnr(changed: np.ndarray, plain: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / np.mean((changed.astype(float) - plain) ** 2)))


def test_skies_are_hardly_touched() -> None:
    plain = sky_over_grass(512)
    marked = embedded(plain, PAYLOAD)
    change = marked.astype(float) - plain
    sky, grass = change[:, 16:224].std(), change[:, 288:].std()
    assert sky < 1
    assert grass > 2.5 * sky
    assert psnr(marked, plain) == pytest.approx(42, abs=0.3)
    assert detect_whole(marked).payload == PAYLOAD


@pytest.mark.parametrize("side", [128, 200])
def test_small_pictures_get_all_there_is(side: int) -> None:
    plain = sky_over_grass(side)
    marked = embedded(plain, PAYLOAD)
    assert psnr(marked, plain) == pytest.approx(TARGET_PSNR, abs=0.3)
    assert (marked.astype(float) - plain)[:, : side // 3].std() > 1.2


def test_a_picture_that_drowns_a_gentle_mark_gets_a_strong_one() -> None:
    hard = np.random.default_rng(1).choice([0, 255], (1, 64, 64, 1)).astype(np.uint8)
    plain = np.repeat(np.kron(hard, np.ones((1, 8, 8, 1), np.uint8)), 3, axis=3) // 2 + 60
    marked = embedded(plain, PAYLOAD)
    assert psnr(marked, plain) == pytest.approx(TARGET_PSNR, abs=0.3)
