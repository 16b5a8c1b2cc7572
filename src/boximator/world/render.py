"""Draw actors over a backdrop and read off boxes, masks, forward flow and visibility exactly."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, Int, UInt8

from boximator.world import affine
from boximator.world.cast import Actor
from boximator.world.motion import CameraMotion

BACKDROP = -1


@dataclass(frozen=True)
class Drawn:
    """Frames and, for every frame, which actor (index, or -1 for the backdrop) owns each pixel."""

    frames: UInt8[np.ndarray, "frames height width 3"]
    owners: Int[np.ndarray, "frames height width"]
    first_alphas: Float32[np.ndarray, "actors height width"]


def view_affine(camera: CameraMotion, *, frame: int, size: tuple[int, int]) -> affine.Affine:
    """Frame-0 pixels -> pixels of ``frame`` under the camera alone. Panning right moves the picture left."""
    height, width = size
    centre = (width / 2, height / 2)
    shift = camera.offsets[frame] * height
    target = (centre[0] - shift[0], centre[1] - shift[1])
    zoom = float(camera.zooms[frame])
    return affine.similarity(target, scale=(zoom, zoom), angle=0.0, about=centre)


def actor_affine(actor: Actor, *, frame: int, height: int) -> affine.Affine:
    """Template pixels -> frame pixels, before the camera."""
    motion = actor.motion
    rows, columns = actor.pixels.shape[:2]
    centre = motion.centres[frame] * height
    scale = (float(motion.scales[frame, 0]), float(motion.scales[frame, 1]))
    about = ((columns - 1) / 2, (rows - 1) / 2)
    return affine.similarity(
        (centre[0], centre[1]), scale=scale, angle=float(motion.angles[frame]), about=about
    )


def actor_affines(
    actors: list[Actor], *, camera: CameraMotion, frames: int, size: tuple[int, int]
) -> Float[np.ndarray, "frames actors 2 3"]:
    """Template pixels -> pixels of each frame, camera included."""
    views = [view_affine(camera, frame=t, size=size) for t in range(frames)]
    rows = [
        [affine.compose(views[t], inner=actor_affine(actor, frame=t, height=size[0])) for actor in actors]
        for t in range(frames)
    ]
    return np.asarray(rows, np.float64).reshape(frames, len(actors), 2, 3)


def draw(
    actors: list[Actor],
    *,
    backdrop: UInt8[np.ndarray, "h w 3"],
    base: affine.Affine,
    affines: Float[np.ndarray, "frames actors 2 3"],
    views: list[affine.Affine],
    size: tuple[int, int],
) -> Drawn:
    """Paint far to near. ``base`` maps backdrop pixels to frame-0 pixels."""
    height, width = size
    frames = np.empty((len(views), height, width, 3), np.uint8)
    owners = np.full((len(views), height, width), BACKDROP, np.int8)
    alphas = np.zeros((len(actors), height, width), np.float32)
    weighted = [_premultiplied(actor.pixels) for actor in actors]
    for t, view in enumerate(views):
        placed = affine.compose(view, inner=base)
        ground = cv2.warpAffine(
            backdrop, placed, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        ).astype(np.float32)
        for i in range(len(actors)):
            spot = _reach(weighted[i].shape, placed=affines[t, i], size=size)
            if spot is None:
                continue
            shift = affines[t, i] - np.array([[0, 0, spot[1].start], [0, 0, spot[0].start]])
            extent = (spot[1].stop - spot[1].start, spot[0].stop - spot[0].start)
            sprite = cv2.warpAffine(weighted[i], shift, extent, flags=cv2.INTER_LINEAR)
            alpha = sprite[..., 3:]
            ground[spot] = sprite[..., :3] + ground[spot] * (1 - alpha)
            owners[t][spot][alpha[..., 0] > 0.5] = i
            if t == 0:
                alphas[:, spot[0], spot[1]] *= 1 - alpha[None, ..., 0]
                alphas[i][spot] = alpha[..., 0]
        frames[t] = np.clip(ground + 0.5, 0, 255)
    return Drawn(frames=frames, owners=owners, first_alphas=alphas)


def _reach(
    shape: tuple[int, ...], *, placed: affine.Affine, size: tuple[int, int]
) -> tuple[slice, slice] | None:
    """Rows and columns of the frame that a placed template can touch; None when it is wholly outside."""
    corners = np.array([[-1, -1], [shape[1], -1], [-1, shape[0]], [shape[1], shape[0]]], np.float64)
    points = affine.apply(placed, points=corners)
    low = np.maximum(np.floor(points.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0)) + 1, [size[1], size[0]]).astype(int)
    return None if (high <= low).any() else (slice(low[1], high[1]), slice(low[0], high[0]))


def _premultiplied(pixels: UInt8[np.ndarray, "h w 4"]) -> Float32[np.ndarray, "h w 4"]:
    out = pixels.astype(np.float32)
    out[..., 3] /= 255
    out[..., :3] *= out[..., 3:]
    return out


def flow_and_visibility(
    drawn: Drawn,
    *,
    affines: Float[np.ndarray, "frames actors 2 3"],
    views: list[affine.Affine],
    stride: int,
    movers: Int[np.ndarray, "rows columns"] | None = None,
) -> tuple[Float32[np.ndarray, "frames 2 rows columns"], Float32[np.ndarray, "frames rows columns"]]:
    """Forward displacement of frame 0's pixels (fractions of width, height) and whether they are still seen.

    Every ``stride``-th pixel is asked, starting half a stride in. ``movers`` says whose flow each of them is given
    (`first_movers`); by default that of what owns it.
    """
    owners = drawn.owners
    count, height, width = owners.shape
    offset = stride // 2
    first = owners[0, offset::stride, offset::stride]
    ys, xs = np.mgrid[offset:height:stride, offset:width:stride].astype(np.float32)
    flow = np.zeros((count, 2, *first.shape), np.float32)
    seen = np.zeros((count, *first.shape), np.float32)
    for i in range(BACKDROP, affines.shape[1]):
        own, moved = first == i, first == i if movers is None else movers == i
        if not (own | moved).any():
            continue
        still = affine.inverse(affines[0, i]) if i != BACKDROP else affine.identity()
        for t in range(count):
            move = affine.compose(views[t] if i == BACKDROP else affines[t, i], inner=still).astype(
                np.float32
            )
            for axis, length in ((0, width), (1, height)):
                goes = move[axis, 0] * xs[moved] + move[axis, 1] * ys[moved] + move[axis, 2]
                flow[t, axis][moved] = (goes - (xs, ys)[axis][moved]) / length
            qx = move[0, 0] * xs[own] + move[0, 1] * ys[own] + move[0, 2]
            qy = move[1, 0] * xs[own] + move[1, 1] * ys[own] + move[1, 2]
            column, row = (qx + 0.5).astype(np.int32), (qy + 0.5).astype(np.int32)
            there = (qx > -0.5) & (column < width) & (qy > -0.5) & (row < height)
            hit = owners[t][np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
            seen[t][own] = there & (hit == i)
    return flow, seen


def tight_boxes(
    actors: list[Actor], *, affines: Float[np.ndarray, "frames actors 2 3"], size: tuple[int, int]
) -> Float32[np.ndarray, "frames actors 4"]:
    """Exact extent of every actor's opaque pixels in every frame, normalised, not clamped."""
    height, width = size
    boxes = np.zeros((affines.shape[0], len(actors), 4), np.float32)
    for i, actor in enumerate(actors):
        rows, columns = np.nonzero(actor.pixels[..., 3] > 127)
        hull = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.float32))[:, 0]
        for t in range(affines.shape[0]):
            points = affine.apply(affines[t, i], points=hull)
            low, high = points.min(axis=0), points.max(axis=0) + 1
            boxes[t, i] = (low[0] / width, low[1] / height, high[0] / width, high[1] / height)
    return boxes


def first_movers(
    actors: list[Actor],
    *,
    drawn: Drawn,
    affines: Float[np.ndarray, "frames actors 2 3"],
    stride: int,
    spread: int,
) -> Int[np.ndarray, "rows columns"]:
    """Whose motion every pixel of frame 0 is told: what owns it; and in a thing's box, the thing's, where that is not
    another thing's pixel.

    Boxes are widened to whole squares of ``spread`` pixels (0: no boxes at all) of which they cover a quarter or more
    of the side. Where several hold a pixel, the one counts in whose middle it lies most.
    """
    height, width = drawn.owners.shape[1:]
    offset = stride // 2
    movers = drawn.owners[0, offset::stride, offset::stride].astype(np.int64)
    if not spread:
        return movers
    ys, xs = (axis + 0.5 for axis in np.mgrid[offset:height:stride, offset:width:stride].astype(np.float32))
    free, nearest = movers == BACKDROP, np.full(movers.shape, np.inf, np.float32)
    boxes = tight_boxes(actors, affines=affines[:1], size=(height, width))[0] * [width, height, width, height]
    for i, box in enumerate(boxes):
        if not (drawn.owners[0] == i).any():
            continue
        low, high = _widened(box[:2], side=-spread), _widened(box[2:], side=spread)
        centre, half = (box[:2] + box[2:]) / 2, np.maximum(box[2:] - box[:2], 1) / 2
        far = np.maximum(np.abs(xs - centre[0]) / half[0], np.abs(ys - centre[1]) / half[1])
        held = (xs > low[0]) & (xs < high[0]) & (ys > low[1]) & (ys < high[1]) & free & (far < nearest)
        movers[held], nearest[held] = i, far[held]
    return movers


def _widened(edges: Float[np.ndarray, "2"], *, side: int) -> Float[np.ndarray, "2"]:
    """Edges moved outwards (the sign of ``side``) to multiples of it, if they are a quarter of it past the last."""
    whole = np.ceil(edges / side) * side
    past = abs(side) - np.abs(whole - edges)
    return np.where(past >= abs(side) / 4, whole, edges)
