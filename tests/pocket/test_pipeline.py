from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from jaxtyping import UInt8
from pocket_stand_ins import Words

from boximator.pocket.base import PocketBase, save
from boximator.pocket.pipeline import PocketPipeline


def picture(height: int = 48, width: int = 64, *, seed: int = 0) -> UInt8[np.ndarray, "h w 3"]:
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)


@pytest.fixture
def pipe(tiny_base: PocketBase, words: Words) -> PocketPipeline:
    return PocketPipeline(tiny_base, text_encoder=words)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def frames(
    pipe: PocketPipeline, *, prompt: str = "a dog", seed: int = 0, num_frames: int = 16
) -> UInt8[np.ndarray, "frames h w 3"]:
    return pipe(
        picture(),
        prompt=prompt,
        num_inference_steps=2,
        num_frames=num_frames,
        generator=seeded(seed),
        transport=False,
    ).frames


def test_same_seed_same_frames(pipe: PocketPipeline) -> None:
    assert np.array_equal(frames(pipe), frames(pipe))


def test_other_seeds_and_other_words_are_other_frames(pipe: PocketPipeline) -> None:
    assert not np.array_equal(frames(pipe), frames(pipe, seed=1))
    assert not np.array_equal(frames(pipe), frames(pipe, prompt="a cat"))


def test_the_first_frame_is_the_picture_and_all_have_its_size(pipe: PocketPipeline) -> None:
    for height, width in ((48, 64), (30, 90), (90, 30)):
        image = picture(height, width)
        made = pipe(image, num_inference_steps=1, generator=seeded()).frames
        assert made.shape == (16, height, width, 3)
        assert made.dtype == np.uint8
        assert np.array_equal(made[0], image)


@pytest.mark.parametrize("count", [2, 7, 16, 25])
def test_any_number_of_frames_shows_the_same_motion(pipe: PocketPipeline, count: int) -> None:
    made = frames(pipe, num_frames=count)
    assert len(made) == count
    assert np.array_equal(made[0], picture())
    assert np.array_equal(made[-1], frames(pipe)[-1])


def test_constant_work_is_done_once(pipe: PocketPipeline, words: Words) -> None:
    pictures: list[str] = []

    def count(_module: object, _given: object, _answer: object) -> None:
        pictures.append("read")

    pipe.base.picture_encoder.register_forward_hook(count)
    pipe(picture(), prompt="a dog", num_inference_steps=5, generator=seeded(), transport=False)
    assert len(pictures) == 1
    assert words.calls == 1


def test_a_last_picture_is_seen(pipe: PocketPipeline) -> None:
    with_last = pipe(
        picture(),
        last_image=picture(20, 20, seed=1),
        num_inference_steps=1,
        generator=seeded(),
        transport=False,
    )
    without = pipe(picture(), num_inference_steps=1, generator=seeded(), transport=False)
    assert not np.array_equal(with_last.motion.flow, without.motion.flow)
    given, _ = pipe.encode(picture(), prompt="", negative_prompt="", last_image=picture(seed=1))
    assert given.features[:, -1].min() == 1
    given, _ = pipe.encode(picture(), prompt="", negative_prompt="", last_image=None)
    assert not given.features[:, -4:].any()


def test_a_generator_is_not_needed(pipe: PocketPipeline) -> None:
    plain = pipe(picture(), num_inference_steps=1, transport=False).frames
    assert np.array_equal(
        plain, pipe(picture(), num_inference_steps=1, generator=seeded(0), transport=False).frames
    )


def test_it_is_loaded_from_a_folder(tiny_base: PocketBase, tmp_path: Path) -> None:
    save(tiny_base, folder=tmp_path)
    pipe = PocketPipeline.from_pretrained(tmp_path)
    assert not any(weight.requires_grad for weight in pipe.base.parameters())
    assert not pipe.base.training
    made = pipe(picture(), prompt="a dog", num_inference_steps=1, transport=False).frames
    assert made.shape == (16, 48, 64, 3)
