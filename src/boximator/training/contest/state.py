"""What a contest entry denoises, as the rest of the contest sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from einops import rearrange
from jaxtyping import Float, UInt8
from torch import Tensor

from boximator.pocket.layout import PACK
from boximator.training.contest.shot import Needs, Shot


@dataclass(frozen=True)
class Group:
    """Channels of one kind in a latent frame: ``channels`` of them, and the weight of their mean squared error."""

    name: str
    channels: int
    weight: float


class State(Protocol):
    """A way to write the frames 1 to T-1 of a clip into three latent frames of 32x32 cells, and back.

    The clean state of "everything stays as in the first picture" is zero everywhere.
    """

    @property
    def groups(self) -> tuple[Group, ...]:
        """The kinds of channels of a latent frame, in their order."""
        ...

    @property
    def needs(self) -> Needs:
        """What `encode` reads besides a batch."""
        ...

    def encode(self, shot: Shot) -> Float[Tensor, "batch channels latent rows columns"]:
        """The clean state."""
        ...

    def render(
        self, state: Float[Tensor, "batch channels latent rows columns"], *, shot: Shot
    ) -> UInt8[np.ndarray, "batch later height width 3"]:
        """Frames 1 to T-1 at the size of the shot's picture, which is all that is read of the shot."""
        ...


def channels(state: State) -> int:
    """Channels of one latent frame."""
    return sum(group.channels for group in state.groups)


def packed(frames: Float[Tensor, "batch later c rows columns"]) -> Tensor:
    """Frames 1 to T-1 -> latent frames, with the channels of a frame side by side in their group."""
    return rearrange(frames, "b (g r) c h w -> b (r c) g h w", r=PACK)


def unpacked(latent: Float[Tensor, "batch channels latent rows columns"]) -> Tensor:
    """Undo `packed`."""
    return rearrange(latent, "b (r c) g h w -> b (g r) c h w", r=PACK)


def as_bytes(frames: Float[Tensor, "*batch 3 height width"]) -> UInt8[np.ndarray, "*batch height width 3"]:
    """[-1, 1] -> bytes, channels last."""
    shown = ((frames.clamp(-1, 1) + 1) * 127.5 + 0.5).floor().clamp(0, 255)
    return rearrange(shown, "... c h w -> ... h w c").byte().numpy()
