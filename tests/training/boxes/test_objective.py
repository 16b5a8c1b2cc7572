"""Each kind against its source: what the diffusers scheduler makes of the right answer is the clip."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import (
    CogVideoXDDIMScheduler,
    DDIMScheduler,
    EDMEulerScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    UniPCMultistepScheduler,
)

from boximator.scene.problem import Problem
from boximator.training.boxes.objective import Discrete, Edm, Flow, objective_of

CLEAN = torch.randn(2, 3, 4, 5, 6, generator=torch.Generator().manual_seed(0))
NOISE = torch.randn(2, 3, 4, 5, 6, generator=torch.Generator().manual_seed(1))


def drawn(objective: Any, *, count: int = 4000) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.tensor([objective.level(generator) for _ in range(count)])


def test_a_flow_steps_straight_to_the_clip() -> None:
    scheduler: Any = FlowMatchEulerDiscreteScheduler(shift=3.0)
    scheduler.set_timesteps(4)
    level = float(scheduler.sigmas[2])
    objective = objective_of(scheduler)
    levels = torch.tensor([level, level])
    state = objective.noised(CLEAN, noise=NOISE, levels=levels)
    assert torch.allclose(state, scheduler.scale_noise(CLEAN, scheduler.timesteps[2:3], NOISE), atol=1e-6)
    assert torch.allclose(objective.timesteps(levels)[0], scheduler.timesteps[2])
    scheduler.sigmas[3] = 0.0  # one step from here to no noise
    answer = objective.wanted(CLEAN, noise=NOISE, levels=levels)
    stepped: Any = scheduler.step(answer, scheduler.timesteps[2], state)
    assert torch.allclose(stepped.prev_sample, CLEAN, atol=1e-5)


def test_an_inverted_flow_steps_straight_to_the_clip() -> None:
    scheduler: Any = FlowMatchEulerDiscreteScheduler(invert_sigmas=True)  # Mochi's
    scheduler.set_timesteps(4)
    objective = objective_of(scheduler)
    levels = torch.full((2,), 1 - float(scheduler.sigmas[2]))
    state = objective.noised(CLEAN, noise=NOISE, levels=levels)
    assert torch.allclose(objective.timesteps(levels)[0], scheduler.timesteps[2])
    scheduler.sigmas[3] = 1.0  # one step from here to the clip
    answer = objective.wanted(CLEAN, noise=NOISE, levels=levels)
    stepped: Any = scheduler.step(answer, scheduler.timesteps[2], state)
    assert torch.allclose(stepped.prev_sample, CLEAN, atol=1e-5)


@pytest.mark.parametrize("data", [1.0, 0.5])
def test_plain_edm_gives_the_clip_back(data: float) -> None:
    scheduler: Any = EDMEulerScheduler(sigma_data=data)  # Cosmos's
    scheduler.set_timesteps(10)
    objective = objective_of(scheduler)
    levels = torch.full((2,), float(scheduler.sigmas[4]))
    state = objective.noised(CLEAN, noise=NOISE, levels=levels)
    shown = objective.shown(state, levels=levels)
    scaled = scheduler.scale_model_input(state.double(), scheduler.timesteps[4])
    assert torch.allclose(shown, scaled.float(), atol=1e-5)
    assert torch.allclose(objective.timesteps(levels)[0], scheduler.timesteps[4].float(), atol=1e-5)
    answer = objective.wanted(CLEAN, noise=NOISE, levels=levels)
    stepped: Any = scheduler.step(answer, scheduler.timesteps[4], state)
    assert torch.allclose(stepped.pred_original_sample.float(), CLEAN, atol=1e-4)
    assert float(drawn(objective).max()) <= scheduler.config.sigma_max


def test_a_flows_levels_are_shifted_towards_noise() -> None:
    plain, shifted = drawn(Flow()), drawn(Flow(shift=5.0))
    assert float(plain.min()) > 0
    assert float(shifted.max()) < 1
    assert float(plain.median()) == pytest.approx(0.5, abs=0.02)
    assert float(shifted.median()) == pytest.approx(5 / 6, abs=0.02), "of equation 23 at one half"


@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
def test_diffusion_in_steps_gives_the_clip_back(kind: Any) -> None:
    scheduler: Any = DDIMScheduler(prediction_type=kind, clip_sample=False)
    scheduler.set_timesteps(10)
    time = scheduler.timesteps[3]
    levels = torch.full((2,), float(time))
    objective = objective_of(scheduler)
    state = objective.noised(CLEAN, noise=NOISE, levels=levels)
    assert torch.allclose(state, scheduler.add_noise(CLEAN, NOISE, time[None].expand(2)), atol=1e-6)
    stepped: Any = scheduler.step(objective.wanted(CLEAN, noise=NOISE, levels=levels), int(time), state)
    assert torch.allclose(stepped.pred_original_sample, CLEAN, atol=1e-4)


def test_all_timesteps_of_diffusion_in_steps_come() -> None:
    levels = drawn(Discrete(torch.linspace(0.9, 0.1, 10), velocity=True))
    assert set(levels.tolist()) == set(range(10))


def test_cogvideox_is_v_prediction() -> None:
    objective = objective_of(CogVideoXDDIMScheduler(prediction_type="v_prediction"))
    assert isinstance(objective, Discrete)
    assert objective.velocity


def test_svds_answer_gives_the_clip_back() -> None:
    scheduler = EulerDiscreteScheduler(
        prediction_type="v_prediction",
        timestep_type="continuous",
        use_karras_sigmas=True,
        sigma_min=0.002,
        sigma_max=700.0,
    )
    scheduler.set_timesteps(6)
    level = float(scheduler.sigmas[3])
    levels = torch.tensor([level, level])
    objective = objective_of(scheduler)
    state = objective.noised(CLEAN, noise=NOISE, levels=levels)
    time = scheduler.timesteps[3]
    assert torch.allclose(objective.timesteps(levels)[0], time, atol=1e-5)
    shown = scheduler.scale_model_input(state, time)
    assert torch.allclose(objective.shown(state, levels=levels), shown, atol=1e-6)
    answer = objective.wanted(CLEAN, noise=NOISE, levels=levels)
    stepped: Any = scheduler.step(answer, time, state)
    assert torch.allclose(stepped.pred_original_sample, CLEAN, atol=1e-4)


def test_svds_levels_are_log_normal() -> None:
    logs = drawn(Edm()).log()
    assert float(logs.mean()) == pytest.approx(0.7, abs=0.1)
    assert float(logs.std()) == pytest.approx(1.6, abs=0.1)


def test_a_multistep_scheduler_of_a_flow_is_a_flow() -> None:
    scheduler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=5.0
    )
    assert objective_of(scheduler) == Flow(shift=5.0)


def test_another_kind_is_refused_with_words() -> None:
    with pytest.raises(Problem, match="prediction type sample"):
        objective_of(DDIMScheduler(prediction_type="sample"))
