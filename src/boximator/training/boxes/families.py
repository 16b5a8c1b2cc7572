"""From a pipeline to the base that training sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from boximator.bases.index import address_for
from boximator.scene.problem import Problem
from boximator.training.boxes.allegro import AllegroBase
from boximator.training.boxes.cogvideox import CogVideoXBase
from boximator.training.boxes.cosmos import CosmosBase
from boximator.training.boxes.hunyuanvideo import HunyuanVideoBase
from boximator.training.boxes.hunyuanvideo15 import HunyuanVideo15Base
from boximator.training.boxes.i2vgenxl import I2vgenxlBase
from boximator.training.boxes.latent_base import LatentBase
from boximator.training.boxes.latte import LatteBase
from boximator.training.boxes.ltx import LtxBase, shift_of
from boximator.training.boxes.mochi import MochiBase
from boximator.training.boxes.objective import objective_of
from boximator.training.boxes.svd import SvdBase
from boximator.training.boxes.unets import UnetBase
from boximator.training.boxes.wan import WanBase

BY_FAMILY: dict[str, Callable[..., LatentBase]] = {
    "svd": SvdBase,
    "wan": WanBase,
    "unet3d": UnetBase,
    "animatediff": UnetBase,
    "cogvideox": CogVideoXBase,
    "ltx": LtxBase,
    "i2vgenxl": I2vgenxlBase,
    "cosmos": CosmosBase,
    "skyreels": WanBase,
    "latte": LatteBase,
    "allegro": AllegroBase,
    "mochi": MochiBase,
    "hunyuanvideo": HunyuanVideoBase,
    "hunyuanvideo15": HunyuanVideo15Base,
}
FROM_TEXT = {
    "cosmos": "CosmosTextToWorldPipeline",
    "skyreels": "SkyReelsV2Pipeline",
    "latte": "LattePipeline",
    "allegro": "AllegroPipeline",
    "mochi": "MochiPipeline",
    "hunyuanvideo": "HunyuanVideoPipeline",
    "hunyuanvideo15": "HunyuanVideo15Pipeline",
}
"""The one pipeline of these families that is written; the others tell the network more than noise and text."""


def latent_base(pipe: Any, *, frames: int, size: tuple[int, int]) -> LatentBase:
    """The base of a pipeline, for videos of so many frames and (height, width) pixels, which it can make.

    Raises:
        Problem: a family or scheduler whose training is not written.
    """
    address = address_for(pipe)
    make = BY_FAMILY.get(address.family)
    if make is None or type(pipe).__module__.startswith("boximator."):
        raise Problem(
            given=f"The base is of the family {address.family}, for which no training objective is written yet",
            wanted=f"One of {', '.join(BY_FAMILY)}",
            fix="Choose one of those, or add a file like training/boxes/wan.py; pocket has train pocket-boxes",
        )
    plain = FROM_TEXT.get(address.family)
    if plain is not None and type(pipe).__name__ != plain:
        raise Problem(
            given=f"The base is a {type(pipe).__name__}, whose training is not written",
            wanted=f"Of the family {address.family}, a {plain}",
            fix="Train on one of those; the adapter attaches to other pipelines of the same network",
        )
    shift = None
    if address.family == "ltx":
        latents = (frames - 1) // pipe.vae_temporal_compression_ratio + 1
        side: int = pipe.vae_spatial_compression_ratio
        tokens = latents * (size[0] // side) * (size[1] // side)
        shift = shift_of(pipe.scheduler.config, tokens=tokens)
    return make(pipe, objective=objective_of(pipe.scheduler, shift=shift))
