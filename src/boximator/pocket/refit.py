"""A thing's motion fitted more closely: on its outline at the photograph's own resolution, or, where the field has
next to no noise, exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32

from boximator.pocket.cover import FINE
from boximator.pocket.layers import CLEAN, MAX_OBJECTS, Layer, Layers, ridge, with_identity
from boximator.pocket.maps import Exact, centres, exact_motions, fit_displacement, roughness, shares

_LEAST = 0.3  # of a cell: with less of the thing in it, a cell says too little about its motion
_TRUSTED = 0.06  # of the frame: a second fit that departs further from the first was misled by the outline

_EXACT = 6e-4  # of the frame: error of a cell of an exact field, which is read at few points a cell
_EVERY = 3  # frames; noise is in all of them, so it is measured in some
_LEAST_TRAVEL = 0.004  # of the frame: what goes less against the background in an exact field is part of it
_LEAST_GROUND = 0.25  # share of all cells that the background has
_MIXTURE = 0.004  # of the frame: error at which a motion is taken to be a mixture of two others
_REACH = 2  # cells from the middle of a thing to its rim's cells
_UNEXPLAINED = 0.01  # of the frame: error from which a cell is of something that has no cell of its own
_WHOLLY = 0.9  # share of a cell that one thing has when nothing else is seen there


def refit(
    layer: Layer,
    *,
    alpha: Float32[np.ndarray, "height width"],
    flow: Float[np.ndarray, "later 2 rows columns"],
    background: Float[np.ndarray, "frames 2 3"],
    noise: float = 0.0,
) -> Layer:
    """Fit the maps again on cells whose share of the thing is measured from its outline.

    A cell on the rim moves by the mixture of thing and background; its share undoes the mixture. Without that
    a thing of few cells, nearly all of them rim, seems to shrink or grow. ``alpha`` is what is seen of it,
    ``noise`` that of the field.
    """
    if layer.exact:
        return layer
    later, _, rows, columns = flow.shape
    share = cv2.resize(alpha, (columns, rows), interpolation=cv2.INTER_AREA).ravel()
    used = share > _LEAST
    if used.sum() < 4:
        return layer
    points = centres(rows, columns=columns)[used]
    places = points[:, :2]
    ground = points @ background[1:].transpose(0, 2, 1) - places
    total = flow.transpose(0, 2, 3, 1).reshape(later, -1, 2)[:, used]
    own = (total - ground) / share[used][:, None] + ground
    first = points @ layer.maps[1:].transpose(0, 2, 1) - places
    near = np.sqrt(((own - first) ** 2).sum(-1).mean(0))
    whole = 0.01 + np.clip((share[used] - 0.6) / 0.35, 0, 1) ** 2
    weights = whole / (1 + (near / 0.05) ** 2)
    fit = fit_displacement(
        points, displacement=own, weights=weights, ridge=ridge(noise), cell=1 / (rows * columns)
    )
    departure = np.abs(points @ fit.transpose(0, 2, 1) - first)[:, weights > 0.1]
    if not departure.size or departure.max() > _TRUSTED:
        return layer
    maps = layer.maps.copy()
    maps[1:] = fit + np.array([[1.0, 0, 0], [0, 1.0, 0]])
    return replace(layer, maps=maps)


@dataclass(frozen=True)
class _Piece:
    """Something of an exact field, the background too: its maps and its share of every cell."""

    maps: Float[np.ndarray, "frames 2 3"]
    share: Float[np.ndarray, "rows columns"]
    rests: bool = False

    def places(self, points: Float[np.ndarray, "cells 3"]) -> Float[np.ndarray, "later cells 2"]:
        """Where points of the first picture are in the later frames."""
        return points @ self.maps[1:].transpose(0, 2, 1)

    def cells_at(self, places: Float[np.ndarray, "later cells 2"]) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of its cells that are at places of the later frames; -1 outside the first picture."""
        inverse = np.linalg.inv(self.maps[1:, :, :2]).transpose(0, 2, 1)
        points = (places - self.maps[1:, None, :, 2]) @ inverse
        size = np.array(self.share.shape[::-1])
        cells = np.where(((points >= 0) & (points < 1)).all(-1, keepdims=True), points * size, -1).astype(int)
        return cells[..., 1], cells[..., 0]

    def share_at(self, places: Float[np.ndarray, "later cells 2"]) -> Float[np.ndarray, "later cells"]:
        """How much of what is at places of the later frames it would be if nothing hid it."""
        rows, columns = self.cells_at(places)
        return np.where(rows >= 0, self.share[rows, columns], 0.0)

    def layer(self) -> Layer:
        """The same as the renderer takes it."""
        rows, columns = self.share.shape
        fine = cv2.resize(self.share, (columns * FINE, rows * FINE), interpolation=cv2.INTER_CUBIC)
        return Layer(maps=self.maps, coverage=np.clip(fine, 0, 1), exact=True, rests=self.rests)


def _in_frame(places: Float[np.ndarray, "later cells 2"]) -> np.ndarray:
    return np.asarray(((places > 0) & (places < 1)).all(-1))


def _mixed(
    cells: Bool[np.ndarray, " cells"],
    *,
    field: Float[np.ndarray, "later rows columns 2"],
    motions: list[Exact],
    reach: int,
) -> tuple[Float[np.ndarray, "some motions"], Float[np.ndarray, " some"]]:
    """What some cells have of the motions within ``reach`` cells of them (the first is everywhere), and the error."""
    later, rows, columns, _ = field.shape
    points, kernel = centres(rows, columns=columns)[cells], np.ones((2 * reach + 1,) * 2, np.uint8)
    near = np.stack([cv2.dilate(m.cells.astype(np.uint8), kernel).ravel() > 0 for m in motions], axis=1)
    near[:, 0] = True
    expected = np.stack([points @ motion.fit.transpose(0, 2, 1) for motion in motions])
    return shares(field.reshape(later, -1, 2)[:, cells], expected=expected, possible=near[cells])


def _by_size(motions: list[Exact]) -> list[Exact]:
    return sorted(motions, key=lambda motion: -int(motion.cells.sum()))


def _pure(motions: list[Exact], *, field: Float[np.ndarray, "later rows columns 2"]) -> list[Exact]:
    """The motions, large ones first, without mixtures of others: those of rims whose cells are all shared alike."""
    kept = _by_size(motions)
    for motion in kept[:0:-1]:
        others = [other for other in kept if other is not motion]
        share, error = _mixed(motion.cells.ravel(), field=field, motions=others, reach=_REACH)
        if np.median(error) < _MIXTURE and np.median(share.max(1)) < _WHOLLY:
            kept = others
    return kept


def _shared(
    field: Float[np.ndarray, "later rows columns 2"], *, motions: list[Exact]
) -> Float[np.ndarray, "motions rows columns"]:
    """The share of every cell that each motion has; none where they do not explain what the cell does."""
    share = np.stack([motion.cells.ravel() for motion in motions], axis=1).astype(float)
    lacking = np.asarray(share.sum(1) == 0)
    for reach in (_REACH, 3 * _REACH):
        share[lacking], error = _mixed(lacking, field=field, motions=motions, reach=reach)
        lacking[lacking] = error > _UNEXPLAINED
    share[lacking] = 0
    return share.T.reshape(len(motions), *field.shape[1:3])


def _standing(
    things: list[_Piece], *, ground: _Piece, visible: Float[np.ndarray, "later cells"]
) -> _Piece | None:
    """What of the background hides the things that come to it: a thing that rests in front of them."""
    points = centres(ground.share.shape[0], columns=ground.share.shape[1])
    passed, hidden = np.zeros_like(ground.share), np.zeros_like(ground.share)
    for thing in things:
        own = thing.share.ravel() > _WHOLLY
        places = thing.places(points[own])
        alone = _in_frame(places)
        for other in things:
            if other is not thing:
                alone &= other.share_at(places) == 0
        rows, columns = ground.cells_at(places)
        alone &= rows >= 0
        np.add.at(passed, (rows[alone], columns[alone]), 1)
        np.add.at(hidden, (rows[alone], columns[alone]), 1 - visible[:, own][alone])
    share = np.where(hidden > _WHOLLY * np.maximum(passed, 1), 1.0, 0.0) * ground.share
    if share.sum() < 3:
        return None
    unknown = cv2.dilate(share, np.ones((3, 3))) * (passed == 0) * ground.share
    return _Piece(maps=ground.maps, share=np.maximum(share, 0.3 * unknown), rests=True)


def _far_to_near(pieces: list[_Piece], *, visible: Float[np.ndarray, "later cells"]) -> list[_Piece]:
    """Order by who hides whom where two are at the same place."""
    hides = np.zeros((len(pieces), len(pieces)))
    for far, piece in enumerate(pieces):
        points = centres(piece.share.shape[0], columns=piece.share.shape[1])
        own = piece.share.ravel() > _WHOLLY
        places, seen = piece.places(points[own]), visible[:, own]
        for near, other in enumerate(pieces):
            if near != far:
                both = (other.share_at(places) > _WHOLLY) & _in_frame(places)
                hides[near, far] += (1 - seen)[both].sum()
                hides[far, near] += seen[both].sum()
    order: list[_Piece] = []
    left = list(range(len(pieces)))
    while left:
        farthest = max(left, key=lambda i: float((hides[left, i] - hides[i, left]).sum()))
        order.append(pieces[farthest])
        left.remove(farthest)
    return order


def exact_layers(
    flow: Float[np.ndarray, "later 2 rows columns"],
    *,
    visible: Float[np.ndarray, "later rows columns"],
    thing: Float[np.ndarray, "rows columns"] | None = None,
) -> Layers | None:
    """Read an almost noiseless motion exactly; None where it has noise, or no background.

    Cells of one thing make one affine displacement to the last digit, so every thing is told from those it touches,
    however slowly they part; and what hides what, the background too, is read off ``visible``. ``thing`` as for
    `find_layers`.
    """
    rows, columns = flow.shape[2:]
    field = flow.transpose(0, 2, 3, 1).astype(float)
    noise = float(np.median(roughness(field[::_EVERY], side=3)))
    if noise > CLEAN:
        return None
    motions = exact_motions(field, tolerance=_EXACT + 1.5 * noise, most=MAX_OBJECTS + 1)
    motions = _pure(motions, field=field) if thing is None else _by_size(motions)
    if not motions or motions[0].cells.mean() < _LEAST_GROUND:
        return None
    points, ground = centres(rows, columns=columns), motions[0].fit
    motions = motions[:1] + [
        motion
        for motion in motions[1:]
        if np.abs(points[motion.cells.ravel()] @ (motion.fit - ground).transpose(0, 2, 1)).max()
        > _LEAST_TRAVEL + 3 * noise
    ]
    shared = _shared(field, motions=motions)
    if thing is not None:
        shared[1:] *= thing
        shared[0] = 1 - shared[1:].sum(0)
    back, *things = (
        _Piece(maps=with_identity(motion.fit), share=share)
        for motion, share in zip(motions, shared, strict=True)
    )
    seen = visible.reshape(len(visible), -1)
    resting = _standing(things, ground=back, visible=seen)
    ordered = _far_to_near([*things, resting] if resting else things, visible=seen)
    return Layers(
        background=back.maps,
        objects=tuple(piece.layer() for piece in ordered),
        noise=noise,
        lost=1 - shared.sum(0).clip(0, 1),
    )
