"""Clips of 3-D bodies that are thrown, roll, fall, turn and push each other, with perspective and exact masks."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, Int, UInt8

from boximator.world.body_caption import body_caption
from boximator.world.body_cast import bodies
from boximator.world.body_looks import surface
from boximator.world.body_stage import NOTHING, Eye, Seen, Stage
from boximator.world.clip import SLOTS, Split
from boximator.world.texture import texture

FPS = 8
_FINER = 2  # pixels are looked at in this many parts a side
_SALT = {"train": 2, "heldout": 3}  # beside those of the flat world


@dataclass(frozen=True, eq=False)
class BodyClip:
    """One clip; the fields mean what those of `boximator.world.clip.Clip` with these names do.

    Attributes:
        frames: what is seen.
        boxes: tight round the whole body as it shows in the frame, what others hide of it included, to half a pixel;
            a segment on the border (or a point in it) where it is outside.
        present: whether the slot holds a body.
        inside: whether some of it is in the frame.
        moving: whether its centre ends more than a tenth of the frame from where it began.
        labels: the bodies' names.
        caption: a sentence on what happens.
        masks: slot + 1 of the body that is seen at each pixel, 0 where there is none.
        camera_moves: whether the camera does.
        seed: what the clip was made from.
        split: whether training may see it.
    """

    frames: UInt8[np.ndarray, "frames height width 3"]
    boxes: Float32[np.ndarray, "frames 8 4"]
    present: Bool[np.ndarray, " 8"]
    inside: Bool[np.ndarray, "frames 8"]
    moving: Bool[np.ndarray, " 8"]
    labels: tuple[str, ...]
    caption: str
    masks: UInt8[np.ndarray, "frames height width"]
    camera_moves: bool
    seed: int
    split: Split

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.frames.shape[1], self.frames.shape[2]


def make_bodies(seed: int, *, split: Split, size: tuple[int, int] = (128, 128), frames: int = 16) -> BodyClip:
    """Make the clip of ``seed``; the same arguments give the same clip. ``size`` is height and width.

    Raises:
        Problem: pybullet is not installed.
    """
    rng = np.random.default_rng([_SALT[split], seed])
    played = bodies(split=split, rng=rng)
    eyes = _eyes(frames, rng=rng)
    fine = (size[0] * _FINER, size[1] * _FINER)
    sky = _pale(cv2.GaussianBlur(texture(fine, rng=rng), (0, 0), fine[0] / 12), towards=rng.uniform(150, 240))
    light = (float(rng.uniform(-4, 4)), float(rng.uniform(-5, -1)), float(rng.uniform(4, 8)))
    floor = _pale(cv2.GaussianBlur(texture((256, 256), rng=rng), (0, 0), 0.8), towards=rng.uniform(70, 180))
    looks: list[Seen] = []
    boxes, inside = np.zeros((frames, SLOTS, 4), np.float32), np.zeros((frames, SLOTS), bool)
    with Stage(floor=floor, light=light) as stage:
        for body in played:
            stage.add(
                body,
                surface=surface(body.colour, pattern=body.pattern, rng=rng),
                bounce=float(rng.uniform(0.3, 0.85)),
            )
        for t, eye in enumerate(eyes):
            stage.go_on(1 / FPS if t else 0.0)
            looks.append(stage.look(eye, size=fine))
            for slot in range(len(played)):
                boxes[t, slot], inside[t, slot] = _box(stage, slot + 1, seen=looks[-1], eye=eye)
    centres = (boxes[..., :2] + boxes[..., 2:]) / 2
    camera_moves = eyes[0] != eyes[-1]
    return BodyClip(
        frames=np.stack([_frame(seen, sky=sky) for seen in looks]),
        boxes=boxes,
        present=np.arange(SLOTS) < len(played),
        inside=inside,
        moving=np.linalg.norm(centres[-1] - centres[0], axis=-1) > 0.1,
        labels=tuple(body.label for body in played) + ("",) * (SLOTS - len(played)),
        caption=body_caption(played, boxes=boxes, aspect=size[1] / size[0], camera_moves=camera_moves),
        masks=np.stack([_mask(seen.owners, count=len(played)) for seen in looks]),
        camera_moves=camera_moves,
        seed=seed,
        split=split,
    )


def _pale(picture: UInt8[np.ndarray, "h w 3"], *, towards: float) -> UInt8[np.ndarray, "h w 3"]:
    """Less of its colours, so that bodies stand out: floors and skies are seldom as bright as toys."""
    grey = picture.mean(-1, keepdims=True)
    muted = 0.5 * (0.4 * picture + 0.6 * grey) + 0.5 * towards
    return np.clip(muted, 0, 255).astype(np.uint8)


def _eyes(frames: int, *, rng: np.random.Generator) -> list[Eye]:
    """The camera stands still, or goes round the stage and nearer or away."""
    height, away = rng.uniform(0.9, 3.0), rng.uniform(4.4, 5.8)
    angle, turn = float(rng.uniform(40, 50)), rng.uniform(-0.3, 0.3)
    round_, nearer = (rng.uniform(-0.35, 0.35), rng.uniform(-1.0, 1.0)) if rng.random() < 0.35 else (0.0, 0.0)
    eyes: list[Eye] = []
    for u in np.linspace(0, 1, frames):
        at, far = turn + round_ * u, away - nearer * u
        place = (float(far * np.sin(at)), float(-far * np.cos(at)), float(height))
        eyes.append(Eye(place=place, target=(0.0, 0.0, 0.8), angle=angle))
    return eyes


def _box(stage: Stage, number: int, *, seen: Seen, eye: Eye) -> tuple[Float[np.ndarray, "4"], bool]:
    """The tight box of a body, and whether it is in the frame. If another touches it, it is looked at alone."""
    size = seen.owners.shape
    mine = seen.owners == number
    near = cv2.dilate(mine.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    if not mine.any() or ((seen.owners > 0) & ~mine & near).any():
        mine = stage.look_at(number, eye=eye, size=size).owners == number
    if not mine.any():
        point = np.clip(stage.centre(number, eye=eye, aspect=size[1] / size[0]), 0, 1)
        return np.concatenate([point, point]), False
    rows, columns = np.flatnonzero(mine.any(1)), np.flatnonzero(mine.any(0))
    edges = [columns[0] / size[1], rows[0] / size[0], (columns[-1] + 1) / size[1], (rows[-1] + 1) / size[0]]
    return np.array(edges), True


def _frame(seen: Seen, *, sky: UInt8[np.ndarray, "height width 3"]) -> UInt8[np.ndarray, "h w 3"]:
    """What was seen before the sky, into which the floor fades; the parts of each pixel taken together."""
    haze = np.clip((seen.distances - 9) / 14, 0, 1)
    haze[seen.owners == NOTHING] = 1
    haze[seen.owners > 0] = 0
    lit = seen.colours * np.where(seen.owners == 0, seen.light, 1.0)[..., None]
    mixed = lit + (sky - lit) * haze[..., None]
    size = (sky.shape[1] // _FINER, sky.shape[0] // _FINER)
    small = cv2.resize(mixed.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.clip(small + 0.5, 0, 255).astype(np.uint8)


def _mask(owners: Int[np.ndarray, "height width"], *, count: int) -> UInt8[np.ndarray, "h w"]:
    """Whose most of each pixel is; in doubt the floor's."""
    size = (owners.shape[1] // _FINER, owners.shape[0] // _FINER)
    shares = [
        cv2.resize((owners == number).astype(np.float32), size, interpolation=cv2.INTER_AREA)
        for number in range(1, count + 1)
    ]
    most = np.stack([np.full(size[::-1], 0.49, np.float32), *shares])
    return most.argmax(0).astype(np.uint8)
