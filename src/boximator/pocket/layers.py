"""Read a denoised motion as layers: a background and the things that move against it.

A state cell says where the first picture's pixels go. Pixels of one thing share one affine map a frame, so
the field is explained by few maps and, for every cell, how much of it belongs to which thing. That takes the
noise out of the motion, gives every thing one outline for the whole clip, and lets it be cut out at the
photograph's own resolution.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float

from boximator.pocket.cover import share_moved, share_told
from boximator.pocket.maps import centres, fit_displacement

MAX_OBJECTS = 8
CLEAN = 0.002
"""Noise (of the frame) below which a field is taken at its word; exact fields have next to none."""
_BACKGROUND_TOLERANCE = 0.025  # of the frame: smaller departures from the background's motion are noise
_SMALLEST_TRAVEL = 0.03  # a thing that moves less against the background is part of it
_FEWEST = 3  # cells that are mostly of a thing, for there to be one
_MOST_APART = 0.85  # share of all cells: with more apart, what is left says too little of the background


@dataclass(frozen=True)
class Layer:
    """One moving thing in the first picture's coordinates.

    ``maps`` takes normalised points of the first picture (x, y, 1) to frame t; frame 0 is the identity.
    ``coverage`` is the share of each fine cell that belongs to it. Layers are ordered far to near. ``exact`` maps
    need no second fit. A thing that ``rests`` goes with the background, but others pass behind it.
    """

    maps: Float[np.ndarray, "frames 2 3"]
    coverage: Float[np.ndarray, "rows columns"]
    exact: bool = False
    rests: bool = False


@dataclass(frozen=True)
class Layers:
    """The background's maps, the moving things far to near, and the noise of the field they were read from.

    ``lost`` is the share of each cell that leaves its place in no way that is understood.
    """

    background: Float[np.ndarray, "frames 2 3"]
    objects: tuple[Layer, ...]
    noise: float
    lost: Float[np.ndarray, "rows columns"] | None = None

    @property
    def trust(self) -> float:
        """How far (0..1) the low-resolution colours that came with the field may correct what is drawn.

        A field without noise comes with true colours. A model that is unsure of its motion goes on showing things
        where they were: from twice `CLEAN` on its colours correct nothing.
        """
        return float(np.clip(2 - self.noise / CLEAN, 0, 1))


def _background(
    points: Float[np.ndarray, "cells 3"],
    *,
    displacement: Float[np.ndarray, "later cells 2"],
    counted: Float[np.ndarray, " cells"],
) -> tuple[Float[np.ndarray, "later 2 3"], Float[np.ndarray, " cells"]]:
    """The motion most ``counted`` cells agree on, and each cell's root-mean-square departure from it."""
    fit = np.zeros((len(displacement), 2, 3))
    fit[:, :, 2] = np.median(displacement[:, counted > 0.5], axis=1)
    departure = np.zeros(len(points))
    for scale in (4.0, 2.0, 1.0, 1.0):
        error = displacement - points @ fit.transpose(0, 2, 1)
        departure = np.sqrt((error**2).sum(-1).mean(0))
        weights = counted * (1 + (departure / (scale * _BACKGROUND_TOLERANCE)) ** 2) ** -2
        fit = fit_displacement(
            points, displacement=displacement, weights=weights, ridge=4.0, cell=1 / len(points)
        )
    return fit, departure


def _still(fit: Float[np.ndarray, "later 2 3"], *, noise: float) -> bool:
    """Whether the background moves no more than noise can pretend: then it does not move at all."""
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]], float)
    return bool(np.abs(corners @ fit.transpose(0, 2, 1)).max() < max(0.012, 2.5 * noise))


def ridge(noise: float) -> float:
    """How many cells' worth of "it does not turn, grow or shear" a field of this noise is fitted with.

    Noise (of the frame) over the size of what a thing of the world does, squared, is what least squares wants.
    """
    return 0.05 + 1.5 * (noise / 0.01) ** 2


@dataclass(frozen=True)
class _Tolerance:
    """How exactly a field is to be taken, by its noise: what background cells depart from the background."""

    noise: float

    @property
    def moving(self) -> float:
        """Departure from which a cell belongs to a thing."""
        return max(1.6 * _BACKGROUND_TOLERANCE, 3.0 * self.noise)

    @property
    def absolute(self) -> float:
        """Error of a thing's cell that is taken for noise."""
        return 0.015 + 2.0 * self.noise

    @property
    def relative(self) -> float:
        """The same, as a share of the thing's motion."""
        return 0.15 + min(0.3, 15.0 * self.noise)

    @property
    def ridge(self) -> float:
        """How strongly turning, growing and shearing are pulled towards none, in cells."""
        return ridge(self.noise)

    @property
    def absorbs(self) -> float:
        """A thing smaller than this share of one it touches is a torn-off piece of it."""
        return 0.5 if self.noise > CLEAN else 0.0


def _density_peak(tracks: Float[np.ndarray, "cells features"]) -> Float[np.ndarray, " cells"]:
    """Nearness (0..1) of every cell's motion to the motion that most cells share."""
    square = (tracks**2).sum(1)
    distance = np.sqrt(
        np.maximum(square[:, None] + square[None] - 2 * tracks @ tracks.T, 0) * 2 / tracks.shape[1]
    )
    near = np.exp(-((distance / 0.06) ** 2))
    return near[int(near.sum(1).argmax())]


def _explain(
    fit: Float[np.ndarray, "later 2 3"],
    *,
    points: Float[np.ndarray, "cells 3"],
    relative: Float[np.ndarray, "later cells 2"],
    tolerance: _Tolerance,
) -> tuple[Float[np.ndarray, " cells"], Bool[np.ndarray, " cells"]]:
    """Which share of the fitted motion each cell makes, and whether that explains what it does.

    A cell on the rim is part thing, part background: it makes the thing's motion, only less of it.
    """
    expected = points @ fit.transpose(0, 2, 1)
    share = (relative * expected).sum((0, 2)) / np.maximum((expected**2).sum((0, 2)), 1e-9)
    rest = relative - np.clip(share, 0, 1)[None, :, None] * expected
    error = np.sqrt((rest**2).sum(-1).mean(0))
    size = np.sqrt((expected**2).sum(-1).mean(0))
    return share, (error < tolerance.absolute + tolerance.relative * size) & (share > 0.2)


def _inner(share: Float[np.ndarray, " cells"]) -> Float[np.ndarray, " cells"]:
    """Weight of cells in a fit: those wholly of one thing, and its rim only where there are no others."""
    return (0.01 + np.clip((share - 0.75) / 0.2, 0, 1) ** 2) * np.clip((1.5 - share) / 0.2, 0, 1)


def _next_thing(
    remaining: Bool[np.ndarray, " cells"],
    *,
    points: Float[np.ndarray, "cells 3"],
    relative: Float[np.ndarray, "later cells 2"],
    tolerance: _Tolerance,
) -> tuple[Float[np.ndarray, "later 2 3"], Bool[np.ndarray, " cells"]]:
    """Fit the motion that most remaining cells share, and grow it over the cells it explains."""
    cells, moves, cell = points[remaining], relative[:, remaining], 1 / len(points)
    weights = _density_peak(moves.transpose(1, 0, 2).reshape(len(cells), -1))
    fit = fit_displacement(cells, displacement=moves, weights=weights, ridge=tolerance.ridge, cell=cell)
    explained = weights > 0.5
    for _ in range(4):
        share, explained = _explain(fit, points=cells, relative=moves, tolerance=tolerance)
        core = explained * _inner(share)
        if core.sum() < 0.1:
            break
        fit = fit_displacement(cells, displacement=moves, weights=core, ridge=tolerance.ridge, cell=cell)
    found = remaining.copy()
    found[remaining] = explained
    return fit, found


def _solid(region: Bool[np.ndarray, "rows columns"]) -> bool:
    """Whether a region is more than a seam: some cell has at least three neighbours in it."""
    near = cv2.filter2D(
        region.astype(np.float32), -1, np.ones((3, 3), np.float32), borderType=cv2.BORDER_CONSTANT
    )
    return bool((near[region] >= 4).any()) and int(region.sum()) >= 4


_Thing = tuple[Float[np.ndarray, "later 2 3"], Bool[np.ndarray, "rows columns"]]


def _whole(things: list[_Thing], *, share: float) -> list[_Thing]:
    """Give small things back to the larger ones they touch, which noise has torn them from."""
    kept: list[_Thing] = []
    for fit, region in sorted(things, key=lambda thing: -int(thing[1].sum())):
        near = cv2.dilate(region.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
        hosts = [i for i, (_, other) in enumerate(kept) if (near & other).any()]
        host = next((i for i in hosts if region.sum() < share * kept[i][1].sum()), None)
        if host is None:
            kept.append((fit, region))
        else:
            kept[host] = (kept[host][0], kept[host][1] | region)
    return kept


def _things(
    departure: Float[np.ndarray, "rows columns"],
    *,
    points: Float[np.ndarray, "cells 3"],
    relative: Float[np.ndarray, "later cells 2"],
    noise: float,
) -> list[_Thing]:
    """Motions of the cells that leave the background, and the cells of each."""
    tolerance = _Tolerance(noise=noise)
    remaining = (departure > tolerance.moving).ravel()
    found: list[_Thing] = []
    for _ in range(3 * MAX_OBJECTS):
        if len(found) == MAX_OBJECTS or remaining.sum() < 4:
            break
        fit, cells = _next_thing(remaining, points=points, relative=relative, tolerance=tolerance)
        if not cells.any():
            break
        remaining &= ~cells
        region = cells.reshape(departure.shape)
        if _solid(region):
            found.append((fit, region))
    return _whole(found, share=tolerance.absorbs)


def with_identity(fit: Float[np.ndarray, "later 2 3"]) -> Float[np.ndarray, "frames 2 3"]:
    return np.concatenate([np.zeros((1, 2, 3)), fit]) + np.array([[1.0, 0, 0], [0, 1.0, 0]])


def seen(
    region: Bool[np.ndarray, "rows columns"],
    *,
    maps: Float[np.ndarray, "frames 2 3"],
    points: np.ndarray,
    visible: np.ndarray,
) -> float:
    """Mean visibility of a region's cells while they are inside the frame: near things are seen more."""
    cells = points[region.ravel()]
    places = cells @ maps[1:].transpose(0, 2, 1)
    inside = ((places > 0) & (places < 1)).all(-1)
    shown = visible.reshape(len(visible), -1)[:, region.ravel()]
    return float(shown[inside].mean()) if inside.any() else 0.0


def find_layers(
    flow: Float[np.ndarray, "later 2 rows columns"],
    *,
    visible: Float[np.ndarray, "later rows columns"],
    thing: Float[np.ndarray, "rows columns"] | None = None,
    apart: Bool[np.ndarray, "rows columns"] | None = None,
) -> Layers:
    """Explain a motion by a background and at most `MAX_OBJECTS` things.

    ``flow`` is the forward displacement of the first picture's cells in fractions of width and height; with
    ``thing`` it is that of the thing near which a cell lies, and ``thing`` says how much of the cell belongs to it.
    Cells ``apart`` are looked at by someone else.
    """
    later, _, rows, columns = flow.shape
    points = centres(rows, columns=columns)
    displacement = flow.transpose(0, 2, 3, 1).reshape(later, -1, 2).astype(float)
    counted = np.ones(len(points)) if apart is None or apart.mean() > _MOST_APART else 1.0 - apart.ravel()
    ground, departure = _background(points, displacement=displacement, counted=counted)
    noise = float(np.median(departure[counted > 0]))
    if _still(ground, noise=noise):
        ground = np.zeros_like(ground)
    relative = displacement - points @ ground.transpose(0, 2, 1)
    field = relative.reshape(later, rows, columns, 2).astype(np.float32)
    found: list[tuple[float, Layer]] = []
    if apart is not None:
        departure = np.where(apart.ravel(), 0.0, departure)
    things = _things(departure.reshape(rows, columns), points=points, relative=relative, noise=noise)
    everywhere = np.sum([region for _, region in things], axis=0) if things else np.zeros((rows, columns))
    for fit, region in things:
        centre = points[region.ravel()].mean(0)
        if np.linalg.norm(centre @ fit.transpose(0, 2, 1), axis=-1).max() < _SMALLEST_TRAVEL:
            continue
        if thing is not None and (thing[region] > 0.5).sum() < _FEWEST:
            continue  # a place that trembles; nothing there can leave it
        maps = with_identity(fit + ground)
        if thing is None:
            cover = share_moved(fit, region=region, relative=field)
        else:
            cover = share_told(region, elsewhere=everywhere > region, thing=thing)
        layer = Layer(maps=maps, coverage=cover)
        found.append((seen(region, maps=maps, points=points, visible=visible), layer))
    found.sort(key=lambda pair: pair[0])
    return Layers(background=with_identity(ground), objects=tuple(layer for _, layer in found), noise=noise)
