"""Every base of the contract test, by the name of its family."""

from __future__ import annotations

from collections.abc import Callable

from tiny_base import TinyBase
from tiny_transformers import pocket_base, wan_base
from tiny_unets import animatediff_base, svd_base, unet3d_base

BASES: dict[str, Callable[[], TinyBase]] = {
    "pocket": pocket_base,
    "svd": svd_base,
    "unet3d": unet3d_base,
    "animatediff": animatediff_base,
    "wan": wan_base,
}
