"""Which objects play in a clip: sprites, blobs and unboxed distractors, each with its motion."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import UInt8

from boximator.world.library import Library
from boximator.world.motion import Kind, ObjectMotion, object_motion
from boximator.world.texture import blob, texture


@dataclass(frozen=True)
class Actor:
    """One object: its picture (scaled to its size in frame 0), name and motion, and whether it is boxed."""

    pixels: UInt8[np.ndarray, "height width 4"]
    label: str
    kind: str
    motion: ObjectMotion
    boxed: bool


def _fitted(pixels: UInt8[np.ndarray, "height width 4"], *, longest: int) -> UInt8[np.ndarray, "h w 4"]:
    height, width = pixels.shape[:2]
    scale = longest / max(height, width)
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    weighted = pixels.astype(np.float32)
    weighted[..., :3] *= weighted[..., 3:] / 255
    small = cv2.resize(weighted, size, interpolation=how)
    alpha = np.clip(small[..., 3:], 0, 255)
    colour = small[..., :3] * 255 / np.maximum(alpha, 1)
    return np.clip(np.concatenate([colour, alpha], axis=-1), 0, 255).astype(np.uint8)


def _picture(library: Library, *, rng: np.random.Generator) -> tuple[UInt8[np.ndarray, "h w 4"], str, str]:
    if rng.random() < 0.22:
        if rng.random() < 0.6:
            photo = library.backdrops[rng.integers(len(library.backdrops))].pixels
            side = int(min(photo.shape[:2]) * rng.uniform(0.2, 0.6))
            top, left = rng.integers(photo.shape[0] - side), rng.integers(photo.shape[1] - side)
            source = photo[top : top + side, left : left + side]
        else:
            source = texture((160, 160), rng=rng)
        return blob(source, rng=rng), "object", "blob"
    sprite = library.sprites[rng.integers(len(library.sprites))]
    pixels = sprite.pixels[:, ::-1] if rng.random() < 0.5 else sprite.pixels
    return pixels, sprite.name, sprite.kind


def _kinds(count: int, *, rng: np.random.Generator) -> list[Kind]:
    kinds: list[Kind] = ["move", "rest", "enter", "leave"]
    drawn: list[Kind] = [kinds[int(rng.choice(4, p=[0.66, 0.16, 0.09, 0.09]))] for _ in range(count)]
    if all(kind == "rest" for kind in drawn):
        drawn[0] = "move"
    return drawn


def _distracting(count: int, *, rng: np.random.Generator) -> list[Kind]:
    kinds: list[Kind] = ["rest", "move"]
    return [kinds[int(rng.random() < 0.3)] for _ in range(count)]


def cast(
    library: Library, *, height: int, frames: int, aspect: float, rng: np.random.Generator, blobs: bool = True
) -> list[Actor]:
    """Draw 1-4 boxed objects and sometimes one or two distractors, far to near."""
    count = int(rng.choice([1, 2, 3, 4], p=[0.4, 0.32, 0.18, 0.1]))
    distractors = int(rng.choice([0, 1, 2], p=[0.7, 0.22, 0.08]))
    kinds = _kinds(count, rng=rng) + _distracting(distractors, rng=rng)
    actors: list[Actor] = []
    for index, kind in enumerate(kinds):
        pixels, label, sort = _picture(library, rng=rng)
        while not blobs and sort == "blob":
            pixels, label, sort = _picture(library, rng=rng)
        extent = float(np.exp(rng.uniform(np.log(0.16), np.log(0.6)))) * min(1.0, aspect)
        fitted = _fitted(pixels, longest=max(6, round(extent * height)))
        radius = 0.5 * float(np.hypot(*fitted.shape[:2])) / height
        motion = object_motion(kind, radius=radius, frames=frames, aspect=aspect, rng=rng)
        actors.append(Actor(pixels=fitted, label=label, kind=sort, motion=motion, boxed=index < count))
    order = rng.permutation(len(actors))
    return [actors[i] for i in order]
