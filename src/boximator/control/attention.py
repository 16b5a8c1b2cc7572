"""The gated layer: visual tokens look at each other and at the control tokens of their frame."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from boximator.control.tokens import FREQUENCIES, fourier
from boximator.scene.problem import Problem

Gate = Literal["zero-output", "tanh"]
PLACE_FEATURES = 2 * 2 * FREQUENCIES
PLACE_HIDDEN = 128


class KeysValues(NamedTuple):
    """What a layer makes of the control tokens, the same at every step. One row per latent frame.

    A named tuple, which torch.compile knows how to hand out of a graph. ``place`` is what the layer adds to visual
    tokens for their places, where that is kept as well.
    """

    keys: Float[Tensor, "rows heads tokens channels"]
    values: Float[Tensor, "rows heads tokens channels"]
    bias: Float[Tensor, "rows heads visual tokens"] | None = None
    place: Float[Tensor, "visual dim"] | None = None


def places(rows: int, columns: int, *, device: torch.device) -> Float[Tensor, "rows*columns features"]:
    """Fourier features of the patch centres (x, y) in [0, 1], row by row; the bands of the box corners."""
    y = (torch.arange(rows, device=device, dtype=torch.float32) + 0.5) / rows
    x = (torch.arange(columns, device=device, dtype=torch.float32) + 0.5) / columns
    centres = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)
    return fourier(rearrange(centres, "rows columns xy -> (rows columns) xy"))


def coverage(
    boxes: Float[Tensor, "*batch 4"], *, rows: int, columns: int
) -> Float[Tensor, "*batch rows*columns"]:
    """Share (0..1) of every patch of a grid, row by row, that a box covers."""
    x = torch.arange(columns, device=boxes.device, dtype=torch.float32)
    y = torch.arange(rows, device=boxes.device, dtype=torch.float32)
    x0, y0, x1, y1 = (edge[..., None] for edge in boxes.float().unbind(-1))
    wide = (torch.minimum(x1 * columns, x + 1) - torch.maximum(x0 * columns, x)).clamp(0, 1)
    high = (torch.minimum(y1 * rows, y + 1) - torch.maximum(y0 * rows, y)).clamp(0, 1)
    return (high[..., :, None] * wide[..., None, :]).flatten(-2)


def pooling(grid: tuple[int, int], *, keys: int) -> int:
    """The side p of the smallest p x p squares of tokens that leave at most `keys` of them; 1 for no pooling."""
    rows, columns = grid
    return next(
        side
        for side in range(1, max(grid) + 1)
        if side == max(grid) or math.ceil(rows / side) * math.ceil(columns / side) <= keys
    )


class GatedBoxAttention(nn.Module):
    """delta = TS(Attention(queries from v, keys and values from [v; t])): what to add to a frame's tokens v.

    Token selection (TS) costs nothing: only visual tokens ask. The output projection starts at zero, so a
    fresh layer adds exactly nothing (with `gate="tanh"` a scalar tanh(gamma), gamma = 0, does that instead).

    Args:
        dim: width C of the visual tokens.
        heads: attention heads, those of the block it sits in.
        token_dim: width of the control tokens; a Linear of this layer's own brings them to C.
        positions: the base's tokens carry no place (rotary bases): add features of the patch centres.
        bottleneck: inner width of the attention, None for C.
        cross_only: visual tokens see only the control tokens, not each other.
        gate: which part is zero at the start.
        coverage: a learned bias per head draws each visual token to the boxes that cover its patch: those of
            its own frame in one half of the heads, those of frame 0 in the other. Not in the paper; on a base
            trained for hours instead of weeks it spares the adapter from finding that relation by itself.
        visual_keys: at most so many visual keys per frame; where a frame has more tokens, squares of them are
            averaged into one key. Attention among the visual tokens is what costs most in the finest levels of
            U-Nets (a paper's layer has none of this). None: every token is a key.
    """

    def __init__(
        self,
        dim: int,
        heads: int,
        token_dim: int,
        *,
        positions: bool,
        bottleneck: int | None = None,
        cross_only: bool = False,
        gate: Gate = "zero-output",
        coverage: bool = False,
        visual_keys: int | None = None,
    ) -> None:
        super().__init__()
        inner = bottleneck or dim
        if inner % heads:
            raise Problem(
                given=f"An attention of width {inner} cannot be split into {heads} heads",
                wanted=f"A bottleneck that is a multiple of {heads}",
                fix=f"Use bottleneck={heads * max(1, inner // heads)}",
            )
        self.heads = heads
        self.cross_only = cross_only
        self.visual_keys = visual_keys
        self.norm = nn.LayerNorm(dim)
        self.project = nn.Linear(token_dim, dim)
        self.norm_control = nn.LayerNorm(dim)
        self.place = (
            nn.Sequential(nn.Linear(PLACE_FEATURES, PLACE_HIDDEN), nn.SiLU(), nn.Linear(PLACE_HIDDEN, dim))
            if positions
            else None
        )
        self.query = nn.Linear(dim, inner)
        self.key = nn.Linear(dim, inner)
        self.value = nn.Linear(dim, inner)
        self.output = nn.Linear(inner, dim)
        self.gamma = nn.Parameter(torch.zeros(())) if gate == "tanh" else None
        self.coverage = nn.Parameter(torch.zeros(heads, 2)) if coverage else None

    def keys_values(
        self,
        tokens: Float[Tensor, "rows tokens token_dim"],
        covered: Float[Tensor, "rows 2 visual tokens"] | None = None,
        place: Float[Tensor, "visual features"] | None = None,
    ) -> KeysValues:
        """Keys and values of the control tokens, to be computed once per condition.

        With ``place`` (see `places`), what it adds to the visual tokens is computed here too, and not by `forward`.

        Pre-norm and the projection act on each token alone, so this is exactly what the joint attention over
        [v; t] would compute. Only submodules are called, never this module's own parameters, so that
        offloading hooks on them fire.
        """
        control = self.norm_control(self.project(tokens))
        bias = None
        if self.coverage is not None:
            assert covered is not None, "a layer with a coverage bias is told what each box covers"
            bias = torch.einsum("hk,rkvt->rhvt", self.coverage, covered.to(self.coverage.dtype))
        added = None
        if self.place is not None and place is not None:
            added = self.place(place.to(control.dtype))
        return KeysValues(
            keys=self._split(self.key(control)),
            values=self._split(self.value(control)),
            bias=bias,
            place=added,
        )

    def forward(
        self,
        visual: Float[Tensor, "rows tokens dim"],
        control: KeysValues,
        place: Float[Tensor, "tokens features"] | None = None,
        grid: tuple[int, int] | None = None,
    ) -> Float[Tensor, "rows tokens dim"]:
        """What to add to `visual`. A row is one latent frame of one video: videos and frames stay apart.

        `grid` is the rows and columns of the frame's tokens; a layer with `visual_keys` asks for it.
        """
        x = self.norm(visual)
        if control.place is not None:
            x = x + control.place
        elif self.place is not None:
            assert place is not None, "a layer with positions is called with the places of its tokens"
            x = x + self.place(place.to(x.dtype))
        keys, values = control.keys, control.values
        if not self.cross_only:
            seen = x if self.visual_keys is None else self._pooled(x, grid, keys=self.visual_keys)
            keys = torch.cat([self._split(self.key(seen)), keys], dim=2)
            values = torch.cat([self._split(self.value(seen)), values], dim=2)
        bias = control.bias
        if bias is not None:
            bias = F.pad(bias, (keys.shape[2] - bias.shape[3], 0))  # none between visual tokens
        attended = F.scaled_dot_product_attention(self._split(self.query(x)), keys, values, attn_mask=bias)
        delta = self.output(rearrange(attended, "rows heads tokens channels -> rows tokens (heads channels)"))
        return delta if self.gamma is None else self.gamma.tanh() * delta

    @staticmethod
    def _pooled(x: Tensor, grid: tuple[int, int] | None, *, keys: int) -> Tensor:
        assert grid is not None, "a layer that pools its keys is called with the grid of its tokens"
        side = pooling(grid, keys=keys)
        if side == 1:
            return x
        square = rearrange(x, "rows (high wide) dim -> rows dim high wide", high=grid[0])
        means = F.avg_pool2d(square, side, ceil_mode=True, count_include_pad=False)
        return rearrange(means, "rows dim high wide -> rows (high wide) dim")

    def gate_norm(self) -> Tensor:
        """Root mean square of the output projection, times the scalar gate if there is one: 0 when fresh."""
        size = self.output.weight.detach().float().square().mean().sqrt()
        return size if self.gamma is None else size * self.gamma.detach().float().tanh().abs()

    def _split(self, x: Tensor) -> Tensor:
        return rearrange(x, "rows tokens (heads channels) -> rows heads tokens channels", heads=self.heads)
