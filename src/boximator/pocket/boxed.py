"""Read a noisy motion where boxes say which things to look for: every box's thing has the motion its cells make."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Bool, Float

from boximator.pocket.claim import Claimed, camera, contested, corners, likely, radius_in, together, window
from boximator.pocket.cover import FINE
from boximator.pocket.hold import Wish, held
from boximator.pocket.layers import Layer, Layers, find_layers, ridge, seen, with_identity
from boximator.pocket.layout import PATCH
from boximator.pocket.maps import centres, composed, fit_displacement, inverted

_ANYWAY = 0.15  # weight of a cell in a box that is not the thing's: there too the motion is the thing's
_ROUNDS = 3
_STIFF = 3.0  # in a box, few cells say how a thing turns and grows, and all of them are wrong in the same way
_ERROR = 0.03  # of the frame: departure from a thing's motion at which a cell counts a quarter
_FEWEST = 6  # cells that a motion is read from, however small the box
_SAYS = 0.6  # weight of what the model takes for the thing, against the shape of the box
_SUREST, _FAINT = 0.8, 0.25  # quantile of what is said in a box, and the least that says something
_UNSURE = 0.1  # coverage in a box on which the photograph's own edges decide
_PLACE = 0.15  # share of a box's ellipse that is of things, below which the box may mean the place itself
_EVEN_PLACE = 0.5  # the same where several boxes go one way, and the place with them


@dataclass(frozen=True)
class Field:
    """What is read: see `boximator.pocket.motion.MotionArrays`; ``thing`` is that of the whole clip."""

    flow: Float[np.ndarray, "later 2 rows columns"]
    visible: Float[np.ndarray, "later rows columns"]
    thing: Float[np.ndarray, "rows columns"]

    @property
    def points(self) -> Float[np.ndarray, "cells 3"]:
        """Normalised centres of the cells (x, y, 1)."""
        rows, columns = self.thing.shape
        return centres(rows, columns=columns)

    @property
    def displacement(self) -> Float[np.ndarray, "later cells 2"]:
        """The flow, cell by cell."""
        later, _, rows, columns = self.flow.shape
        return self.flow.transpose(0, 2, 3, 1).reshape(later, rows * columns, 2).astype(float)


def boxed_layers(field: Field, *, wishes: tuple[Wish, ...], hold: bool) -> Claimed:
    """One layer for every box that goes anywhere, and those things that move outside of all boxes, far to near.

    Things with boxes are drawn last, small ones before large ones: what is asked for shall be seen.

    With ``hold``, boxes in which there is no thing may move the background.
    """
    apart = _apart(wishes, shape=field.thing.shape)
    loose = find_layers(field.flow, visible=field.visible, thing=field.thing, apart=apart)
    background = loose.background
    places = [wish for wish in wishes if _place(wish, thing=field.thing, most=_PLACE)]
    unsure = [wish for wish in wishes if _place(wish, thing=field.thing, most=_EVEN_PLACE)]
    if together(unsure, background=background):
        places = unsure
    others = [(_depth(layer, field=field), layer) for layer in loose.objects]
    if hold and camera(places, background=background):
        background = np.mean([held(background, wish=w, points=corners(w.first)) for w in places], axis=0)
        wishes = tuple(wish for wish in wishes if wish not in places)
        # What has no box goes with the place that the boxes move, on its own way in it.
        ways = composed(background, after=inverted(loose.background))
        others = [(depth, replace(one, maps=composed(ways, after=one.maps))) for depth, one in others]
    near = _nearest(wishes, points=field.points)
    found: list[tuple[float, Layer, Wish | None]] = [(depth, layer, None) for depth, layer in others]
    still = bool(np.allclose(background, background[:1]))
    for index, wish in enumerate(wishes):
        if wish.travels or not still:
            maps = with_identity(_motion(near == index, field=field, wish=wish, noise=loose.noise))
            layer = Layer(maps=maps, coverage=_coverage(wish, thing=field.thing, others=loose.objects))
            found.append((_depth(layer, field=field), contested(layer, index=index, wishes=wishes), wish))
    found.sort(key=lambda entry: entry[0] if entry[2] is None else 2 - _area(entry[2]))
    objects = tuple(layer for _, layer, _ in found)
    return Claimed(
        layers=Layers(background=background, objects=objects, noise=loose.noise),
        wishes=tuple(wish for _, _, wish in found),
    )


def _area(wish: Wish) -> float:
    return float((wish.first[2:] - wish.first[:2]).prod())


def _apart(wishes: tuple[Wish, ...], *, shape: tuple[int, ...]) -> Bool[np.ndarray, "rows columns"]:
    """Cells whose motion may be that of a box's thing: those of all tokens that a box touches."""
    found = np.zeros(shape, bool)
    tokens = np.array([shape[1], shape[0], shape[1], shape[0]]) / PATCH
    for wish in wishes:
        x0, y0, x1, y1 = wish.first * tokens
        left, top = int(np.floor(x0 + 0.01)) * PATCH, int(np.floor(y0 + 0.01)) * PATCH
        right, bottom = int(np.ceil(x1 - 0.01)) * PATCH, int(np.ceil(y1 - 0.01)) * PATCH
        found[top:bottom, left:right] = True
    return found


def _place(wish: Wish, *, thing: Float[np.ndarray, "rows columns"], most: float) -> bool:
    """Whether a box goes somewhere in which there is hardly a thing."""
    inside = radius_in(wish.first, shape=thing.shape) <= 1
    return wish.travels and bool(inside.any()) and float(thing[inside].mean()) < most


def _nearest(wishes: tuple[Wish, ...], *, points: Float[np.ndarray, "cells 3"]) -> np.ndarray:
    """For every cell the number of the box in whose middle it lies most, -1 outside of all."""
    owner, least = np.full(len(points), -1), np.full(len(points), np.inf)
    for index, wish in enumerate(wishes):
        half = np.maximum((wish.first[2:] - wish.first[:2]) / 2, 1e-3)
        far = np.abs((points[:, :2] - (wish.first[:2] + wish.first[2:]) / 2) / half).max(1)
        few = np.sort(far)[_FEWEST - 1]
        owner = np.where((far < max(1.0, few + 1e-6)) & (far < least), index, owner)
        least = np.minimum(least, far)
    return owner


def _motion(
    cells: Bool[np.ndarray, " cells"], *, field: Field, wish: Wish, noise: float
) -> Float[np.ndarray, "later 2 3"]:
    """The displacement that a box's cells make, those of the thing above all; cells that depart count less."""
    points = field.points
    if cells.sum() < _FEWEST:  # all of it lies nearer to the middle of other boxes
        distance = np.linalg.norm(points[:, :2] - (wish.first[:2] + wish.first[2:]) / 2, axis=1)
        cells = distance <= np.sort(distance)[_FEWEST - 1]
    own, moves = points[cells], field.displacement[:, cells]
    sure = weights = _ANYWAY + field.thing.ravel()[cells]
    fit = np.zeros((len(moves), 2, 3))
    for _ in range(_ROUNDS):
        fit = fit_displacement(
            own, displacement=moves, weights=weights, ridge=_STIFF * ridge(noise), cell=1 / len(points)
        )
        error = np.sqrt(np.square(moves - own @ fit.transpose(0, 2, 1)).sum(-1).mean(0))
        weights = sure * (1 + (error / _ERROR) ** 2) ** -2
        # In a box the model is less sure than it is of the background.
        noise = max(noise, float(np.average(error, weights=weights)))
    return fit


def _coverage(
    wish: Wish, *, thing: Float[np.ndarray, "rows columns"], others: tuple[Layer, ...]
) -> Float[np.ndarray, "fine_rows fine_columns"]:
    """How much of every fine cell is the box's thing: what the model takes for one, and the shape of the box."""
    shape = (thing.shape[0] * FINE, thing.shape[1] * FINE)
    fine = cv2.resize(thing.astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC).clip(0, 1)
    inside = fine[radius_in(wish.first, shape=shape) <= 1]
    surest = float(np.quantile(inside, _SUREST)) if inside.size else 0.0
    # A thing that looks like its surroundings is told faintly: what counts is what is told most within its box.
    said = np.clip(fine / max(surest, _FAINT), 0, 1)
    weight = _SAYS * min(1.0, surest / (2 * _FAINT))
    both = weight * said + (1 - weight) * likely(wish, shape=shape, others=list(others))
    return window(wish.first, shape=shape, margin=0.03) * np.maximum(both, _UNSURE)


def _depth(layer: Layer, *, field: Field) -> float:
    """Mean visibility of a layer's cells: near things are seen more."""
    region = cv2.resize(layer.coverage.astype(np.float32), field.thing.shape[::-1]) > 0.5
    return seen(region, maps=layer.maps, points=field.points, visible=field.visible)
