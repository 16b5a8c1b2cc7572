"""Which adapter a base gets unless told otherwise: as much as fits the limit of its cost.

The limit is 15 % of the base's FLOPs for U-Nets and 12 % for transformers, counted at the published default size
(`boximator bases`). A layer at every block with every token as a key is the paper's; where that is too dear, U-Nets
pool the visual keys of their finest levels, and transformers get attention of half the width or less. Which saving
costs least obedience was measured on `pocket` (docs/adapter-sizes.md): pooled keys were as good as the whole there, and
half the width was better than layers at every second block, which cost the same.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch

from boximator.bases.index import address_for
from boximator.control.adapter import BoxAdapter
from boximator.control.address import Address

UNET_LIMIT, TRANSFORMER_LIMIT = 1.15, 1.12
"""The most that base and adapter together may cost beside the base."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How much of an adapter (see `BoxAdapter.from_base`).

    Attributes:
        every: a layer at every so many blocks.
        visual_keys: at most so many visual keys in a frame.
        bottleneck: inner width of the attention.
        cross_only: no visual keys at all.
        coverage: a bias draws visual tokens to the boxes over them.
        token_dim: width of the control tokens.
    """

    every: int = 1
    visual_keys: int | None = None
    bottleneck: int | None = None
    cross_only: bool = False
    coverage: bool = False
    token_dim: int = 1024

    def words(self) -> str:
        """What decides the cost, in words, for a table."""
        nth = {2: "2nd", 3: "3rd"}.get(self.every, f"{self.every}th")
        told = ["every block" if self.every == 1 else f"every {nth} block"]
        if self.visual_keys is not None:
            told.append(f"at most {self.visual_keys} keys")
        if self.bottleneck is not None:
            told.append(f"{self.bottleneck} wide inside")
        if self.cross_only:
            told.append("boxes as keys only")
        return ", ".join(told)

    def fresh(
        self, base: object, *, address: Address, generator: torch.Generator | None = None
    ) -> BoxAdapter:
        """A fresh adapter of this size."""
        return BoxAdapter.from_base(base, address=address, generator=generator, **asdict(self))


WHOLE = Options()
POOLED = Options(visual_keys=2304)
BY_FAMILY = {
    "pocket": Options(cross_only=True, coverage=True, token_dim=256),  # measured: docs/adapter-sizes.md
    "svd": POOLED,
    "i2vgenxl": POOLED,
    "animatediff": POOLED,
}
NARROWER = {"latte": 2, "cogvideox": 2, "ltx": 2, "wan": 2, "skyreels": 2, "mochi": 3, "cosmos": 2}
"""So many times narrower than the block is the attention of these; every other family can afford the whole."""
BY_WIDTH = {
    ("animatediff", 640): Options(visual_keys=2304, bottleneck=640),  # XL has 70 blocks, most 1280 wide
    ("wan", 1536): WHOLE,  # 1.3B, where attention over all frames is most of the cost
    ("skyreels", 1536): WHOLE,
}
"""Sizes of a family, by the width of their first block, that are to be treated otherwise."""
HEAD_STEP = 8
"""Attention kernels want heads whose width is a multiple of this."""


def options_for(address: Address) -> Options:
    """The default options of a base."""
    first = address.blocks[0]
    by_width = BY_WIDTH.get((address.family, first.width))
    if by_width is not None:
        return by_width
    times = NARROWER.get(address.family)
    if times is not None:
        return Options(bottleneck=narrowed(first.width, heads=first.heads, times=times))
    return BY_FAMILY.get(address.family, WHOLE)


def narrowed(width: int, *, heads: int, times: int) -> int:
    """A width about so many times smaller that the heads share evenly, each a multiple of `HEAD_STEP` if it can be."""
    channels = max(1, width // (times * heads))
    return heads * (channels // HEAD_STEP * HEAD_STEP or channels)


def new_adapter(
    base: object, *, options: Options | None = None, generator: torch.Generator | None = None
) -> BoxAdapter:
    """A fresh adapter for a pipeline or denoiser of a known family, by default as large as `options_for` it.

    Raises:
        Problem: no base we know.
    """
    address = address_for(base)
    chosen = options or options_for(address)
    return chosen.fresh(base, address=address, generator=generator)
