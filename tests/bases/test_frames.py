"""Which video frames each base's latent frames hold: one rule per family, at its published length."""

from __future__ import annotations

import pytest
from tiny_bases import BASES

from boximator.bases.published import published

RULES = {
    "svd": (14, 14, (0,), (13,)),
    "unet3d": (16, 16, (0,), (15,)),
    "i2vgenxl": (16, 16, (0,), (15,)),
    "animatediff": (16, 16, (0,), (15,)),
    "latte": (16, 16, (0,), (15,)),
    "cogvideox-2b": (13, 49, (0, 0, 0, 0), (45, 46, 47, 48)),
    "cogvideox-1.5-i2v": (11, 81, (0,) * 8, (73, 74, 75, 76, 77, 78, 79, 80)),
    "ltx": (21, 161, (0,) * 8, (153, 154, 155, 156, 157, 158, 159, 160)),
    "wan2.1-t2v": (21, 81, (0, 0, 0, 0), (77, 78, 79, 80)),
    "skyreels": (25, 97, (0, 0, 0, 0), (93, 94, 95, 96)),
    "hunyuanvideo": (33, 129, (0, 0, 0, 0), (125, 126, 127, 128)),
    "hunyuanvideo15": (31, 121, (0, 0, 0, 0), (117, 118, 119, 120)),
    "mochi": (4, 19, (0,) * 6, (13, 14, 15, 16, 17, 18)),
    "allegro": (22, 88, (0, 1, 2, 3), (84, 85, 86, 87)),
    "cosmos": (16, 121, (0,) * 8, (113, 114, 115, 116, 117, 118, 119, 120)),
}
"""Latent frames, video frames, and which of these the first and the last latent frame hold."""


@pytest.mark.parametrize("name", RULES)
def test_latent_frames_hold_the_video(name: str) -> None:
    frames = BASES[name]().address.frames
    latents, video, first, last = RULES[name]
    assert frames.video_frames(latents) == video
    assert (frames.frames_of(0), frames.frames_of(latents - 1)) == (first, last)
    held = {frame for latent in range(latents) for frame in frames.frames_of(latent)}
    assert held == set(range(video))
    assert frames.fits(video)
    assert frames.fits(video + 1) == (frames.ratio == 1)


def test_every_family_has_a_rule() -> None:
    families = {make().address.family for make in BASES.values()}
    assert {BASES[name]().address.family for name in RULES} == families - {"pocket"}  # see test_pocket.py


def test_the_published_lengths_are_whole_latent_frames() -> None:
    rules = {name: BASES[name]().address for name in ("pocket", *RULES)}
    by_family = {address.family: address.frames for address in rules.values()}
    for model in published():
        if model.family != "cogvideox":  # whose sizes differ in it
            assert by_family[model.family].fits(model.frames), model.model
