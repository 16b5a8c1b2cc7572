"""Fill what is not known of a picture: smoothly from round about, and with the texture of other places."""

from __future__ import annotations

import cv2
import numpy as np
from jaxtyping import Float32

from boximator.pocket.small import wide_blur
from boximator.pocket.transplant import transplanted

_LEVELS = 8
_COARSE = 4  # times smaller than the photograph
_GRAIN = 2.0  # times the usual departure from the level round about: a larger one is a line, not grain
_ALIKE = 90.0  # of 255: what differs by more is something else


def weighted(
    picture: Float32[np.ndarray, "height width 3"], *, share: Float32[np.ndarray, "height width"]
) -> Float32[np.ndarray, "height width 3"]:
    """A picture times a plane; several times quicker than numpy's broadcasting."""
    return cv2.multiply(picture, cv2.merge([share, share, share]))


def smooth_fill(
    photo: Float32[np.ndarray, "h w 3"], *, known: Float32[np.ndarray, "h w"]
) -> Float32[np.ndarray, "h w 3"]:
    """Push known colours down a pyramid and pull them up into the holes: smooth, without streaks.

    What comes of it has no detail, so it is made at a fraction of the size.
    """
    size = (photo.shape[1], photo.shape[0])
    small = (max(1, size[0] // _COARSE), max(1, size[1] // _COARSE))
    both = cv2.merge([*cv2.split(weighted(photo, share=known)), known])
    low = cv2.resize(both, small, interpolation=cv2.INTER_AREA)
    colours, weights = [low[..., :3]], [low[..., 3]]
    while min(colours[-1].shape[:2]) > 2 and len(colours) < _LEVELS:
        colours.append(cv2.pyrDown(colours[-1]))
        weights.append(cv2.pyrDown(weights[-1]))
    filled = colours[-1] / np.maximum(weights[-1], 1e-4)[..., None]
    for colour, weight in zip(colours[-2::-1], weights[-2::-1], strict=True):
        up = cv2.resize(filled, (colour.shape[1], colour.shape[0]), interpolation=cv2.INTER_LINEAR)
        trust = np.clip(weight * 4, 0, 1)[..., None]
        filled = trust * colour / np.maximum(weight, 1e-4)[..., None] + (1 - trust) * up
    return cv2.resize(filled, size, interpolation=cv2.INTER_LINEAR)


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
    # Lines and edges, mirrored, would be the outline of something that is not there.
    round_it = (round(8 * sigma) | 1,) * 2
    usual = cv2.blur(np.abs(fine).mean(-1), round_it) / np.maximum(cv2.blur(known, round_it), 1e-2)
    limit = (_GRAIN * usual + 1e-3)[..., None]
    fine = limit * np.tanh(fine / limit)
    x, y = _mirrored(hole)
    return cv2.remap(fine, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def textured(
    picture: Float32[np.ndarray, "height width 3"],
    *,
    hole: Float32[np.ndarray, "height width"],
    filled: Float32[np.ndarray, "height width 3"],
    trust: Float32[np.ndarray, "height width"],
    near: tuple[slice, slice],
) -> Float32[np.ndarray, "h w 3"]:
    """A smooth filling with the texture of other places of the picture; where it is trusted, its level stays.

    Of the rows and columns ``near``, which hold all holes and what surrounds them.
    """
    graft = transplanted(picture, hole=hole, expected=filled, near=near)
    copied, share = graft.pixels, graft.share
    own, open_, smooth = picture[near], hole[near], filled[near]
    # Shifted in tone so that it meets the picture round the hole, but not the other things that stand there.
    unlike = np.abs(own - copied).max(-1) * (1 / _ALIKE)
    np.square(unlike, out=unlike)
    alike = np.exp(-np.square(unlike, out=unlike))
    copied = copied + smooth_fill(own - copied, known=(1 - open_) * share * alike)
    copied = copied + weighted(
        wide_blur(smooth - copied, sigma=max(picture.shape[:2]) / 64), share=trust[near]
    )
    if share[open_ > 0].min() < 1:
        mirrored = filled + _grain(picture, hole=hole)
        return weighted(copied, share=share) + weighted(mirrored[near], share=1 - share)
    return copied
