"""The picture without the things that move: what stands behind them is filled in once for the whole clip."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from boximator.pocket.maps import pixel_map

_LEVELS = 9
_TREMBLING = 0.05  # change of colour (0..1) over time from which what the model shows is not believed


def _pyramid_fill(
    photo: Float32[np.ndarray, "h w 3"], *, known: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 3"]:
    """Push known colours down a pyramid and pull them up into the holes: smooth, without streaks."""
    colours, weights = [photo * known[..., None]], [known]
    while min(colours[-1].shape[:2]) > 2 and len(colours) < _LEVELS:
        colours.append(cv2.pyrDown(colours[-1]))
        weights.append(cv2.pyrDown(weights[-1]))
    filled = colours[-1] / np.maximum(weights[-1], 1e-4)[..., None]
    for colour, weight in zip(colours[-2::-1], weights[-2::-1], strict=True):
        up = cv2.resize(filled, (colour.shape[1], colour.shape[0]), interpolation=cv2.INTER_LINEAR)
        trust = np.clip(weight * 4, 0, 1)[..., None]
        filled = trust * colour / np.maximum(weight, 1e-4)[..., None] + (1 - trust) * up
    return filled


def _mirrored(hole: Float32[np.ndarray, "h w"]) -> tuple[np.ndarray, np.ndarray]:
    """For every pixel of the hole the x and y of its mirror image in the hole's nearest edge; itself elsewhere."""
    _, nearest = cv2.distanceTransformWithLabels(
        (hole > 0.5).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = np.asarray(nearest, np.int32)
    ys, xs = np.mgrid[0 : hole.shape[0], 0 : hole.shape[1]].astype(np.float32)
    known = hole <= 0.5
    edge_x, edge_y = np.zeros(labels.max() + 1, np.float32), np.zeros(labels.max() + 1, np.float32)
    edge_x[labels[known]], edge_y[labels[known]] = xs[known], ys[known]
    size = (0, 0)
    reach_x = cv2.GaussianBlur(edge_x[labels] - xs, size, 2.0)
    reach_y = cv2.GaussianBlur(edge_y[labels] - ys, size, 2.0)
    return xs + 2 * reach_x * (hole > 0.5), ys + 2 * reach_y * (hole > 0.5)


def _grain(
    photo: Float32[np.ndarray, "h w 3"], *, hole: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 3"]:
    """Texture for the hole, mirrored in from round it, so that the filling is not conspicuously smooth."""
    known = 1 - hole
    sigma = max(photo.shape[:2]) / 64
    smooth = cv2.GaussianBlur(photo * known[..., None], (0, 0), sigma)
    level = smooth / np.maximum(cv2.GaussianBlur(known, (0, 0), sigma), 1e-3)[..., None]
    fine = (photo - level) * known[..., None]
    x, y = _mirrored(hole)
    return cv2.remap(fine, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


@dataclass(frozen=True)
class Ground:
    """The picture behind the things, with a margin on every side that camera moves can show.

    ``margin`` is rows above and columns left of the photograph (and as many below and right of it).
    """

    pixels: UInt8[np.ndarray, "height width 3"]
    margin: tuple[int, int]


@dataclass(frozen=True)
class Shown:
    """The background as the model shows it: colour (0..1) and how far it is to be trusted (0..1)."""

    colour: Float32[np.ndarray, "r c 3"]
    weight: Float32[np.ndarray, "r c"]


def hidden_colour(
    colour: Float32[np.ndarray, "later rows columns 3"],
    *,
    taken: Float32[np.ndarray, "later rows columns"],
    background: Float[np.ndarray, "frames 2 3"],
    margin: tuple[int, int],
) -> Shown:
    """What the model shows of the background over all frames, in frame 0's coordinates.

    ``taken`` is where things stand in each frame; ``margin`` is in cells.
    """
    rows, columns = colour.shape[1:3]
    size = (columns + 2 * margin[1], rows + 2 * margin[0])
    total = np.zeros((size[1], size[0], 7), np.float32)
    for t in range(len(colour)):
        back = cv2.invertAffineTransform(pixel_map(background[t + 1], width=columns, height=rows))
        back[:, 2] += (margin[1], margin[0])
        free = np.clip(1 - 3 * taken[t], 0, 1)
        seen = np.concatenate([colour[t], colour[t] ** 2, np.ones_like(colour[t][..., :1])], axis=-1)
        for part in (slice(0, 4), slice(4, 7)):  # warpAffine takes four channels at most
            total[..., part] += cv2.warpAffine(seen[..., part] * free[..., None], back, size)
    weight = total[..., 6]
    mean, square = (
        total[..., part] / np.maximum(weight, 1e-4)[..., None] for part in (slice(0, 3), slice(3, 6))
    )
    trembling = np.sqrt(np.maximum(square - mean**2, 0).mean(-1))
    return Shown(colour=mean, weight=np.clip(weight, 0, 1) * np.exp(-((trembling / _TREMBLING) ** 2)))


def plate(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    alpha: Float32[np.ndarray, "height width"],
    shown: Shown,
    margin: tuple[int, int],
) -> Ground:
    """Fill the places of all moving things, and the margin, once for the whole clip.

    The filling is what the model shows there, shifted in tone so that it meets the photograph round the hole.
    """
    top, left = margin
    reach = max(3, round(max(photo.shape[:2]) / 100)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    hole = cv2.dilate((alpha > 0.02).astype(np.float32), kernel)
    if not hole.any() and margin == (0, 0):
        return Ground(pixels=photo, margin=margin)
    picture = cv2.copyMakeBorder(photo, top, top, left, left, cv2.BORDER_REFLECT_101).astype(np.float32)
    hole = cv2.copyMakeBorder(hole, top, top, left, left, cv2.BORDER_CONSTANT, value=1.0)
    size = (picture.shape[1], picture.shape[0])
    guess = cv2.resize(shown.colour, size, interpolation=cv2.INTER_CUBIC) * 255
    trust = cv2.resize(shown.weight, size, interpolation=cv2.INTER_LINEAR)[..., None]
    guess = trust * guess + (1 - trust) * _pyramid_fill(picture, known=1 - hole)
    filled = guess + _pyramid_fill(picture - guess, known=1 - hole)
    filled = filled + _grain(picture, hole=hole)
    soft = cv2.GaussianBlur(hole, (0, 0), reach / 4) * (hole > 0)
    inner = cv2.erode(hole, kernel)
    soft = np.maximum(soft, inner)[..., None]
    return Ground(
        pixels=np.clip(soft * filled + (1 - soft) * picture + 0.5, 0, 255).astype(np.uint8), margin=margin
    )
