from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from boximator.scene.colours import COLOURS
from boximator.world.make import make_clip
from boximator.world.sheet import contact_sheet, save_sheet


def test_a_sheet_shows_five_frames_a_row_with_boxes_and_words(tmp_path: Path) -> None:
    clips = [make_clip(seed, split="heldout", size=(48, 64), frames=8) for seed in range(2)]
    sheet = contact_sheet(clips)
    assert sheet.shape == (2 * (48 + 16), 5 * 64, 3)
    first = (np.array(COLOURS[0]) * 255).astype(np.uint8)
    assert (sheet[:48] == first).all(-1).any()
    assert sheet[48:64].min() < 128 < sheet[48:64].mean()
    path = tmp_path / "made" / "sheet.png"
    save_sheet(sheet, path)
    assert np.array_equal(np.asarray(Image.open(path)), sheet)


def test_drawing_boxes_leaves_the_clip_alone() -> None:
    clip = make_clip(0, split="heldout", size=(48, 64), frames=5)
    before = clip.frames.copy()
    contact_sheet([clip])
    assert np.array_equal(clip.frames, before)
