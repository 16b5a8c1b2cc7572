from __future__ import annotations

import pytest
import torch
from pocket_stand_ins import Words
from torch import Tensor

from boximator.pocket.base import PocketBase
from boximator.pocket.layout import FRAMES, PACK, STATE_CHANNELS
from boximator.pocket.sample import Given, denoise, initial_noise


@pytest.fixture
def given(tiny_base: PocketBase, words: Words) -> Given:
    picture = torch.rand(1, 3, 16, 32, generator=torch.Generator().manual_seed(0))
    features = tiny_base.features(picture, last=torch.zeros(1, 4, 4, 8))
    return Given(features=features, text=words(["a dog"]), negative_text=words(["a cat"]))


def sampled(base: PocketBase, given: Given, *, guidance: float, steps: int = 3) -> Tensor:
    noise = initial_noise(given, generator=torch.Generator().manual_seed(0))
    return denoise(base, given=given, noise=noise, steps=steps, guidance=guidance)


def test_noise_has_the_states_shape_and_the_generators_values(given: Given) -> None:
    first, second, other = (
        initial_noise(given, generator=torch.Generator().manual_seed(s)) for s in (0, 0, 1)
    )
    assert first.shape == (1, STATE_CHANNELS * PACK, (FRAMES - 1) // PACK, 4, 8)
    assert torch.equal(first, second)
    assert not torch.equal(first, other)
    assert abs(first.std() - 1) < 0.05


def test_one_step_is_the_prediction(tiny_base: PocketBase, given: Given) -> None:
    noise = initial_noise(given, generator=torch.Generator().manual_seed(0))
    once = denoise(tiny_base, given=given, noise=noise, steps=1, guidance=1.0)
    clean = tiny_base(noise, times=torch.ones(1), features=given.features, text=given.text)
    torch.testing.assert_close(once, clean)


def test_guidance_extrapolates_from_the_negative_prompt(tiny_base: PocketBase, given: Given) -> None:
    swapped = Given(features=given.features, text=given.negative_text, negative_text=given.text)
    positive = sampled(tiny_base, given, guidance=1.0, steps=1)
    negative = sampled(tiny_base, swapped, guidance=1.0, steps=1)
    guided = sampled(tiny_base, given, guidance=2.5, steps=1)
    torch.testing.assert_close(guided, negative + 2.5 * (positive - negative), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(positive, negative, atol=1e-3)


@pytest.mark.parametrize(("guidance", "batch"), [(1.0, 1), (2.0, 2)])
def test_every_step_is_one_call(tiny_base: PocketBase, given: Given, guidance: float, batch: int) -> None:
    seen: list[tuple[int, float]] = []
    told: list[tuple[int, int]] = []

    def note(_module: object, _args: object, kwargs: dict[str, Tensor]) -> None:
        seen.append((len(kwargs["hidden_states"]), kwargs["timestep"][0].item()))

    tiny_base.transformer.register_forward_pre_hook(note, with_kwargs=True)
    noise = initial_noise(given, generator=torch.Generator().manual_seed(0))
    denoise(
        tiny_base,
        given=given,
        noise=noise,
        steps=4,
        guidance=guidance,
        progress=lambda done, of: told.append((done, of)),
    )
    assert [size for size, _ in seen] == [batch] * 4
    times = [time for _, time in seen]
    assert times[0] == 1000
    assert times == sorted(times, reverse=True)
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_gradients_are_not_kept(tiny_base: PocketBase, given: Given) -> None:
    tiny_base.requires_grad_(True)
    assert not sampled(tiny_base, given, guidance=2.0).requires_grad
