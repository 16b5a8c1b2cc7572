"""What an outline missed of its thing: the shaded side of a leg, a rim of fur, a foot."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from boximator.pocket.small import small_size, wide_blur

_WORK = 256  # longest side at which it is sought
_REACH = 0.12  # of the side of a square as large as the thing: how far from the cut-out its leftovers are
_UNLIKE = 1.6  # times the difference from its surroundings that the place round about has anyway
_LEAST = 10.0  # of 255


def _disc(radius: int) -> UInt8[np.ndarray, "side side"]:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)).astype(np.uint8)


def missed(
    photo: UInt8[np.ndarray, "h w 3"],
    *,
    cut: UInt8[np.ndarray, "h w"],
    near: UInt8[np.ndarray, "h w"],
    reach: int,
) -> UInt8[np.ndarray, "h w"]:
    """1 where a part touches the outline (``cut``) that looks unlike what is round ``near``, and ends within it.

    What goes on beyond, as a branch does on which a bird sits, belongs to the background. ``reach`` (pixels) is how
    far round it is looked.
    """
    none = np.zeros_like(cut)
    round_it = cv2.dilate(near, _disc(2 * reach))
    known = (1 - near).astype(np.float32)
    small = photo.astype(np.float32)
    weight = np.maximum(wide_blur(known, sigma=1.5 * reach), 1e-4)
    level = wide_blur(small * known[..., None], sigma=1.5 * reach) / weight[..., None]
    unlike = np.abs(small - level).max(-1)
    usual = unlike[(round_it > 0) & (near == 0)]
    if not usual.size:
        return none
    least = max(_LEAST, _UNLIKE * float(np.quantile(usual, 0.8)))
    odd = ((unlike > least) & (cut == 0) & (round_it > 0)).astype(np.uint8)
    _, labels = cv2.connectedComponents(odd, connectivity=4)
    touching = np.unique(labels[(cv2.dilate(cut, _disc(2)) > 0) & (odd > 0)])
    beyond = np.unique(labels[(near == 0) & (odd > 0)])
    return np.isin(labels, np.setdiff1d(touching, [0, *beyond.tolist()])).astype(np.uint8)


def leftovers(
    photo: UInt8[np.ndarray, "height width 3"], *, alpha: Float32[np.ndarray, "height width"]
) -> Float32[np.ndarray, "height width"]:
    """0..1: what the cut-outs (``alpha``) left behind close to them. It must not stay where the thing was."""
    height, width = alpha.shape
    size = small_size(height, width=width, longest=_WORK)
    cut = (cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) > 0.1).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cut)
    if count < 2:
        return np.zeros_like(alpha)
    reach = max(3, round(_REACH * float(np.sqrt(stats[1:, cv2.CC_STAT_AREA].max()))))
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    left = missed(small, cut=cut, near=cv2.dilate(cut, _disc(reach)), reach=reach)
    left = cv2.dilate(left, _disc(1)).astype(np.float32)
    return cv2.resize(left, (width, height), interpolation=cv2.INTER_LINEAR)
