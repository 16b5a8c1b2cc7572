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
_GAP = 0.5  # of the reach: how far a part may lie apart from its thing
_CRUMB = 0.004  # of the thing's area: what is smaller must touch it


def _disc(radius: int) -> UInt8[np.ndarray, "side side"]:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)).astype(np.uint8)


def _grown(mask: UInt8[np.ndarray, "h w"], *, by: int) -> UInt8[np.ndarray, "h w"]:
    return cv2.dilate(mask, _disc(by)).astype(np.uint8)


def missed(
    photo: UInt8[np.ndarray, "h w 3"],
    *,
    cut: UInt8[np.ndarray, "h w"],
    near: UInt8[np.ndarray, "h w"],
    reach: int,
) -> UInt8[np.ndarray, "h w"]:
    """1 where a part touches the outline (``cut``) that looks unlike what is round ``near``, and ends within it; or
    nearly touches it, and is no crumb.

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
    parts = _Parts(odd, beyond=1 - near)
    touching = parts.within(_grown(cut, by=2))
    gap = max(2, round(_GAP * reach))
    apart = parts.within(_grown(cut, by=gap), least=_CRUMB * float(cut.sum())) & (1 - touching)
    # What lies between such a part and the outline, as the shaded top of a leg does, is the thing's too.
    closed = _grown(np.maximum(cut, np.maximum(touching, apart)), by=gap)
    closed = cv2.erode(closed, _disc(gap)).astype(np.uint8)
    between = _grown(apart, by=gap) & _grown(cut, by=gap) & closed & (1 - cut)
    return touching | apart | between


class _Parts:
    """Connected parts of what looks odd, less those that go on ``beyond``."""

    def __init__(self, odd: UInt8[np.ndarray, "h w"], *, beyond: UInt8[np.ndarray, "h w"]) -> None:
        _, labels, stats, _ = cv2.connectedComponentsWithStats(odd, connectivity=4)
        self._labels = np.asarray(labels)
        self._areas = np.asarray(stats)[:, cv2.CC_STAT_AREA]
        self._others = [0, *np.unique(self._labels[beyond > 0]).tolist()]

    def within(self, place: UInt8[np.ndarray, "h w"], *, least: float = 0) -> UInt8[np.ndarray, "h w"]:
        """1 in the parts, of at least so many pixels, that reach into a place."""
        there = np.setdiff1d(np.unique(self._labels[place > 0]), self._others)
        return np.isin(self._labels, there[self._areas[there] >= least]).astype(np.uint8)


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
