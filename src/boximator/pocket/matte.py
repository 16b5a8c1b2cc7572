"""Cut a thing out of the photograph: from a coarse coverage to an outline along the picture's edges."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from boximator.pocket.leftover import missed
from boximator.pocket.small import small_size

_WORK = 256  # longest side at which the outline is sought
_COARSE, _BAND = 160, 6  # longest side at which it is sought first, and how far from that it is sought then
_ROUNDS, _EXACT_ROUNDS = 2, 2
_NOTHING = 0.06  # coverage below which a place is surely not the thing's
_ROUND = 0.2  # of the longest side: how much of what is round a thing is compared with it
_LIMB_REACH = 0.1  # of the side of a square as large as where it may be
_MOST_LIMBS = 0.3  # of a thing's area: more is another thing, or a place that is not even
_AROUND, _LEAST_AROUND = (
    0.35,
    0.03,
)  # the same of a thing's own longest side, and of the photograph's at least
_AGREES = (
    0.35  # overlap with the coverage from which an outline is believed; thin things fill little of a box
)
_LARGEST_HOLE = 0.06  # of a thing's area


def _trimap(coverage: Float32[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    """GrabCut's four classes: cells that are surely in or out, and what may be either."""
    trimap = np.full(coverage.shape, cv2.GC_PR_BGD, np.uint8)
    trimap[coverage > 0.45] = cv2.GC_PR_FGD
    trimap[coverage > 0.85] = cv2.GC_FGD
    trimap[coverage < _NOTHING] = cv2.GC_BGD
    if not (trimap == cv2.GC_FGD).any() and (coverage > 0.3).any():
        trimap[coverage >= np.quantile(coverage[coverage > 0.3], 0.7)] = cv2.GC_FGD
    return trimap


def _cut(trimap: UInt8[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    return np.isin(trimap, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)


def _decided(trimap: UInt8[np.ndarray, "h w"]) -> bool:
    """Whether something is surely in and something surely out: GrabCut learns the colours of both."""
    return bool((trimap == cv2.GC_FGD).any() and (trimap == cv2.GC_BGD).any())


def _grabcut(
    photo: UInt8[np.ndarray, "h w 3"], *, coverage: Float32[np.ndarray, "h w"], rounds: int
) -> Float32[np.ndarray, "h w"]:
    """GrabCut (Rother et al. 2004) started from the coverage; cells that are surely in or out stay so.

    It is run at a coarser size, and then once more, with the colours learned there, along the outline found.
    """
    height, width = coverage.shape
    size = small_size(height, width=width, longest=_COARSE)
    rough = _trimap(cv2.resize(coverage, size, interpolation=cv2.INTER_AREA))
    if not _decided(rough):
        return (coverage > 0.5).astype(np.float32)
    cv2.setRNGSeed(1)
    models, unused = (np.zeros((1, 65)), np.zeros((1, 65))), (0, 0, 1, 1)
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    cv2.grabCut(small, rough, unused, *models, rounds, cv2.GC_INIT_WITH_MASK)
    first = cv2.resize(_cut(rough), (width, height), interpolation=cv2.INTER_LINEAR) > 0.5
    trimap, near = _along(first, sure=_trimap(coverage))
    fine = np.ascontiguousarray(trimap[near])
    if _decided(fine):
        cv2.grabCut(np.ascontiguousarray(photo[near]), fine, unused, *models, 1, cv2.GC_EVAL_FREEZE_MODEL)
        trimap[near] = fine
    return _cut(trimap)


def _along(
    first: Bool[np.ndarray, "h w"], *, sure: UInt8[np.ndarray, "h w"]
) -> tuple[UInt8[np.ndarray, "h w"], tuple[slice, slice]]:
    """Classes of which only a band along a first outline is open, and the rows and columns that hold the band."""
    band, cut = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BAND + 1,) * 2), first.astype(np.uint8)
    free = np.isin(sure, (cv2.GC_PR_BGD, cv2.GC_PR_FGD))
    open_ = free & (cv2.dilate(cut, band) > cv2.erode(cut, band))
    known = np.where(free, np.where(first, cv2.GC_FGD, cv2.GC_BGD), sure)
    trimap = np.where(open_, np.where(first, cv2.GC_PR_FGD, cv2.GC_PR_BGD), known).astype(np.uint8)
    left, top, wide, high = cv2.boundingRect(open_.astype(np.uint8))
    rows, columns = (
        slice(max(0, start - 2), start + size + 2) for start, size in ((top, high), (left, wide))
    )
    return trimap, (rows, columns)


def _filled(mask: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """The mask without its small holes: a picture's own colours inside a thing are no reason to see through it."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((mask < 0.5).astype(np.uint8), connectivity=4)
    border = set(np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])).tolist())
    largest = _LARGEST_HOLE * float(mask.sum())
    holes = [i for i in range(1, count) if i not in border and stats[i, cv2.CC_STAT_AREA] < largest]
    return np.where(np.isin(labels, holes), np.float32(1), mask)


def _tidied(
    mask: Float32[np.ndarray, "h w"], *, coverage: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w"]:
    """Close pinholes, drop crumbs; fall back on the coverage where GrabCut ran away."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed.astype(np.uint8))
    if count > 1:
        keep = [
            i
            for i in range(1, count)
            if stats[i, cv2.CC_STAT_AREA] >= 0.12 * stats[1:, cv2.CC_STAT_AREA].max()
        ]
        closed = np.isin(labels, keep).astype(np.float32)
    coarse = (coverage > 0.5).astype(np.float32)
    overlap = float((closed * coarse).sum()) / max(float(np.maximum(closed, coarse).sum()), 1.0)
    return _filled(closed if overlap > _AGREES else coarse)


def _with_limbs(
    mask: Float32[np.ndarray, "h w"],
    *,
    photo: UInt8[np.ndarray, "h w 3"],
    coverage: Float32[np.ndarray, "h w"],
) -> Float32[np.ndarray, "h w"]:
    """The mask and what sticks out of it: GrabCut likes short outlines, and so cuts thin legs off."""
    near, cut = (coverage > _NOTHING).astype(np.uint8), (mask > 0.5).astype(np.uint8)
    area = float(cut.sum())
    limbs = missed(photo, cut=cut, near=near, reach=max(2, round(_LIMB_REACH * float(np.sqrt(near.sum())))))
    if not 0 < float(limbs.sum()) < _MOST_LIMBS * area:
        return mask
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    return _filled(cv2.morphologyEx(np.maximum(mask, limbs.astype(np.float32)), cv2.MORPH_CLOSE, kernel))


def guided(
    guide: Float32[np.ndarray, "h w"], *, plane: Float32[np.ndarray, "h w"], radius: int, epsilon: float
) -> Float32[np.ndarray, "h w"]:
    """Guided filter (He et al. 2010): smooth ``plane`` but keep the edges of ``guide`` (both 0..1)."""
    size = (2 * radius + 1, 2 * radius + 1)
    mean_g, mean_p = cv2.blur(guide, size), cv2.blur(plane, size)
    slope = (cv2.blur(guide * plane, size) - mean_g * mean_p) / (
        cv2.blur(guide * guide, size) - mean_g**2 + epsilon
    )
    offset = mean_p - slope * mean_g
    return cv2.blur(slope, size) * guide + cv2.blur(offset, size)


def _window(coverage: Float32[np.ndarray, "h w"]) -> tuple[slice, slice]:
    """Rows and columns round a thing in which its outline is sought; everything if it is nowhere."""
    rows, columns = np.flatnonzero(coverage.max(1) > _NOTHING), np.flatnonzero(coverage.max(0) > _NOTHING)
    if not len(rows):
        return slice(None), slice(None)
    margin = round(_ROUND * max(coverage.shape))
    return (
        slice(max(0, rows[0] - margin), rows[-1] + 1 + margin),
        slice(max(0, columns[0] - margin), columns[-1] + 1 + margin),
    )


def _outlined(
    photo: UInt8[np.ndarray, "height width 3"], *, coverage: np.ndarray, exact: bool
) -> Float32[np.ndarray, "height width"]:
    """0 or 1, sought in a smaller picture, and enlarged."""
    height, width = photo.shape[:2]
    size = small_size(height, width=width, longest=_WORK)
    small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
    rough = cv2.resize(coverage.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    near = _window(rough) if exact else (slice(None), slice(None))
    rounds = _EXACT_ROUNDS if exact else _ROUNDS
    mask = np.zeros_like(rough)
    mask[near] = _tidied(_grabcut(small[near], coverage=rough[near], rounds=rounds), coverage=rough[near])
    if not exact:
        mask = _with_limbs(mask, photo=small, coverage=rough)
    return cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)


def _surroundings(coverage: np.ndarray, *, height: int, width: int) -> tuple[slice, slice]:
    """Rows and columns of the photograph round a thing: its own, and as much on every side as is compared with it."""
    rows, columns = np.flatnonzero(coverage.max(1) > _NOTHING), np.flatnonzero(coverage.max(0) > _NOTHING)
    if not len(rows):
        return slice(0, height), slice(0, width)
    tall, wide = height / coverage.shape[0], width / coverage.shape[1]
    top, bottom, left, right = (
        rows[0] * tall,
        (rows[-1] + 1) * tall,
        columns[0] * wide,
        (columns[-1] + 1) * wide,
    )
    margin = max(_AROUND * max(bottom - top, right - left), _LEAST_AROUND * max(height, width))
    return (
        slice(max(0, int(top - margin)), min(height, int(bottom + margin) + 1)),
        slice(max(0, int(left - margin)), min(width, int(right + margin) + 1)),
    )


def matte(
    photo: UInt8[np.ndarray, "height width 3"], *, coverage: np.ndarray, exact: bool = False
) -> Float32[np.ndarray, "height width"]:
    """Alpha in 0..1 at the photograph's size from a coverage of any size.

    Of an ``exact`` coverage the outline is sought only where it ends: what is farther away is told from the thing
    without comparing colours. Otherwise a small thing is sought in its surroundings alone, and so in finer detail.
    """
    height, width = photo.shape[:2]
    if exact:
        large = _outlined(photo, coverage=coverage, exact=True)
    else:
        near = _surroundings(coverage, height=height, width=width)
        cover = cv2.resize(coverage.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        large = np.zeros((height, width), np.float32)
        large[near] = _outlined(photo[near], coverage=cover[near], exact=False)
    guide = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    radius = max(1, round(max(height, width) / _WORK))
    soft = guided(guide, plane=large, radius=radius, epsilon=1e-4)
    # A narrow ramp round one half, a little inside, so that no rim of background travels along.
    return np.clip((soft - 0.35) / 0.45, 0, 1).astype(np.float32)


def middle(alpha: Float32[np.ndarray, "height width"]) -> Float[np.ndarray, "2"]:
    """Normalised x, y of an outline's centre of mass."""
    height, width = alpha.shape
    total = max(float(alpha.sum()), 1e-6)
    x = float((alpha.sum(0) * (np.arange(width) + 0.5)).sum()) / (total * width)
    y = float((alpha.sum(1) * (np.arange(height) + 0.5)).sum()) / (total * height)
    return np.array([x, y])
