"""A thing's motion once more, now that its outline is known at the photograph's own resolution."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from jaxtyping import Float, Float32

from boximator.pocket.layers import Layer, ridge
from boximator.pocket.maps import centres, fit_displacement

_LEAST = 0.3  # of a cell: with less of the thing in it, a cell says too little about its motion
_TRUSTED = 0.06  # of the frame: a second fit that departs further from the first was misled by the outline


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
