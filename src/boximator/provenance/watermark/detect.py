"""Frames or one picture -> the 64 bits in them, whatever was cut off or resized on the way."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from boximator.provenance.watermark.code import Decoded, decoded
from boximator.provenance.watermark.embed import LUMA, residue
from boximator.provenance.watermark.pattern import (
    CELLS,
    SAMPLES,
    cell_size,
    cells,
    folded,
    soft_signs,
    sync_tile,
)

SCALES = tuple(np.exp(np.linspace(np.log(0.5), np.log(2.3), 155)))
"""Parts of a tile that the short side may show: below 1 a cut-out, above it a border was added."""
TRIED = 6
"""Best places (of all scales) at which decoding is tried; their number times 2**-32 is the chance of a false alarm."""
SMALLEST = 48
"""Pixels on the short side below which there is nothing to be found."""
MOST_FRAMES = 24
Witness = Callable[[Decoded], None]
"""Is told what was read at each place that was tried, whether or not it is a mark: for measuring what chance does."""


@dataclass(frozen=True)
class Found:
    """The answer: ``payload`` is None without a mark. ``score``: the sync pattern, in standard deviations of chance.

    ``by``: which watermark it is, ours or VideoSeal's, which has neither score nor scale.
    """

    payload: int | None
    score: float
    scale: float
    agreement: float
    by: str = "boximator"

    @property
    def found(self) -> bool:
        """Whether there is a mark."""
        return self.payload is not None


@dataclass(frozen=True, eq=False)
class _Place:
    scale: float
    score: float
    tile: Float[np.ndarray, "64 64"]


def detect(frames: UInt8[np.ndarray, "frames rows columns 3"], *, witness: Witness | None = None) -> Found:
    """Looks for the mark in a clip, or in one picture (frames = 1), also if something was cut off or added.

    Mirrored frames are known as far as nothing was cut off.
    A mark counts as found only if its checksum of 32 bits agrees, at one of at most `TRIED` + 2 places.
    """
    whole = detect_whole(frames, witness=witness)
    if whole.found or min(frames.shape[1:3]) < SMALLEST:
        return whole
    mirrored = detect_whole(frames[:, :, ::-1], witness=witness)
    if mirrored.found:
        return mirrored
    grey = flattened(frames)
    places = sorted((_best(grey, float(scale)) for scale in SCALES), key=lambda place: -place.score)[:TRIED]
    for place in _refined(grey, places):
        if found := _decoded(place, witness=witness):
            return found
    best = places[0]
    return whole if whole.score > best.score else _nothing(best)


def detect_whole(
    frames: UInt8[np.ndarray, "frames rows columns 3"], *, witness: Witness | None = None
) -> Found:
    """Looks for the mark in frames of which nothing was cut off; they may have been resized."""
    if min(frames.shape[1:3]) < SMALLEST:
        return Found(payload=None, score=0.0, scale=1.0, agreement=0.0)
    grey = flattened(frames)
    place = max((_best(grey, scale) for scale in (1.0, 2.0)), key=lambda place: place.score)
    return _decoded(place, witness=witness) or _nothing(place)


def _nothing(place: _Place) -> Found:
    return Found(payload=None, score=place.score, scale=place.scale, agreement=0.0)


def flattened(frames: UInt8[np.ndarray, "frames rows columns 3"]) -> Float[np.ndarray, "rows columns"]:
    """The mean of the frames' brightness with the picture taken away as far as its neighbourhood tells it."""
    few = frames[:: max(1, -(-len(frames) // MOST_FRAMES))]
    return np.mean([residue(frame @ LUMA, cell=cell_size(frame.shape[:2])) for frame in few], axis=0).astype(
        np.float32
    )


def _best(grey: Float[np.ndarray, "rows columns"], scale: float) -> _Place:
    """The place of the tile that fits best if the short side shows ``scale`` tiles."""
    samples = folded(grey, cell=min(grey.shape) / (CELLS * scale))
    match = np.fft.irfft2(np.fft.rfft2(samples) * _sync_spectrum(), s=samples.shape)
    match -= match.mean()
    down, across = np.unravel_index(int(match.argmax()), match.shape)
    score = float(match[down, across] / (np.sqrt(np.mean(match**2)) + 1e-9))
    aligned = np.roll(samples, (-int(down), -int(across)), axis=(0, 1))
    return _Place(scale=scale, score=score, tile=cells(aligned))


@functools.cache
def _sync_spectrum() -> np.ndarray:
    """The conjugate spectrum of the sync pattern at the working resolution."""
    return np.conj(np.fft.rfft2(np.kron(sync_tile(), np.ones((SAMPLES, SAMPLES)))))


def _refined(grey: Float[np.ndarray, "rows columns"], places: list[_Place]) -> Iterator[_Place]:
    """Each place, and the best of its neighbours in scale."""
    for place in places:
        near = [_best(grey, place.scale * factor) for factor in (0.9975, 1.0, 1.0025)]
        yield max(near, key=lambda found: found.score)


def _decoded(place: _Place, *, witness: Witness | None) -> Found | None:
    soft = soft_signs(place.tile)
    said = decoded(soft)
    if witness is not None:
        witness(said)
    if not said.valid:
        return None
    agreement = float(np.mean((soft > 0) == (said.signs > 0)))
    return Found(payload=said.payload, score=place.score, scale=place.scale, agreement=agreement)
