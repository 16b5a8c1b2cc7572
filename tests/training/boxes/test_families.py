"""What the network is given in training is what its own pipeline gives it."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler
from PIL import Image
from tiny_bases import BASES
from tiny_folders import clip, pipeline, projected_clip, t5, tokenizer
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaModel

from boximator.bases.index import FAMILIES, address_for
from boximator.scene.problem import Problem
from boximator.training.boxes import families
from boximator.training.boxes.families import latent_base
from boximator.training.boxes.latent_base import LatentBase
from boximator.training.boxes.ltx import LtxBase, shift_of

WORDS = "a sheep walks"
FROM_TEXT = ("skyreels", "latte", "allegro", "mochi", "hunyuanvideo", "hunyuanvideo15", "cosmos")
OTHERS = (*FROM_TEXT, "i2vgenxl", "pia", "animatediff-sdxl", "cogvideox-1.5-i2v")
SAMPLED = {
    "ltx": "hidden_states",
    "cogvideox_i2v": "hidden_states",
    "cogvideox-1.5-i2v": "hidden_states",
    "i2vgenxl": "image_latents",
}
"""Pipelines that draw a picture's latents at random, where training takes the likeliest, and where they are seen."""
FRAMES = {
    "svd": 3,
    "animatediff": 3,
    "latte": 3,
    "allegro": 8,
    "mochi": 13,
    "i2vgenxl": 3,
    "pia": 3,
    "animatediff-sdxl": 3,
    "cogvideox-1.5-i2v": 13,
}
SIDE = {"svd": 32, "ltx": 32, "wan22_5b": 32, "allegro": 32}


def tiny(name: str) -> Any:
    if name in OTHERS:
        pipe: Any = BASES[name]().pipe
        pipe.register_modules(**text_parts(name))
        if name == "allegro":
            pipe.vae.kernel, pipe.vae.stride = (8, 32, 32), (4, 16, 16)  # tiles as small as the clips
        if name == "hunyuanvideo15":
            pipe.encode_prompt = two_texts  # its encoders want a chat template and letters
        if name == "cosmos":
            pipe.safety_checker.check_text_safety = bool  # every prompt that says something is safe
        if name == "i2vgenxl" and not hasattr(pipe.text_encoder, "text_model"):  # gone in transformers 5
            object.__setattr__(pipe.text_encoder, "text_model", pipe.text_encoder)
        if name == "mochi":
            pipe.scheduler = FlowMatchEulerDiscreteScheduler(invert_sigmas=True)  # as it is published
    elif name != "wan21_t2v":
        pipe = pipeline(name)
    else:
        pipe = BASES["wan2.1-t2v"]().pipe
        pipe.register_modules(text_encoder=t5(), tokenizer=tokenizer())
    pipe.set_progress_bar_config(disable=True)
    return pipe


def two_texts(*, prompt: str, **_: Any) -> tuple[Tensor, ...]:
    """What HunyuanVideo 1.5's two encoders give: states and mask of each."""
    generator = torch.Generator().manual_seed(len(prompt or ""))
    mask = torch.tensor([[1, 1, 1, 0, 0]])
    states, letters = (torch.randn(1, 5, width, generator=generator) for width in (16, 8))
    return states, mask, letters, mask.flip(1)


def text_parts(name: str) -> dict[str, Any]:
    """Text encoders of the widths that the tiny networks want."""
    torch.manual_seed(0)
    if name in ("i2vgenxl", "pia"):
        return {"text_encoder": clip(), "tokenizer": tokenizer()}
    if name == "hunyuanvideo15":
        return {"text_encoder": t5()}
    if name == "animatediff-sdxl":
        return {"text_encoder_2": projected_clip(), "tokenizer_2": tokenizer()}
    if name != "hunyuanvideo":
        wide = {"allegro": 24}.get(name, 32)
        return {"text_encoder": t5(wide), "tokenizer": tokenizer()}
    llama = LlamaConfig(
        vocab_size=16, hidden_size=16, intermediate_size=16, num_hidden_layers=3, num_attention_heads=2
    )
    return {
        "text_encoder": LlamaModel(llama).eval(),
        "tokenizer": tokenizer(),
        "text_encoder_2": clip(longest=77),
        "tokenizer_2": tokenizer(),
    }


class Called(Exception):  # noqa: N818
    """Ends a pipeline at its first call of the network."""


def arguments(network: nn.Module, run: Any) -> dict[str, Any]:
    """What the network is called with, by name."""
    seen: dict[str, Any] = {}

    def look(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        bound = inspect.signature(type(module).forward).bind(module, *args, **kwargs).arguments
        seen.update({name: value for name, value in bound.items() if name not in ("self", "return_dict")})
        raise Called

    handle = network.register_forward_pre_hook(look, with_kwargs=True)
    with pytest.raises(Called):
        run()
    handle.remove()
    return {name: value for name, value in seen.items() if value is not None}


def generated(pipe: Any, *, name: str, film: np.ndarray, latents: Tensor) -> dict[str, Any]:
    network = getattr(pipe, address_for(pipe).denoisers[0])
    known = inspect.signature(type(pipe).__call__).parameters
    longest: int | None = getattr(network.config, "max_text_seq_length", None)
    asked: dict[str, Any] = {
        "image": Image.fromarray(film[0]),
        "prompt": WORDS,
        "height": film.shape[1],
        "width": film.shape[2],
        "num_frames": len(film),
        "video_length": len(film),
        "clean_caption": False,
        "num_inference_steps": 2,
        "guidance_scale": 1.0,
        "min_guidance_scale": 1.0,
        "max_guidance_scale": 1.0,
        "frame_rate": 25,
        "max_sequence_length": 512 if name.startswith(("wan", "sky")) else longest,
        "latents": None if name == "ltx" else latents,
        "generator": torch.Generator().manual_seed(5),
    }
    told = {key: value for key, value in asked.items() if key in known and value is not None}
    return arguments(network, lambda: pipe(**told))


def trained(base: LatentBase, *, film: np.ndarray, state: Tensor, level: float) -> dict[str, Any]:
    """The same, by training's own code."""
    told = base.words(WORDS) | base.picture(
        film[0], frames=len(film), generator=torch.Generator().manual_seed(5)
    )
    batched = {key: value[None] for key, value in told.items()}
    network = getattr(base.pipe, address_for(base.pipe).denoisers[0])
    levels = torch.tensor([level])
    shown = base.objective.shown(state, levels=levels)
    return arguments(network, lambda: base.answer(shown, levels=levels, told=batched))


def same(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor):
        other = torch.as_tensor(other)
        one, other = one.float().expand(torch.broadcast_shapes(one.shape, other.shape)), other.float()
        return torch.allclose(one, other.expand(one.shape), atol=1e-4)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple | list):
        return all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


@pytest.mark.parametrize(
    "name", ["svd", "wan21_t2v", "wan21_i2v", "wan22_5b", "ltx", "cogvideox_i2v", "animatediff", *OTHERS]
)
@torch.no_grad()
def test_the_network_is_given_what_its_pipeline_gives_it(name: str) -> None:
    pipe = tiny(name)
    side, frames = SIDE.get(name, 16), FRAMES.get(name, 9)
    film = np.random.default_rng(0).integers(0, 256, (frames, side, side, 3), np.uint8)
    base = latent_base(pipe, frames=frames, size=(side, side))
    clean = base.latents(film)[None]
    noise = torch.randn(clean.shape, generator=torch.Generator().manual_seed(3))
    given = noise.transpose(1, 2) if name in ("svd", "cogvideox_i2v", "cogvideox-1.5-i2v") else noise
    wanted = generated(pipe, name=name, film=film, latents=given)
    scheduler = pipe.scheduler
    sigma = float(scheduler.sigmas[0]) if hasattr(scheduler, "sigmas") else None
    level = float(scheduler.timesteps[0]) if sigma is None else 1 - sigma if name == "mochi" else sigma
    largest = {
        "svd": "init_noise_sigma",
        "cosmos": "sigma_max",
    }  # what the others start from is not made larger
    noised = noise * (
        getattr(scheduler, largest[name], scheduler.config.get(largest[name])) if name in largest else 1
    )
    got = trained(base, film=film, state=noised, level=level)
    differ = {key for key in wanted if key not in got or not same(wanted[key], got[key])}
    drawn = {SAMPLED[name]} if name in SAMPLED else set[str]()
    if name == "i2vgenxl":
        assert same(wanted["image_latents"][:, :, 1:], got["image_latents"][:, :, 1:]), "places of the frames"
    ignored = {"attention_kwargs", "cross_attention_kwargs"}
    assert differ - drawn - ignored == set()
    assert set(got) - set(wanted) == set()


@pytest.mark.parametrize("name", ["svd", "wan22_5b", "ltx", "cogvideox_i2v", "animatediff", *OTHERS])
def test_an_answer_has_the_shape_of_the_clip(name: str) -> None:
    pipe = tiny(name)
    side, frames = SIDE.get(name, 16), FRAMES.get(name, 9)
    film = np.zeros((frames, side, side, 3), np.uint8)
    base = latent_base(pipe, frames=frames, size=(side, side))
    with torch.no_grad():
        clean = base.latents(film)[None].expand(2, -1, -1, -1, -1)
        told = base.words(WORDS if name == "latte" else "") | base.picture(
            film[0], frames=frames, generator=torch.Generator()
        )
        batched = {key: torch.stack([value, value]) for key, value in told.items()}
        levels = torch.tensor([base.objective.level(torch.Generator().manual_seed(seed)) for seed in (0, 1)])
        answered = base.answer(clean, levels=levels, told=batched)
    assert answered.shape == clean.shape
    assert answered.dtype == torch.float32
    assert torch.isfinite(answered).all()


def test_allegro_is_not_given_clips_that_its_tiles_do_not_cover() -> None:
    base: Any = latent_base(tiny("allegro"), frames=8, size=(32, 32))
    whole = base.latents(np.full((8, 32, 48, 3), 200, np.uint8))
    assert whole.shape == (4, 2, 4, 6)
    assert (whole != 0).float().mean() > 0.99
    with pytest.raises(Problem, match=r"10 frames of 40 x 32.*heights of 32, 48"):
        base.latents(np.zeros((10, 32, 40, 3), np.uint8))


def test_cogvideox_15_is_given_clips_that_fill_its_tokens() -> None:
    base = latent_base(tiny("cogvideox-1.5-i2v"), frames=13, size=(16, 16))
    assert base.latents(np.zeros((13, 16, 16, 3), np.uint8)).shape[1] == 4
    with pytest.raises(Problem, match=r"17 frames, 5 in latents.*--frames 13"):
        base.latents(np.zeros((17, 16, 16, 3), np.uint8))


def test_mochi_is_told_how_clean_its_clip_is() -> None:
    objective = latent_base(tiny("mochi"), frames=13, size=(16, 16)).objective
    clean, noise = torch.full((1, 1, 1, 1, 1), 3.0), torch.full((1, 1, 1, 1, 1), 1.0)
    levels = torch.tensor([0.25])
    assert float(objective.timesteps(levels)) == 750
    assert float(objective.wanted(clean, noise=noise, levels=levels)) == 2.0
    assert float(objective.noised(clean, noise=noise, levels=levels)) == 2.5


def test_other_pipelines_of_families_trained_from_text_are_refused() -> None:
    pipe = tiny("skyreels")
    pipe.__class__ = type("SkyReelsV2DiffusionForcingPipeline", (type(pipe),), {})
    with pytest.raises(Problem, match="a SkyReelsV2Pipeline"):
        latent_base(pipe, frames=9, size=(16, 16))


def test_the_expert_is_chosen_by_the_noise() -> None:
    pipe: Any = BASES["wan2.2-a14b"]().pipe
    base: Any = latent_base(pipe, frames=9, size=(16, 16))
    assert base.one_at_a_time
    assert base._expert(torch.tensor([0.95])) is pipe.transformer
    assert base._expert(torch.tensor([0.5])) is pipe.transformer_2


def test_ltx_shifts_more_for_longer_videos() -> None:
    config = {"base_image_seq_len": 1024, "max_image_seq_len": 4096, "base_shift": 0.95, "max_shift": 2.05}
    assert shift_of(config, tokens=1024) == pytest.approx(np.exp(0.95))
    assert shift_of(config, tokens=4096) == pytest.approx(np.exp(2.05))
    pipe = tiny("ltx")
    few, many = (latent_base(pipe, frames=frames, size=(32, 32)).objective for frames in (9, 97))
    assert isinstance(latent_base(pipe, frames=9, size=(32, 32)), LtxBase)
    assert many.shift > few.shift  # pyright: ignore[reportAttributeAccessIssue]


def test_a_family_without_an_objective_is_refused_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(families.BY_FAMILY, "mochi")
    with pytest.raises(Problem, match="no training objective is written yet"):
        latent_base(BASES["mochi"]().pipe, frames=13, size=(16, 16))


def test_every_family_can_be_trained() -> None:
    assert set(families.BY_FAMILY) == set(FAMILIES) - {"pocket"}
