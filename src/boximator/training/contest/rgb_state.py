"""Entry `rgb`: low-resolution colour alone, no motion."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor

from boximator.pocket.layout import PACK
from boximator.pocket.state import COLOUR_SCALE, to_cells
from boximator.training.contest.keep import enlarged, kept, still_cells
from boximator.training.contest.shot import Needs, Shot
from boximator.training.contest.state import Group, as_bytes, packed, unpacked


class RgbState:
    """Each frame's colours, less the first picture's."""

    needs = Needs()
    groups = (Group("colour", channels=3 * PACK, weight=1.0),)

    def encode(self, shot: Shot) -> Float[Tensor, "batch channels latent rows columns"]:
        """Residual on the given picture."""
        return packed(COLOUR_SCALE * (shot.batch.colour - to_cells(shot.picture)[:, None]))

    def render(
        self, state: Float[Tensor, "batch channels latent rows columns"], *, shot: Shot
    ) -> UInt8[np.ndarray, "batch later height width 3"]:
        """Enlarged colours; where they are the first picture's, its own pixels."""
        cells = to_cells(shot.picture)
        shown = enlarged(unpacked(state) / COLOUR_SCALE + cells[:, None], like=shot.picture)
        still = still_cells(shot.picture, cells=cells)
        return as_bytes(kept(shown, still=still, picture=shot.picture))
