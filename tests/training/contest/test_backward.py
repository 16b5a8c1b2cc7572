from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from boximator.training.contest.backward import Backward, backward, in_cells
from boximator.world.clip import Clip


def fetched(clip: Clip, found: Backward, *, frame: int) -> np.ndarray:
    height, width = clip.size
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    flow = found.flow[frame - 1]
    return cv2.remap(clip.frames[0], xs + flow[0] * width, ys + flow[1] * height, cv2.INTER_LINEAR)


def test_what_is_seen_is_fetched_from_frame_0(clip: Clip) -> None:
    found = backward(clip)
    for frame in (1, 8, 15):
        seen = found.visible[frame - 1] > 0.9
        assert seen.mean() > 0.6
        error = fetched(clip, found, frame=frame)[seen].astype(float) - clip.frames[frame][seen]
        assert 10 * np.log10(255**2 / np.square(error).mean()) > 29


def shifted(clip: Clip, *, pixels: int) -> Clip:
    """All frames after the first show it moved to the right."""
    height, width = clip.size
    flow = np.zeros((2, 2, height, width), np.float32)
    flow[1, 0] = pixels / width
    return replace(clip, flow=flow, visibility=np.ones((2, height, width), np.float32))


def test_a_shift_to_the_right_is_fetched_from_the_left(clip: Clip) -> None:
    found = backward(shifted(clip, pixels=8))
    assert found.flow[0, 0] == pytest.approx(-8 / clip.size[1], abs=1e-6)
    assert found.flow[0, 1] == pytest.approx(0, abs=1e-6)
    assert (found.visible[0, :, 8:] > 0.99).all()
    assert (found.visible[0, :, :8] == 0).all(), "what comes in was not there"


def test_growing_leaves_no_holes(clip: Clip) -> None:
    height, width = clip.size
    ys, xs = np.mgrid[0:height, 0:width]
    flow = np.zeros((2, 2, height, width), np.float32)
    flow[1] = 0.6 * np.stack([(xs - width / 2) / width, (ys - height / 2) / height])
    found = backward(replace(clip, flow=flow, visibility=np.ones((2, height, width), np.float32)))
    assert found.visible[0, 4:-4, 4:-4].min() > 0.8


def test_nothing_seen_is_nothing_known(clip: Clip) -> None:
    height, width = clip.size
    blind = replace(shifted(clip, pixels=8), visibility=np.zeros((2, height, width), np.float32))
    found = backward(blind)
    assert not found.visible.any()
    assert not found.flow.any()


def test_a_cells_flow_is_that_of_what_is_seen_in_it() -> None:
    flow, visible = np.full((1, 2, 8, 8), 0.5, np.float32), np.zeros((1, 8, 8), np.float32)
    visible[:, :, :2], flow[:, :, :, :2] = 1, 0.1
    found = in_cells(Backward(flow=flow, visible=visible))
    assert found.visible[0, :, 0] == pytest.approx(0.5)
    assert found.visible[0, :, 1] == pytest.approx(0)
    assert found.flow[0, :, :, 0] == pytest.approx(0.1, abs=1e-3)
    assert found.flow[0, :, :, 1] == pytest.approx(0.5)
