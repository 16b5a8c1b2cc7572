"""Every base of the contract test, by name."""

from __future__ import annotations

from collections.abc import Callable

from tiny_base import TinyBase
from tiny_cogvideox import cogvideox_2b_base, cogvideox_5b_base, cogvideox_15_base, cogvideox_image_base
from tiny_hunyuan import hunyuanvideo15_base, hunyuanvideo_base
from tiny_motion import animatediff_sdxl_base, i2vgenxl_base, pia_base
from tiny_pocket import pocket_base
from tiny_unets import animatediff_base, svd_base, unet3d_base
from tiny_volumes import allegro_base, cosmos_base, latte_base, ltx_base, ltx_image_base, mochi_base
from tiny_wan import skyreels_base, wan_5b_base, wan_a14b_base, wan_base, wan_image_base

BASES: dict[str, Callable[[], TinyBase]] = {
    "pocket": pocket_base,
    "svd": svd_base,
    "unet3d": unet3d_base,
    "i2vgenxl": i2vgenxl_base,
    "animatediff": animatediff_base,
    "animatediff-sdxl": animatediff_sdxl_base,
    "pia": pia_base,
    "latte": latte_base,
    "cogvideox-2b": cogvideox_2b_base,
    "cogvideox-5b": cogvideox_5b_base,
    "cogvideox-5b-i2v": cogvideox_image_base,
    "cogvideox-1.5-i2v": cogvideox_15_base,
    "ltx": ltx_base,
    "ltx-i2v": ltx_image_base,
    "wan2.1-t2v": wan_base,
    "wan2.1-i2v": wan_image_base,
    "wan2.2-5b": wan_5b_base,
    "wan2.2-a14b": wan_a14b_base,
    "skyreels": skyreels_base,
    "hunyuanvideo": hunyuanvideo_base,
    "hunyuanvideo15": hunyuanvideo15_base,
    "mochi": mochi_base,
    "allegro": allegro_base,
    "cosmos": cosmos_base,
}
