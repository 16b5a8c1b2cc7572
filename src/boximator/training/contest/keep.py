"""Drawing a state that has no motion: what does not change keeps the picture's own pixels."""

from __future__ import annotations

import torch
from einops import rearrange
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

_CHANGED = (0.08, 0.24)  # difference of colour ([-1, 1]) from which a pixel begins to change, and is changed
_AROUND = 5  # pixels over which that is asked: a single one can be alike by chance


def enlarged(
    frames: Float[Tensor, "batch later c rows columns"], *, like: Float[Tensor, "batch 3 height width"]
) -> Float[Tensor, "batch later c height width"]:
    """Planes on the state's grid at the picture's size."""
    flat = rearrange(frames, "b t c h w -> (b t) c h w")
    large = F.interpolate(flat, like.shape[-2:], mode="bicubic", align_corners=False)
    return rearrange(large, "(b t) c h w -> b t c h w", b=len(frames))


def kept(
    shown: Float[Tensor, "batch later 3 height width"],
    *,
    still: Float[Tensor, "batch 3 height width"],
    picture: Float[Tensor, "batch 3 height width"],
) -> Float[Tensor, "batch later 3 height width"]:
    """The frames, with the picture's detail where they do not differ from it.

    ``still`` is how a frame would be shown in which nothing has changed. Without this a state with few numbers
    would blur backgrounds that nobody asked to change.
    """
    difference = rearrange(shown - still[:, None], "b t c h w -> (b t) c h w")
    change = difference.abs().amax(1, keepdim=True)
    change = F.avg_pool2d(change, _AROUND, stride=1, padding=_AROUND // 2, count_include_pad=False)
    low, high = _CHANGED
    share = ((change - low) / (high - low)).clamp(0, 1)
    share = rearrange(share * share * (3 - 2 * share), "(b t) c h w -> b t c h w", b=len(shown))
    detail = (picture - still)[:, None]
    return (shown + (1 - share) * detail).clamp(-1, 1)


def still_cells(picture: Float[Tensor, "batch 3 height width"], *, cells: Tensor) -> Tensor:
    """The picture as `enlarged` shows it of its ``cells``."""
    return enlarged(cells[:, None], like=picture)[:, 0].to(torch.float32)
