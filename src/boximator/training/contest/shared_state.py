"""Entry `shared-motion`: affine motion told once for a token, and one outline for the whole clip.

What moves, moves as a whole. So a token's motion in a frame is six numbers and not two for each of its sixteen cells,
and which cells are a thing's is told once and not in every frame: what a network is unsure of cannot differ from
cell to cell and from frame to frame.
"""

from __future__ import annotations

import numpy as np
import torch
from einops import einsum, rearrange, reduce, repeat
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional as F

from boximator.pocket.layout import PACK, PATCH
from boximator.pocket.state import COLOUR_SCALE, FLOW_SCALE, HIDDEN_SCALE, THING_SCALE, Motion, to_cells
from boximator.training.base_task import COLOUR_WEIGHT, HIDDEN_WEIGHT, THING_WEIGHT
from boximator.training.contest.motion_state import carried
from boximator.training.contest.shot import Needs, Shot
from boximator.training.contest.state import Group, packed, unpacked

_AFFINE = 3  # constant, along x, along y: for each axis of the flow
_NUMBERS = 2 * _AFFINE * PACK  # of a token's motion in a latent frame
_MOTION = -(-_NUMBERS // PATCH**2)  # channels that hold them, one number a cell
_LEAST = 0.1  # weight of a cell without a thing
_STIFF = 0.001  # weight of "no change within a token", for tokens of which a thing has few cells
_SCALE = FLOW_SCALE / 2  # of numbers that stand for sixteen cells each


def basis() -> Float[Tensor, "three cells"]:
    """Affine functions on a token's cells, row by row, orthonormal."""
    at = torch.arange(PATCH) - (PATCH - 1) / 2
    rows, columns = torch.meshgrid(at, at, indexing="ij")
    plain = torch.stack([torch.ones(PATCH, PATCH), columns, rows]).reshape(_AFFINE, -1)
    return plain / plain.norm(dim=1, keepdim=True)


def to_affine(
    flow: Float[Tensor, "batch later 2 rows columns"], *, thing: Float[Tensor, "batch rows columns"]
) -> Float[Tensor, "batch later two_three token_rows token_columns"]:
    """Weighted least squares in every token: a thing's cells count, if there are any."""
    cells = rearrange(flow, "b t a (y p) (x q) -> b y x (p q) (t a)", p=PATCH, q=PATCH)
    weights = rearrange(thing + _LEAST, "b (y p) (x q) -> b y x (p q)", p=PATCH, q=PATCH)
    functions = basis()
    weights = weights / weights.mean(-1, keepdim=True)
    gram = einsum(functions, functions, weights, "i c, j c, b y x c -> b y x i j")
    gram = gram + torch.diag(torch.tensor([0, _STIFF, _STIFF]))
    right = einsum(functions, weights, cells, "i c, b y x c, b y x c f -> b y x i f")
    solved = torch.linalg.solve(gram, right)
    return rearrange(solved, "b y x i (t a) -> b t (a i) y x", a=2)


def from_affine(
    affine: Float[Tensor, "batch later two_three token_rows token_columns"],
) -> Float[Tensor, "batch later 2 rows columns"]:
    """The flow of every cell."""
    functions = basis().reshape(_AFFINE, PATCH, PATCH)
    split = rearrange(affine, "b t (a i) y x -> b t a i y x", i=_AFFINE)
    cells = einsum(split, functions, "b t a i y x, i p q -> b t a y p x q")
    return rearrange(cells, "b t a y p x q -> b t a (y p) (x q)")


class SharedState:
    """Colour and hidden as in `motion`; the outline once in a latent frame, the motion once in a token."""

    needs = Needs()
    groups = (
        Group("colour", channels=3 * PACK, weight=COLOUR_WEIGHT),
        Group("hidden", channels=PACK, weight=HIDDEN_WEIGHT),
        Group("thing", channels=1, weight=THING_WEIGHT),
        Group("flow", channels=_MOTION, weight=1.0),
    )

    def encode(self, shot: Shot) -> Float[Tensor, "batch channels latent rows columns"]:
        """The motion's numbers lie in a token's cells one after another."""
        motion, first = shot.batch.motion(), to_cells(shot.picture)
        colour = packed(COLOUR_SCALE * (motion.colour - first[:, None]))
        hidden = packed(HIDDEN_SCALE * (1 - motion.visible)[:, :, None])
        thing = repeat(THING_SCALE * motion.thing[:, 0], "b h w -> b 1 g h w", g=colour.shape[2])
        affine = _SCALE * to_affine(motion.flow, thing=motion.thing[:, 0])
        numbers = rearrange(affine, "b (g r) n y x -> b (r n) g y x", r=PACK)
        padded = F.pad(numbers, (0, 0, 0, 0, 0, 0, 0, _MOTION * PATCH**2 - _NUMBERS))
        flow = rearrange(padded, "b (c p q) g y x -> b c g (y p) (x q)", p=PATCH, q=PATCH)
        return torch.cat([colour, hidden, thing, flow], dim=1)

    def decode(self, state: Float[Tensor, "batch channels latent rows columns"], *, shot: Shot) -> Motion:
        """Undo `encode`, up to what a token cannot tell."""
        colour, hidden, thing, flow = state.split([group.channels for group in self.groups], dim=1)
        numbers = rearrange(flow, "b c g (y p) (x q) -> b (c p q) g y x", p=PATCH, q=PATCH)[:, :_NUMBERS]
        affine = rearrange(numbers, "b (r n) g y x -> b (g r) n y x", r=PACK) / _SCALE
        outline = reduce(thing, "b 1 g h w -> b h w", "mean") / THING_SCALE
        seen = 1 - unpacked(hidden)[:, :, 0] / HIDDEN_SCALE
        return Motion(
            colour=(unpacked(colour) / COLOUR_SCALE + to_cells(shot.picture)[:, None]).clamp(-1, 1),
            flow=from_affine(affine),
            visible=seen.clamp(0, 1),
            thing=repeat(outline.clamp(0, 1), "b h w -> b t h w", t=seen.shape[1]),
        )

    def render(
        self, state: Float[Tensor, "batch channels latent rows columns"], *, shot: Shot
    ) -> UInt8[np.ndarray, "batch later height width 3"]:
        """As entry `motion`."""
        return carried(self.decode(state, shot=shot), shot=shot)
