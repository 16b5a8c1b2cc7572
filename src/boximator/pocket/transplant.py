"""Fill holes of a picture with other places of the same picture, shifted, so that grass is filled with grass.

The few shifts that fit best are found together: what surrounds a hole must look like what surrounds the place that is
copied, and the copy must be as bright and as coloured as is expected in the hole. As He and Sun (2012, "Statistics of
patch offsets for image completion") a filling is a choice among few shifts; they are chosen by correlation (FFT), and
seams are softened.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from jaxtyping import Bool, Float32

from boximator.pocket.small import small_size

_WORK = 96  # longest side at which shifts are sought
_SHIFTS = 6  # for each hole
_HOLES = 8
_SMALLEST = 4  # pixels of the small picture; less is left to the smooth filling
_RIM = 3  # pixels of the small picture round a hole that are compared
_LEVEL = 0.3  # weight of the expected colour within a hole, against the colours round it
_FAR = (
    0.4,
    1.0,
)  # cost of a shift along and across, for each picture's side; far below differs from far above
_BLIND = 0.5  # cost of a pixel with nothing to copy, as a squared difference of colour (0..1)
_ROUGH = 4.0  # weight of how rough a place is
_CLOSE, _ROUND = 2.0, 0.1  # in pixels, where it is measured; in shares of the side, whence it is expected
_GAIN = 0.1  # share of a hole's cost that one more shift has to save
_SEAM = 1.5  # softness of the seams in pixels of the small picture


@dataclass(frozen=True)
class Graft:
    """What shifts copied: colour (0..255), and how much (0..1) of every pixel is a copy."""

    pixels: Float32[np.ndarray, "height width 3"]
    share: Float32[np.ndarray, "height width"]


@dataclass(frozen=True)
class _Site:
    """The small picture (0..1), what is expected in its holes, and where it is known (1) or a hole (0)."""

    picture: Float32[np.ndarray, "rows columns 3"]
    expected: Float32[np.ndarray, "rows columns 3"]
    known: Float32[np.ndarray, "rows columns"]

    @cached_property
    def soft(self) -> Float32[np.ndarray, "rows columns 4"]:
        """The picture without its grain, which is not to be expected of a smooth filling; and how rough it is."""
        return np.concatenate([cv2.GaussianBlur(self.picture, (0, 0), 1.0), self._rough[..., None]], axis=-1)

    @cached_property
    def wanted(self) -> Float32[np.ndarray, "rows columns 4"]:
        """What is expected in the holes, as rough as it is round them: no face where there is a wall round about."""
        known = np.maximum(self.known, 1e-3)
        wide = max(known.shape) * _ROUND
        rough = cv2.GaussianBlur(self._rough * known, (0, 0), wide) / cv2.GaussianBlur(known, (0, 0), wide)
        return np.concatenate([self.expected, rough[..., None]], axis=-1)

    @cached_property
    def _rough(self) -> Float32[np.ndarray, "rows columns"]:
        """Standard deviation of the brightness close by, of what is known."""
        weight = np.maximum(cv2.GaussianBlur(self.known, (0, 0), _CLOSE), 1e-3)
        grey = self.picture.mean(-1)
        mean = cv2.GaussianBlur(grey * self.known, (0, 0), _CLOSE) / weight
        square = cv2.GaussianBlur(grey**2 * self.known, (0, 0), _CLOSE) / weight
        return _ROUGH * np.sqrt(np.maximum(square - mean**2, 0))

    @cached_property
    def _sources(self) -> tuple[np.ndarray, ...]:
        """Spectra of what may be copied: where it is known, its squares, its colours; sharp, and soft."""
        clear, found = self.known[None], [self._spectra(self.known[None])]
        for picture in (self.picture, self.soft):
            planes = picture.transpose(2, 0, 1)
            found.append(self._spectra(np.concatenate([(planes**2).sum(0)[None] * clear, planes * clear])))
        return tuple(found)

    def _spectra(self, planes: np.ndarray) -> np.ndarray:
        """Fourier transforms of planes, padded so that no shift runs into the other side."""
        return np.fft.rfft2(planes, (2 * planes.shape[1], 2 * planes.shape[2]))

    def cost(self, hole: Bool[np.ndarray, "rows columns"]) -> Float32[np.ndarray, "shifts_y shifts_x"]:
        """Mean squared difference for every shift (wrapped, in pixels) of what it copies into the hole and round it."""
        rim = (_grown(hole, by=_RIM) & ~hole) * self.known
        inner = (_LEVEL * hole).astype(np.float32)
        clear, sharp, soft = self._sources
        weights = self._spectra(np.stack([rim, inner]))
        total = -_BLIND * np.conj(weights.sum(0)) * clear[0]
        for k, (wanted, source) in enumerate(((self.picture, sharp), (self.wanted, soft))):
            weight = (rim, inner)[k]
            planes = wanted.transpose(2, 0, 1)
            asked = self._spectra(np.concatenate([(planes**2).sum(0)[None], planes]) * weight)
            total += np.conj(asked[0]) * clear[0] + np.conj(weights[k]) * source[0]
            total -= 2 * (np.conj(asked[1:]) * source[1:]).sum(0)
        area = float(rim.sum() + inner.sum())
        found = np.fft.irfft2(total, (2 * hole.shape[0], 2 * hole.shape[1])) / max(area, 1e-6)
        return (found + _BLIND).astype(np.float32)

    def local(
        self, hole: Bool[np.ndarray, "rows columns"], *, shift: tuple[int, int]
    ) -> Float32[np.ndarray, "rows columns"]:
        """The same for one shift, pixel by pixel."""
        source, clear = _shifted(self.picture, shift=shift), _shifted(self.known, shift=shift)
        soft = _shifted(self.soft, shift=shift)
        round_it = ((source - self.picture) ** 2).sum(-1) * self.known
        within = _LEVEL * ((soft - self.wanted) ** 2).sum(-1)
        return np.where(clear > 0, np.where(hole, within, round_it), _BLIND).astype(np.float32)


def _grown(mask: Bool[np.ndarray, "rows columns"], *, by: int) -> Bool[np.ndarray, "rows columns"]:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    return cv2.dilate(mask.astype(np.uint8), kernel) > 0


def _shifted(
    plane: np.ndarray, *, shift: tuple[int, int], near: tuple[slice, slice] = (slice(None), slice(None))
) -> np.ndarray:
    """``plane`` at (y + dy, x + dx) for every (y, x) of the rows and columns ``near``; zero beyond its border."""
    (top, bottom, _), (left, right, _) = (
        own.indices(size) for own, size in zip(near, plane.shape, strict=False)
    )
    move = np.array([[1, 0, -shift[1] - left], [0, 1, -shift[0] - top]], float)
    return cv2.warpAffine(plane, move, (right - left, bottom - top), flags=cv2.INTER_NEAREST)


def _best(
    cost: Float32[np.ndarray, "shifts_y shifts_x"], *, shape: tuple[int, int], taken: list[tuple[int, int]]
) -> tuple[int, int]:
    """The cheapest shift that is not near one that is taken, nor no shift at all."""
    dy = np.fft.fftfreq(cost.shape[0], 1 / cost.shape[0]).round().astype(int)
    dx = np.fft.fftfreq(cost.shape[1], 1 / cost.shape[1]).round().astype(int)
    far = _FAR[1] * np.abs(dy / shape[0])[:, None] + _FAR[0] * np.abs(dx / shape[1])[None]
    worth = cost * (1 + far)
    for y, x in [(0, 0), *taken]:
        worth[np.abs(dy - y)[:, None] + np.abs(dx - x)[None] < _RIM] = np.inf
    worth[np.abs(dy) >= shape[0]] = np.inf
    worth[:, np.abs(dx) >= shape[1]] = np.inf
    row, column = np.unravel_index(int(worth.argmin()), worth.shape)
    return int(dy[row]), int(dx[column])


def _plan(
    site: _Site, *, hole: Bool[np.ndarray, "rows columns"]
) -> tuple[list[tuple[int, int]], Float32[np.ndarray, "rows columns"]]:
    """Shifts for one hole, and for every pixel which of them; -1 where none has anything to copy."""
    near = _grown(hole, by=_RIM)
    costs: list[np.ndarray] = []
    shifts: list[tuple[int, int]] = []
    left, paid = hole, np.inf
    for _ in range(_SHIFTS):
        shift = _best(site.cost(left), shape=hole.shape, taken=shifts)
        tried = cv2.GaussianBlur(site.local(hole, shift=shift), (0, 0), _SEAM)
        tried[cv2.erode(_shifted(site.known, shift=shift), np.ones((3, 3), np.uint8)) == 0] = _BLIND
        least = np.min([*costs, tried], axis=0)
        if float(least[near].sum()) > (1 - _GAIN) * paid:
            break
        shifts, costs, paid = [*shifts, shift], [*costs, tried], float(least[near].sum())
        # The next shift is for what this one does worst.
        left = hole & (least > max(2 * float(np.median(least[near])), _BLIND / 4))
        if left.sum() < _SMALLEST:
            break
    if not shifts:
        return [], np.full(hole.shape, -1, np.float32)
    chosen = np.argmin(costs, axis=0).astype(np.float32)
    return shifts, np.where(np.min(costs, axis=0) < _BLIND / 2, chosen, -1).astype(np.float32)


def transplanted(
    picture: Float32[np.ndarray, "height width 3"],
    *,
    hole: Float32[np.ndarray, "height width"],
    expected: Float32[np.ndarray, "height width 3"],
    near: tuple[slice, slice] = (slice(None), slice(None)),
) -> Graft:
    """Copies for the holes (1 in them, 0 elsewhere) of a picture (0..255), and for a rim round them.

    ``expected`` is the picture with its holes filled smoothly; the copies are of the rows and columns ``near``.
    """
    height, width = hole.shape
    size = small_size(height, width=width, longest=_WORK)
    open_ = cv2.resize(hole, size, interpolation=cv2.INTER_AREA) > 0.01
    site = _Site(
        picture=cv2.resize(picture, size, interpolation=cv2.INTER_AREA) / 255,
        expected=cv2.resize(expected, size, interpolation=cv2.INTER_AREA) / 255,
        known=(~open_).astype(np.float32),
    )
    clear, pixels, share = 1 - hole, np.zeros_like(picture[near]), np.zeros_like(hole[near])
    _, labels, stats, _ = cv2.connectedComponentsWithStats(open_.astype(np.uint8))
    order = 1 + np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:_HOLES]
    for index in order[stats[order, cv2.CC_STAT_AREA] >= _SMALLEST]:
        own = labels == index
        shifts, chosen = _plan(site, hole=own)
        chosen[~_grown(own, by=_RIM)] = -1
        for k, (dy, dx) in enumerate(shifts):
            here = cv2.GaussianBlur((chosen == k).astype(np.float32), (0, 0), _SEAM)
            full = (round(dy * height / size[1]), round(dx * width / size[0]))
            part = cv2.resize(here, (width, height), interpolation=cv2.INTER_LINEAR)[near]
            part = part * _shifted(clear, shift=full, near=near)
            pixels += part[..., None] * _shifted(picture, shift=full, near=near)
            share += part
    known = np.maximum(share, 1e-4)[..., None]
    return Graft(pixels=pixels / known, share=np.clip(4 * share, 0, 1))
