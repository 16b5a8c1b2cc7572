from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from boximator.pocket.layout import FRAMES, PACK, STATE_CHANNELS
from boximator.pocket.state import Motion, decode, encode, to_cells

LATER = FRAMES - 1


def motion(seed: int, *, rows: int, columns: int) -> Motion:
    generator = torch.Generator().manual_seed(seed)
    return Motion(
        colour=2 * torch.rand(2, LATER, 3, rows, columns, generator=generator) - 1,
        flow=torch.randn(2, LATER, 2, rows, columns, generator=generator),
        visible=torch.rand(2, LATER, rows, columns, generator=generator),
        thing=torch.rand(2, LATER, rows, columns, generator=generator),
    )


@given(st.integers(0, 99), st.integers(1, 6), st.integers(1, 6))
def test_decoding_undoes_encoding(seed: int, rows: int, columns: int) -> None:
    told = motion(seed, rows=rows, columns=columns)
    first = 2 * torch.rand(2, 3, rows, columns, generator=torch.Generator().manual_seed(seed)) - 1
    state = encode(told, first=first)
    assert state.shape == (2, STATE_CHANNELS * PACK, LATER // PACK, rows, columns)
    back = decode(state, first=first)
    torch.testing.assert_close(back.colour, told.colour, atol=1e-5, rtol=0)
    torch.testing.assert_close(back.flow, told.flow)
    torch.testing.assert_close(back.visible, told.visible, atol=1e-6, rtol=0)
    torch.testing.assert_close(back.thing, told.thing, atol=1e-6, rtol=0)


def test_zero_is_the_first_picture_still_and_all_visible_and_no_things() -> None:
    first = 2 * torch.rand(1, 3, 4, 5) - 1
    still = decode(torch.zeros(1, STATE_CHANNELS * PACK, LATER // PACK, 4, 5), first=first)
    assert torch.equal(still.colour, first[:, None].expand(-1, LATER, -1, -1, -1))
    assert not still.flow.any()
    assert (still.visible == 1).all()
    assert not still.thing.any()
    assert not encode(still, first=first).any()


def test_a_latent_frame_holds_successive_frames() -> None:
    told = motion(0, rows=2, columns=2)
    state = encode(told, first=torch.zeros(2, 3, 2, 2))
    for frame in range(LATER):
        latent, place = divmod(frame, PACK)
        held = state[:, place * STATE_CHANNELS : (place + 1) * STATE_CHANNELS, latent]
        torch.testing.assert_close(held[:, 3] / held[:, 4], told.flow[:, frame, 0] / told.flow[:, frame, 1])


def test_out_of_range_colours_and_visibility_are_cut() -> None:
    state = 9 * torch.randn(
        1, STATE_CHANNELS * PACK, LATER // PACK, 4, 4, generator=torch.Generator().manual_seed(0)
    )
    told = decode(state, first=torch.zeros(1, 3, 4, 4))
    assert (told.colour.min(), told.colour.max()) == (-1, 1)
    assert (told.visible.min(), told.visible.max()) == (0, 1)
    assert (told.thing.min(), told.thing.max()) == (0, 1)


def test_cells_are_means_of_squares() -> None:
    picture = torch.rand(2, 5, 3, 8, 12)
    cells = to_cells(picture)
    assert cells.shape == (2, 5, 3, 2, 3)
    torch.testing.assert_close(cells[1, 4, :, 1, 2], picture[1, 4, :, 4:8, 8:12].mean((-1, -2)))
