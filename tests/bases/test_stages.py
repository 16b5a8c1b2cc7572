from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from tiny_cogvideox import cogvideox_15_base, cogvideox_image_base
from tiny_pocket import pocket_base
from tiny_stages import STEPS, case, moving, picture
from tokenizers import Tokenizer, models, pre_tokenizers
from torch import Tensor
from transformers import PreTrainedTokenizerFast

from boximator.bases.stages import stage_for, words_for
from boximator.guidance.reference import cut_and_drag
from boximator.scene.problem import Problem

DIFFUSERS = ["svd", "unet3d", "animatediff", "wan", "wan-i2v", "wan-a14b", "cogvideox"]


@pytest.mark.parametrize("base", DIFFUSERS)
def test_latents_have_the_shape_that_the_pipeline_makes(base: str) -> None:
    made, plain = case(base)
    assert made.stage.shape == tuple(plain.shape)
    planes = made.stage.layout.unpack(plain)
    assert planes.shape[1:3] == (len(made.stage.anchored), len(made.stage.shows))
    assert torch.equal(made.stage.layout.pack(planes), plain)
    assert not made.stage.anchored.any()


@pytest.mark.parametrize("base", DIFFUSERS)
def test_levels_run_from_noise_to_nothing(base: str) -> None:
    made, _ = case(base)
    ones = torch.ones(made.stage.shape)
    shares = [
        float(made.stage.levels.noised(0 * ones, noise=ones, step=step).mean()) for step in (1, STEPS - 1)
    ]
    assert shares[0] > shares[1] > 0
    assert torch.equal(made.stage.levels.noised(ones, noise=0 * ones, step=STEPS), ones)


def test_wans_second_expert_is_led_too() -> None:
    assert len(case("wan-a14b")[0].stage.denoisers) == 2


def test_what_cannot_be_led_is_refused() -> None:
    with pytest.raises(Problem, match="latent frames"):
        stage_for(cogvideox_15_base().pipe, frames=9, size=(16, 16))
    with pytest.raises(Problem, match="autoencoder"):
        stage_for(pocket_base().pipe, frames=16, size=(32, 32))


@pytest.mark.parametrize("inverted", [False, True])
def test_cogvideox_takes_back_what_the_stage_encodes(inverted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """5b's own configuration has `invert_scale_latents`; it is about the given picture, not about the video."""
    pipe: Any = cogvideox_image_base().pipe
    pipe.vae.register_to_config(invert_scale_latents=inverted)
    stage = stage_for(pipe, frames=9, size=(16, 16))
    encoded: list[Tensor] = []
    plain = pipe.vae.encode

    def keep(clip: Tensor) -> Any:
        answer = plain(clip)
        encoded.append(answer.latent_dist.mode())
        return answer

    decoded: list[Tensor] = []

    def take(latents: Tensor) -> SimpleNamespace:
        decoded.append(latents)
        return SimpleNamespace(sample=latents)

    monkeypatch.setattr(pipe.vae, "encode", keep)
    monkeypatch.setattr(pipe.vae, "decode", take)
    latents = stage.encode(cut_and_drag(picture(16), plan=moving(9)))
    pipe.decode_latents(latents)
    torch.testing.assert_close(decoded[0], encoded[0])


def test_words_come_from_the_pipelines_tokenizer() -> None:
    known = Tokenizer(models.WordLevel({"?": 0, "a": 1, "dog": 2, "runs": 3}, unk_token="?"))
    known.pre_tokenizer = pre_tokenizers.Whitespace()  # pyright: ignore[reportAttributeAccessIssue]

    class Pipe:
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=known, unk_token="?")

    words = words_for(Pipe(), prompt="a dog runs", labels=["dog"], count=8)
    assert words.subjects == ((1,),)
    assert (words.count, words.used, words.opened) == (8, 3, False)
