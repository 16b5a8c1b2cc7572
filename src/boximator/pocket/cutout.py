"""Things cut out of the photograph, with where they are in every frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from boximator.pocket.claim import Claimed
from boximator.pocket.hold import held, outline
from boximator.pocket.layers import CLEAN
from boximator.pocket.matte import matte, middle
from boximator.pocket.refit import refit
from boximator.pocket.steady import steady


@dataclass(frozen=True)
class CutOut:
    """A thing cut out of the photograph: premultiplied colour and alpha, and where it goes."""

    pixels: Float32[np.ndarray, "height width 4"]
    maps: Float[np.ndarray, "frames 2 3"]

    @cached_property
    def extent(self) -> tuple[int, int, int, int]:
        """Left, top, width and height in pixels of what shows of it in the photograph."""
        left, top, wide, high = cv2.boundingRect((self.pixels[..., 3] > 0).astype(np.uint8))
        return left, top, wide, high


def _distinct(alphas: list[Float32[np.ndarray, "height width"]], *, asked: set[int]) -> list[int]:
    """Which outlines are of different things, in the given order: of two that share most of the smaller, the
    larger stays. A noisy field can show one thing as two. Those that were asked for stay all, and others only where
    they share next to nothing with them."""
    kept: list[int] = []
    for i in sorted(range(len(alphas)), key=lambda i: (i not in asked, -float(alphas[i].sum()))):
        own = max(float(alphas[i].sum()), 1e-6)
        limits = [(k, 0.15 if k in asked else 0.4) for k in kept]
        if i in asked or all(
            float(np.minimum(alphas[i], alphas[k]).sum()) < share * own for k, share in limits
        ):
            kept.append(i)
    return sorted(kept)


def cut_outs(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    claims: Claimed,
    flow: Float[np.ndarray, "later 2 rows columns"] | None,
) -> tuple[list[CutOut], Float32[np.ndarray, "height width"]]:
    """Every thing's cut-out, far to near, and the alpha of all of them together."""
    layers = claims.layers
    together = np.zeros(photo.shape[:2], np.float32)
    if layers.lost is not None and layers.lost.max() > 0.01:
        lost = layers.lost.astype(np.float32)
        together = cv2.resize(lost, photo.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    alphas = [matte(photo, coverage=layer.coverage, exact=layer.exact) for layer in layers.objects]
    asked = {index for index, wish in enumerate(claims.wishes) if wish is not None}
    kept = _distinct(alphas, asked=asked) if layers.noise > CLEAN else range(len(alphas))
    found: list[CutOut] = []
    for layer, alpha, wish in ((layers.objects[i], alphas[i], claims.wishes[i]) for i in kept):
        if wish is not None or not layer.rests:
            together = np.maximum(together, alpha)
        pixels = np.concatenate([photo.astype(np.float32) * alpha[..., None], alpha[..., None]], axis=-1)
        maps = layer.maps
        if flow is not None:
            maps = refit(layer, alpha=alpha, flow=flow, background=layers.background, noise=layers.noise).maps
        if layers.noise > CLEAN:
            maps = steady(maps, centre=middle(alpha), aspect=photo.shape[1] / photo.shape[0])
        if wish is not None:
            maps = held(maps, wish=wish, points=outline(alpha, box=wish.first))
        found.append(CutOut(pixels=pixels, maps=maps))
    return found, together
