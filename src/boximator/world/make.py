"""Make one clip of the world from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, Int, UInt8

from boximator.world import affine
from boximator.world.caption import caption
from boximator.world.cast import Actor, cast
from boximator.world.clip import SLOTS, Clip, Split
from boximator.world.library import Library, library
from boximator.world.motion import camera_motion
from boximator.world.render import (
    Drawn,
    actor_affines,
    draw,
    first_movers,
    flow_and_visibility,
    tight_boxes,
    view_affine,
)
from boximator.world.texture import texture

# Seeds of the two splits never meet, whatever a caller passes.
_SPLIT_SALT = {"train": 0, "heldout": 1}


@dataclass(frozen=True)
class _Tracks:
    """What is known of the boxed objects, slot by slot: the fields of `Clip` with these names."""

    boxes: Float32[np.ndarray, "frames 8 4"]
    inside: Bool[np.ndarray, "frames 8"]
    moving: Bool[np.ndarray, " 8"]
    masks: UInt8[np.ndarray, "frames height width"]
    first_masks: Float32[np.ndarray, "8 height width"]
    affines: Float[np.ndarray, "frames 8 2 3"]
    depth: Int[np.ndarray, " 8"]


def _backdrop(
    source: Library, *, size: tuple[int, int], photos: float, rng: np.random.Generator
) -> tuple[UInt8[np.ndarray, "h w 3"], str]:
    """A picture with a margin of a quarter on each side, so that small camera moves stay inside it."""
    height, width = round(size[0] * 1.5), round(size[1] * 1.5)
    if rng.random() >= photos:
        return texture((height, width), rng=rng), ""
    drop = source.backdrops[rng.integers(len(source.backdrops))]
    photo = drop.pixels[:, ::-1] if rng.random() < 0.5 else drop.pixels
    fit = min(photo.shape[0] / height, photo.shape[1] / width)
    crop = fit * rng.uniform(0.6, 1.0)
    h, w = max(8, int(height * crop)), max(8, int(width * crop))
    top, left = rng.integers(photo.shape[0] - h + 1), rng.integers(photo.shape[1] - w + 1)
    piece = photo[top : top + h, left : left + w]
    how = cv2.INTER_AREA if crop > 1 else cv2.INTER_CUBIC
    return cv2.resize(piece, (width, height), interpolation=how), drop.place


def _inside(boxes: Float32[np.ndarray, "frames actors 4"]) -> Bool[np.ndarray, "frames actors"]:
    """An actor is in the frame when at least a fifteenth of its box (not clamped) is."""
    cut = np.clip(boxes, 0, 1)
    kept = (cut[..., 2] - cut[..., 0]) * (cut[..., 3] - cut[..., 1])
    whole = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
    return kept > whole / 15


def _tracks(
    actors: list[Actor],
    *,
    boxed: list[int],
    drawn: Drawn,
    affines: Float[np.ndarray, "frames actors 2 3"],
) -> _Tracks:
    """Read off the boxed actors' tracks and put them into the first slots."""
    frames, height, width = drawn.frames.shape[:3]
    raw = tight_boxes([actors[i] for i in boxed], affines=affines[:, boxed], size=(height, width))
    slots = slice(0, len(boxed))
    boxes, inside = np.zeros((frames, SLOTS, 4), np.float32), np.zeros((frames, SLOTS), bool)
    boxes[:, slots], inside[:, slots] = np.clip(raw, 0, 1), _inside(raw)
    first_masks = np.zeros((SLOTS, height, width), np.float32)
    first_masks[slots] = drawn.first_alphas[boxed]
    marks = np.zeros(len(actors) + 1, np.uint8)  # the last is the backdrop's
    marks[boxed] = np.arange(len(boxed)) + 1
    places = np.tile(affine.identity(), (frames, SLOTS, 1, 1))
    places[:, slots] = affines[:, boxed]
    centres = (raw[..., :2] + raw[..., 2:]) / 2
    travel = np.linalg.norm(centres[-1] - centres[0], axis=-1)
    empty = SLOTS - len(boxed)
    return _Tracks(
        boxes=boxes,
        inside=inside,
        moving=np.concatenate([travel > 0.1, np.zeros(empty, bool)]),
        masks=marks[drawn.owners],
        first_masks=first_masks,
        affines=places,
        depth=np.array(boxed + [-1] * empty),
    )


def make_clip(
    seed: int,
    *,
    split: Split,
    size: tuple[int, int] = (128, 128),
    frames: int = 16,
    photos: float = 0.7,
    blobs: bool = True,
    stride: int = 1,
    spread: int = 0,
    still: float = 0.55,
) -> Clip:
    """Make the clip of ``seed``; the same arguments give the same bytes.

    ``size`` is height and width in pixels, ``photos`` the share of photographic backdrops (the others are
    procedural), ``blobs`` whether unnamed cut-outs of textures may stand in for sprites, ``stride`` the
    spacing in pixels at which flow and visibility are given, ``spread`` the side of the squares up to whose edges
    the flow in a thing's box is the thing's own (0: each pixel's flow is its own), ``still`` the share of clips
    whose camera does not move.
    """
    rng = np.random.default_rng([_SPLIT_SALT[split], seed])
    source = library(split)
    height, width = size
    aspect = width / height
    camera = camera_motion(frames, aspect=aspect, rng=rng, still=still)
    actors = cast(source, height=height, frames=frames, aspect=aspect, rng=rng, blobs=blobs)
    backdrop, place = _backdrop(source, size=size, photos=photos, rng=rng)
    base = np.array([[1.0, 0.0, -0.25 * width], [0.0, 1.0, -0.25 * height]])
    views = [view_affine(camera, frame=t, size=size) for t in range(frames)]
    affines = actor_affines(actors, camera=camera, frames=frames, size=size)
    drawn = draw(actors, backdrop=backdrop, base=base, affines=affines, views=views, size=size)
    movers = first_movers(actors, drawn=drawn, affines=affines, stride=stride, spread=spread)
    flow, visibility = flow_and_visibility(drawn, affines=affines, views=views, stride=stride, movers=movers)
    boxed = [i for i, actor in enumerate(actors) if actor.boxed]
    tracks = _tracks(actors, boxed=boxed, drawn=drawn, affines=affines)
    empty = SLOTS - len(boxed)
    return Clip(
        frames=drawn.frames,
        boxes=tracks.boxes,
        present=np.arange(SLOTS) < len(boxed),
        inside=tracks.inside,
        moving=tracks.moving,
        labels=tuple(actors[i].label for i in boxed) + ("",) * empty,
        caption=caption([actors[i] for i in boxed], place=place, camera=camera, rng=rng),
        masks=tracks.masks,
        first_masks=tracks.first_masks,
        first_cover=drawn.first_alphas.sum(0).clip(0, 1),
        templates=tuple(actors[i].pixels for i in boxed) + (None,) * empty,
        affines=tracks.affines,
        depth=tracks.depth,
        flow=flow,
        visibility=visibility,
        camera_moves=camera.moves,
        seed=seed,
        split=split,
    )
