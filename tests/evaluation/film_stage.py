"""A small stage: one held-out sprite over a texture, moved as a test says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8

from boximator.world import affine
from boximator.world.cast import Actor
from boximator.world.clip import SLOTS, Clip
from boximator.world.motion import CameraMotion, ObjectMotion
from boximator.world.render import actor_affines, draw, tight_boxes, view_affine

SIDE = 96
FRAMES = 8


@dataclass(frozen=True)
class Stage:
    """A sprite and a ground; `clip` is the true film of one motion, `film` the frames of any."""

    pixels: UInt8[np.ndarray, "rows columns 4"]
    ground: UInt8[np.ndarray, "rows columns 3"]

    def _actor(self, centres: np.ndarray, *, scales: np.ndarray | None = None) -> Actor:
        grown = np.ones(FRAMES) if scales is None else scales
        motion = ObjectMotion(
            kind="move", centres=centres, scales=np.stack([grown, grown], axis=1), angles=np.zeros(FRAMES)
        )
        return Actor(pixels=self.pixels, label="thing", kind="thing", motion=motion, boxed=True)

    def film(
        self, centres: np.ndarray, *, gone_from: int = FRAMES
    ) -> UInt8[np.ndarray, "frames rows columns 3"]:
        """Frames with the sprite at these centres (shares of the frame), without it from a frame on."""
        camera = CameraMotion(offsets=np.zeros((FRAMES, 2)), zooms=np.ones(FRAMES))
        size = (SIDE, SIDE)
        views = [view_affine(camera, frame=t, size=size) for t in range(FRAMES)]
        actors = [self._actor(centres)]
        affines = actor_affines(actors, camera=camera, frames=FRAMES, size=size)
        frames = draw(
            actors, backdrop=self.ground, base=affine.identity(), affines=affines, views=views, size=size
        ).frames
        frames[gone_from:] = self.ground
        return frames

    def clip(self, centres: np.ndarray) -> Clip:
        camera = CameraMotion(offsets=np.zeros((FRAMES, 2)), zooms=np.ones(FRAMES))
        actors = [self._actor(centres)]
        affines = actor_affines(actors, camera=camera, frames=FRAMES, size=(SIDE, SIDE))
        raw = tight_boxes(actors, affines=affines, size=(SIDE, SIDE))
        boxes = np.zeros((FRAMES, SLOTS, 4), np.float32)
        boxes[:, :1] = np.clip(raw, 0, 1)
        places = np.tile(affine.identity(), (FRAMES, SLOTS, 1, 1))
        places[:, :1] = affines
        first = np.arange(SLOTS) < 1
        return Clip(
            frames=self.film(centres),
            boxes=boxes,
            present=first,
            inside=np.tile(first, (FRAMES, 1)),
            moving=first,
            labels=("thing",) + ("",) * (SLOTS - 1),
            caption="a thing moves",
            masks=np.zeros((FRAMES, SIDE, SIDE), np.uint8),
            first_masks=np.zeros((SLOTS, SIDE, SIDE), np.float32),
            first_cover=np.zeros((SIDE, SIDE), np.float32),
            templates=(self.pixels,) + (None,) * (SLOTS - 1),
            affines=places,
            depth=np.where(first, 0, -1),
            flow=np.zeros((FRAMES, 2, 4, 4), np.float32),
            visibility=np.ones((FRAMES, 4, 4), np.float32),
            camera_moves=False,
            seed=0,
            split="heldout",
        )


def line(start: tuple[float, float], *, end: tuple[float, float]) -> np.ndarray:
    """Centres on a straight way."""
    return np.linspace(start, end, FRAMES)
