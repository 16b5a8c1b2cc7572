from __future__ import annotations

import pytest

from boximator.control.frames import FrameKind, FrameMap


@pytest.mark.parametrize(
    ("frames", "table"),
    [
        (FrameMap(), ((0,), (1,), (2,))),
        (FrameMap(reference=True), ((0,), (1,), (2,))),
        (FrameMap(kind="causal", ratio=4), ((0, 0, 0, 0), (1, 2, 3, 4), (5, 6, 7, 8))),
        (FrameMap(kind="grouped", ratio=2), ((0, 1), (2, 3), (4, 5))),
        (FrameMap(kind="packed", ratio=3), ((1, 2, 3), (4, 5, 6), (7, 8, 9))),
        (FrameMap(kind="packed", ratio=3, joined=True), ((1, 2, 3), (4, 5, 6), (7, 8, 9))),
        (FrameMap(kind="packed", ratio=3, reference=True), ((1, 2, 3), (4, 5, 6), (7, 8, 9))),
    ],
)
def test_which_video_frames_a_latent_frame_attends_to(
    frames: FrameMap, table: tuple[tuple[int, ...], ...]
) -> None:
    assert frames.table(3) == table
    assert {len(held) for held in table} == {frames.group}


@pytest.mark.parametrize("latents", [1, 2, 5, 21])
@pytest.mark.parametrize("frames", [FrameMap(), FrameMap(kind="causal", ratio=4)])
def test_every_video_frame_is_attended_to_and_none_beyond(frames: FrameMap, latents: int) -> None:
    attended = {frame for held in frames.table(latents) for frame in held}
    assert attended == set(range(frames.video_frames(latents)))


@pytest.mark.parametrize("latents", [1, 3])
def test_packed_leaves_out_only_the_given_picture(latents: int) -> None:
    frames = FrameMap(kind="packed", ratio=5, reference=True)
    attended = {frame for held in frames.table(latents) for frame in held}
    assert attended == set(range(1, frames.video_frames(latents)))


@pytest.mark.parametrize(("kind", "able"), [("causal", [1, 5, 9]), ("grouped", [4, 8]), ("packed", [5, 9])])
def test_whole_latent_frames(kind: FrameKind, able: list[int]) -> None:
    assert [frames for frames in range(1, 12) if FrameMap(kind=kind, ratio=4).fits(frames)] == able
