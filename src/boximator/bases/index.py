"""The bases this project knows: from a pipeline or denoiser to its address."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from boximator.bases import (
    allegro,
    animatediff,
    cogvideox,
    cosmos,
    hunyuanvideo,
    hunyuanvideo15,
    i2vgenxl,
    latte,
    ltx,
    mochi,
    pocket,
    skyreels,
    svd,
    unet3d,
    wan,
)
from boximator.bases.refused import refuse_family
from boximator.control.address import Address
from boximator.scene.problem import Problem

COMPONENTS = ("transformer", "unet")
BY_DENOISER: dict[str, Callable[[nn.Module], Address]] = {
    "UNetSpatioTemporalConditionModel": svd.address,
    "UNet3DConditionModel": unet3d.address,
    "I2VGenXLUNet": i2vgenxl.address,
    "UNetMotionModel": animatediff.address,
    "LatteTransformer3DModel": latte.address,
    "CogVideoXTransformer3DModel": cogvideox.address,
    "LTXVideoTransformer3DModel": ltx.address,
    "WanTransformer3DModel": wan.address,
    "SkyReelsV2Transformer3DModel": skyreels.address,
    "HunyuanVideoTransformer3DModel": hunyuanvideo.address,
    "HunyuanVideo15Transformer3DModel": hunyuanvideo15.address,
    "MochiTransformer3DModel": mochi.address,
    "AllegroTransformer3DModel": allegro.address,
    "CosmosTransformer3DModel": cosmos.address,
}
FAMILIES = (
    "pocket",
    "svd",
    "unet3d",
    "i2vgenxl",
    "animatediff",
    "latte",
    "cogvideox",
    "ltx",
    "wan",
    "skyreels",
    "hunyuanvideo",
    "hunyuanvideo15",
    "mochi",
    "allegro",
    "cosmos",
)


def address_for(base: object) -> Address:
    """The address of a diffusers pipeline or of its denoiser; `pocket` is known by coming from this package.

    A bare WanTransformer3DModel is taken for Wan's; pocket's own has `boximator.bases.pocket.address`.

    Raises:
        Problem: a base that cannot be controlled, with the reason; or none we know, with the list of those we do.
    """
    denoiser = _denoiser(base)
    refuse_family(type(base if denoiser is None else denoiser).__name__)
    if denoiser is not None and type(base).__module__.startswith("boximator.pocket"):
        return pocket.address(denoiser)
    make = BY_DENOISER.get(type(denoiser).__name__)
    if denoiser is None or make is None:
        raise Problem(
            given=f"{type(base).__name__} is no base that boximator knows",
            wanted=f"A pipeline or denoiser of one of the families {', '.join(FAMILIES)}",
            fix=f"Pass one of those ({', '.join(BY_DENOISER)}), or write an address for yours",
        )
    return make(denoiser)


def address_of(family: str, *, denoiser: nn.Module) -> Address:
    """The address of a network whose family is known: in `pocket` (its whole base) stands one of Wan's class."""
    return (
        pocket.address(denoiser.get_submodule("transformer")) if family == "pocket" else address_for(denoiser)
    )


def _denoiser(base: object) -> nn.Module | None:
    if type(base).__name__ in BY_DENOISER and isinstance(base, nn.Module):
        return base
    parts = [getattr(base, name, None) for name in COMPONENTS]
    return next((part for part in parts if isinstance(part, nn.Module)), None)
