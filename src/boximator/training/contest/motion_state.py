"""Entry `motion`: the state that `pocket` has, motion in the first picture's coordinates."""

from __future__ import annotations

import numpy as np
from einops import rearrange
from jaxtyping import Float, UInt8
from torch import Tensor

from boximator.pocket.layout import PACK, STATE_CHANNELS
from boximator.pocket.motion import to_arrays
from boximator.pocket.render import render
from boximator.pocket.state import Motion, decode, encode, to_cells
from boximator.training.base_task import COLOUR_WEIGHT, HIDDEN_WEIGHT, THING_WEIGHT
from boximator.training.contest.shot import Needs, Shot
from boximator.training.contest.state import Group, as_bytes


class MotionState:
    """Colour, forward flow, hidden and thing, drawn by layers."""

    needs = Needs()
    groups = (
        Group("colour", channels=3 * PACK, weight=COLOUR_WEIGHT),
        Group("flow", channels=2 * PACK, weight=1.0),
        Group("hidden", channels=PACK, weight=HIDDEN_WEIGHT),
        Group("thing", channels=PACK, weight=THING_WEIGHT),
    )

    def encode(self, shot: Shot) -> Float[Tensor, "batch channels latent rows columns"]:
        """The state of `boximator.pocket.state`, its channels sorted by kind."""
        clean = encode(shot.batch.motion(), first=to_cells(shot.picture))
        return rearrange(clean, "b (r c) g h w -> b (c r) g h w", c=STATE_CHANNELS)

    def render(
        self, state: Float[Tensor, "batch channels latent rows columns"], *, shot: Shot
    ) -> UInt8[np.ndarray, "batch later height width 3"]:
        """As `boximator animate` does without boxes."""
        packed = rearrange(state, "b (c r) g h w -> b (r c) g h w", c=STATE_CHANNELS)
        return carried(decode(packed, first=to_cells(shot.picture)), shot=shot)


def carried(motion: Motion, *, shot: Shot) -> UInt8[np.ndarray, "batch later height width 3"]:
    """The pictures' own pixels, carried along by the motion."""
    photos = as_bytes(shot.picture)
    return np.stack(
        [render(photo, motion=to_arrays(motion, row=row))[1:] for row, photo in enumerate(photos)]
    )
