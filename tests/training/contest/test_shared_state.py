from __future__ import annotations

import torch

from boximator.training.contest.shared_state import SharedState, basis, from_affine, to_affine
from boximator.training.contest.shot import Shot


def ramp(*, slope: float) -> torch.Tensor:
    """A flow that changes evenly over the frame."""
    x = torch.linspace(-1, 1, 8)
    return torch.stack([slope * x.expand(8, 8), 0.1 - slope * x.expand(8, 8).T])[None, None]


def test_the_functions_are_orthonormal() -> None:
    torch.testing.assert_close(basis() @ basis().T, torch.eye(3), atol=1e-6, rtol=0)


def test_an_affine_flow_survives() -> None:
    flow = ramp(slope=0.3)
    thing = torch.rand(1, 8, 8, generator=torch.Generator().manual_seed(0))
    affine = to_affine(flow, thing=thing)
    assert affine.shape == (1, 1, 6, 2, 2)
    torch.testing.assert_close(from_affine(affine), flow, atol=5e-3, rtol=0)


def test_a_token_tells_the_motion_of_its_thing() -> None:
    flow, thing = torch.zeros(1, 1, 2, 4, 4), torch.zeros(1, 4, 4)
    flow[..., 1:3, 1:3], thing[..., 1:3, 1:3] = 0.4, 1
    told = from_affine(to_affine(flow, thing=thing))
    assert (told[..., 1:3, 1:3] > 0.25).all(), "twelve cells stand still and count a tenth each"


def test_nothing_but_motion_is_lost(shot: Shot) -> None:
    state, true = SharedState(), shot.batch.motion()
    back = state.decode(state.encode(shot), shot=shot)
    torch.testing.assert_close(back.colour, true.colour, atol=1e-5, rtol=0)
    torch.testing.assert_close(back.visible, true.visible, atol=1e-5, rtol=0)
    torch.testing.assert_close(back.thing, true.thing, atol=1e-5, rtol=0)
    assert back.flow.shape == true.flow.shape
