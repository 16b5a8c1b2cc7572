"""Boxes become control tokens: Fourier features, a small MLP, one learned null token (paper, section 3)."""

from __future__ import annotations

from itertools import pairwise

import torch
from einops import rearrange
from jaxtyping import Bool, Float
from torch import Tensor, nn

FREQUENCIES = 8
TEMPERATURE = 100.0
SCALARS = 8
"""What describes a box: four coordinates, three colours, one flag."""
REFERENCE_SCALARS = 4
"""The coordinates of the same object's box in frame 0, for bases that want them."""
WAY_SCALE = 4.0
"""Brings the way from the box in frame 0 to the box, usually a quarter of the frame, to unit size."""


def fourier(values: Float[Tensor, "... scalars"]) -> Float[Tensor, "... features"]:
    """cos and sin of x * 100^(k/8), k = 0..7, of each scalar x in [0, 1]: 16 features (paper, 3)."""
    steps = torch.arange(FREQUENCIES, device=values.device, dtype=torch.float32) / FREQUENCIES
    angles = values.float()[..., None] * TEMPERATURE**steps
    return rearrange([angles.cos(), angles.sin()], "two ... scalars bands -> ... (scalars two bands)")


class BoxTokens(nn.Module):
    """t = MLP(Fourier([x0 y0 x1 y1, r g b, hard])), or the null token where a slot is empty.

    Three hidden layers of 512 with SiLU between, as the paper has it; `dim` is the width of a token. With
    `reference` the object's box in frame 0 and, as plain numbers, the way from it to the box stand beside the
    box (`FrameMap.reference`; not in the paper); an object without one has its own box there.
    """

    def __init__(self, dim: int, *, hidden: int = 512, reference: bool = False) -> None:
        super().__init__()
        self.reference = reference
        scalars = SCALARS + REFERENCE_SCALARS * int(reference)
        way = REFERENCE_SCALARS * int(reference)
        widths = (scalars * 2 * FREQUENCIES + way, hidden, hidden, hidden, dim)
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(widths):
            layers += [nn.Linear(inputs, outputs), nn.SiLU()]
        self.mlp = nn.Sequential(*layers[:-1])
        self.null = nn.Parameter(torch.zeros(dim))

    def forward(
        self,
        boxes: Float[Tensor, "batch frames slots 4"],
        colours: Float[Tensor, "batch frames slots 3"],
        hard: Bool[Tensor, "batch frames slots"],
        present: Bool[Tensor, "batch frames slots"],
    ) -> Float[Tensor, "batch frames slots dim"]:
        parts = [boxes, colours, hard[..., None].to(boxes.dtype)]
        plain: list[Tensor] = []
        if self.reference:
            first = torch.where(present[:, :1, :, None], boxes[:, :1], boxes)
            parts.append(first)
            plain.append(WAY_SCALE * (boxes - first).float())
        features = torch.cat([fourier(torch.cat(parts, dim=-1)), *plain], dim=-1)
        tokens = self.mlp(features.to(self.null.dtype))
        return torch.where(present[..., None], tokens, self.null)
