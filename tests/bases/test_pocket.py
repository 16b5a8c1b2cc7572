from __future__ import annotations

from boximator.bases import pocket
from boximator.bases.index import address_for
from boximator.pocket.base import PocketSize, build
from boximator.pocket.layout import FRAMES, PACK


def test_its_latent_frames_hold_every_frame_but_the_given_one() -> None:
    latents = (FRAMES - 1) // PACK
    assert pocket.FRAMES.video_frames(latents) == FRAMES
    held = [frame for latent in range(latents) for frame in pocket.FRAMES.frames_of(latent)]
    assert held == list(range(1, FRAMES))
    assert pocket.FRAMES.reference


def test_the_base_as_built_has_an_address() -> None:
    base = build(PocketSize(width=24, heads=2, layers=2, feed_forward=32, picture=8, spare=2))
    address = address_for(base)
    assert address.family == "pocket"
    assert address.denoisers_of(base) == (base.transformer,)
    assert [block.path for block in address.blocks] == ["blocks.0", "blocks.1"]
