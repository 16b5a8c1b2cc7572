"""The parts round the transformer: what it knows of the pictures, and how its answer meets their edges."""

from __future__ import annotations

import torch
from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from einops import rearrange, repeat
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from boximator.pocket.layout import CELL, PACK, STATE_CHANNELS

COORDINATES = 2
LAST = 4  # colour of the last picture's cells, and whether there is one


class PictureEncoder(ModelMixin, ConfigMixin):
    """First picture (and cells of the last) -> features on the state's grid.

    The pixels of a cell go to channels, two convolutions mix neighbours, and the cell's coordinates are
    added, so the transformer's stream knows where it is.
    """

    @register_to_config
    def __init__(self, width: int = 48, hidden: int = 64) -> None:
        super().__init__()
        self.first = nn.Conv2d(3 * CELL * CELL, hidden, 3, padding=1)
        self.second = nn.Conv2d(hidden, width, 3, padding=1)

    @property
    def out_channels(self) -> int:
        """Channels of the features."""
        return int(self.config["width"]) + COORDINATES + LAST

    def forward(
        self, picture: Float[Tensor, "batch 3 height width"], last: Float[Tensor, "batch 4 rows columns"]
    ) -> Float[Tensor, "batch channels rows columns"]:
        """``last`` holds the colour cells of the last picture and a mask, all zero without one."""
        cells = F.pixel_unshuffle(picture, CELL)
        features = self.second(F.silu(self.first(cells)))
        return torch.cat([features, _coordinates(features), last], dim=1)


def _coordinates(like: Float[Tensor, "batch c rows columns"]) -> Float[Tensor, "batch 2 rows columns"]:
    rows, columns = like.shape[-2:]
    ys = torch.linspace(-1, 1, rows, device=like.device, dtype=like.dtype)
    xs = torch.linspace(-1, 1, columns, device=like.device, dtype=like.dtype)
    return repeat(
        torch.stack(torch.meshgrid(ys, xs, indexing="ij")[::-1]), "c h w -> b c h w", b=like.shape[0]
    )


class StateRefiner(ModelMixin, ConfigMixin):
    """The transformer's output plus what convolutions see at the scale of cells.

    A token covers 4x4 cells; the outline of an object runs through it. The convolutions see the picture's
    features, so they can put it where the picture's edges are, and the noisy state itself, so that what is
    already visible in it needs no way through the tokens. The last convolution starts at zero.
    """

    @register_to_config
    def __init__(
        self, spare: int = 16, picture: int = 54, hidden: int = 56, channels: int = STATE_CHANNELS * PACK
    ) -> None:
        super().__init__()
        self.channels = channels
        self.first = nn.Conv2d(2 * self.channels + spare + picture + 1, hidden, 3, padding=1)
        self.second = nn.Conv2d(hidden, self.channels, 3, padding=1)
        for start_at_zero in self.second.parameters():
            nn.init.zeros_(start_at_zero)

    def forward(
        self,
        answer: Float[Tensor, "batch spare_channels latent rows columns"],
        state: Float[Tensor, "batch channels latent rows columns"],
        features: Float[Tensor, "batch picture rows columns"],
        times: Float[Tensor, " batch"],
    ) -> Float[Tensor, "batch channels latent rows columns"]:
        """``answer`` holds the state's channels first, then the spare ones; ``state`` is the noisy one."""
        latent, rows, columns = answer.shape[2:]
        beside = repeat(features, "b c h w -> b c g h w", g=latent)
        level = repeat(times, "b -> b 1 g h w", g=latent, h=rows, w=columns)
        flat = rearrange(torch.cat([answer, state, beside, level], dim=1), "b c g h w -> (b g) c h w")
        correction = self.second(F.silu(self.first(flat)))
        return answer[:, : self.channels] + rearrange(correction, "(b g) c h w -> b c g h w", g=latent)
