"""A stage on which bodies fall and roll, and its camera: pybullet's physics and its renderer without a GPU."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int, UInt8
from PIL import Image

from boximator.scene.problem import Problem
from boximator.world.body_cast import Body
from boximator.world.body_shadow import floor_places, shadows
from boximator.world.body_shapes import Mesh

NOTHING = -1
_STEPS_A_SECOND = 240
_AWAY = 1000.0
_NEAR, _FAR = 0.1, 60.0
_TILE, _TILES = 1.5, 24


@dataclass(frozen=True)
class Eye:
    """Where the camera is, what it looks at, and its angle of view from top to bottom (degrees)."""

    place: tuple[float, float, float]
    target: tuple[float, float, float]
    angle: float


@dataclass(frozen=True, eq=False)
class Seen:
    """One look: colours, distance in metres, whose each pixel is (`NOTHING`: the sky; 0: the floor), and the share
    of the light that reaches the floor there."""

    colours: UInt8[np.ndarray, "height width 3"]
    distances: Float[np.ndarray, "height width"]
    owners: Int[np.ndarray, "height width"]
    light: Float[np.ndarray, "height width"]


@cache
def _pybullet() -> Any:
    """The package; what it says about itself while it is loaded is kept from the terminal."""
    with _hushed():
        try:
            import pybullet
        except ModuleNotFoundError as error:
            raise Problem(
                given="The package pybullet is not installed",
                wanted="Clips of 3-D bodies are computed by it",
                fix='Run: pip install "boximator[bodies]" (with Python 3.11 there is a ready-made build)',
            ) from error
    return pybullet


@contextlib.contextmanager
def _hushed() -> Generator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class Stage(contextlib.AbstractContextManager["Stage"]):
    """A floor, and bodies by number from 1 on. Computed in this process, without a window."""

    def __init__(self, *, floor: UInt8[np.ndarray, "height width 3"], light: Sequence[float]) -> None:
        self._bullet = _pybullet()
        self._client: int = self._bullet.connect(self._bullet.DIRECT)
        self._light = list(light)
        self._bodies: list[int] = []
        self._radii: list[float] = []
        self._call("setGravity", 0, 0, -9.81)
        ground = self._call("createCollisionShape", self._bullet.GEOM_PLANE)
        made = self._call("createMultiBody", 0, ground, self._visible(_floor_mesh(), scale=1.0))
        self._paint(made, floor)
        self._call("changeDynamics", made, -1, lateralFriction=0.6, restitution=0.7)

    def __exit__(self, *error: object) -> None:
        self._call("disconnect")

    def add(self, body: Body, *, surface: UInt8[np.ndarray, "height width 3"], bounce: float) -> None:
        """Put a body on the stage, moving."""
        mesh = body.shape.mesh()
        if body.shape.name == "ball":
            solid = self._call("createCollisionShape", self._bullet.GEOM_SPHERE, radius=body.radius)
        else:
            points = (mesh.vertices * body.radius).tolist()
            solid = self._call("createCollisionShape", self._bullet.GEOM_MESH, vertices=points)
        look = self._visible(mesh, scale=body.radius)
        made = self._call("createMultiBody", 1.0, solid, look, body.place, _facing(body.axis))
        self._paint(made, surface)
        self._call(
            "changeDynamics", made, -1, lateralFriction=0.5, restitution=bounce, spinningFriction=0.002
        )
        self._call("resetBaseVelocity", made, body.velocity, body.spin)
        self._bodies.append(made)
        self._radii.append(body.radius)

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds * _STEPS_A_SECOND)):
            self._call("stepSimulation")

    def look(self, eye: Eye, *, size: tuple[int, int]) -> Seen:
        """A picture of all."""
        height, width = size
        view, projection = _matrices(self._bullet, eye, aspect=width / height)
        _, _, colours, depth, owners = self._call(
            "getCameraImage", width, height, view, projection,
            lightDirection=self._light, lightAmbientCoeff=0.55, lightDiffuseCoeff=0.5, lightSpecularCoeff=0.1,
            shadow=0, renderer=self._bullet.ER_TINY_RENDERER,
        )  # fmt: skip
        near = np.asarray(depth, float).reshape(height, width)
        return Seen(
            colours=np.asarray(colours, np.uint8).reshape(height, width, 4)[..., :3],
            distances=_FAR * _NEAR / (_FAR - (_FAR - _NEAR) * near),
            owners=np.asarray(owners, int).reshape(height, width),
            light=self._shadows(eye, size=size),
        )

    def _shadows(self, eye: Eye, *, size: tuple[int, int]) -> Float[np.ndarray, "height width"]:
        both = _square(_matrices(self._bullet, eye, aspect=size[1] / size[0]))
        floor = floor_places(np.linalg.inv(both), eye=eye.place, size=size)
        places = [self._call("getBasePositionAndOrientation", body)[0] for body in self._bodies]
        return shadows(floor, light=self._light, centres=np.array(places), radii=np.array(self._radii))

    def look_at(self, number: int, *, eye: Eye, size: tuple[int, int]) -> Seen:
        """A picture without the other bodies."""
        others = [body for body in self._bodies if body != number]
        states = {
            body: (
                self._call("getBasePositionAndOrientation", body),
                self._call("getBaseVelocity", body),
            )
            for body in others
        }
        for body, ((place, turn), _) in states.items():
            self._call("resetBasePositionAndOrientation", body, (place[0], place[1], -_AWAY), turn)
        seen = self.look(eye, size=size)
        for body, ((place, turn), (velocity, spin)) in states.items():
            self._call("resetBasePositionAndOrientation", body, place, turn)
            self._call("resetBaseVelocity", body, velocity, spin)
        return seen

    def centre(self, number: int, *, eye: Eye, aspect: float) -> Float[np.ndarray, "2"]:
        """Where the middle of a body is in the picture: x and y in [0, 1] of the frame, or beyond it."""
        (place, _) = self._call("getBasePositionAndOrientation", number)
        x, y, _, w = _square(_matrices(self._bullet, eye, aspect=aspect)) @ [*place, 1.0]
        return np.array([x, -y]) / (2 * max(w, _NEAR)) + 0.5

    def _call(self, name: str, *given: Any, **further: Any) -> Any:
        return partial(getattr(self._bullet, name), physicsClientId=self._client)(*given, **further)

    def _visible(self, mesh: Mesh, *, scale: float) -> int:
        return self._call(
            "createVisualShape", self._bullet.GEOM_MESH,
            vertices=(mesh.vertices * scale).tolist(), normals=mesh.normals.tolist(),
            uvs=mesh.places.tolist(), indices=mesh.triangles.reshape(-1).tolist(), rgbaColor=[1, 1, 1, 1],
        )  # fmt: skip

    def _paint(self, number: int, surface: UInt8[np.ndarray, "height width 3"]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "surface.png"
            Image.fromarray(surface).save(path)
            texture = self._call("loadTexture", str(path))
        self._call("changeVisualShape", number, -1, textureUniqueId=texture)


def _matrices(bullet: Any, eye: Eye, *, aspect: float) -> tuple[list[float], list[float]]:
    view = bullet.computeViewMatrix(eye.place, eye.target, [0, 0, 1])
    return view, bullet.computeProjectionMatrixFOV(eye.angle, aspect, _NEAR, _FAR)


def _square(matrices: tuple[list[float], list[float]]) -> Float[np.ndarray, "4 4"]:
    """Places on the stage -> places in the picture, x and y from -1 to 1 after division by the fourth number."""
    view, projection = matrices
    return np.reshape(projection, (4, 4)).T @ np.reshape(view, (4, 4)).T


def _facing(axis: tuple[float, float, float]) -> list[float]:
    """The turn (quaternion x y z w) that brings the z axis into a direction."""
    wanted = np.array(axis) / np.linalg.norm(axis)
    if wanted[2] < -0.999:
        return [1.0, 0.0, 0.0, 0.0]
    turn = np.array([-wanted[1], wanted[0], 0.0, 1 + wanted[2]])
    return (turn / np.linalg.norm(turn)).tolist()


def _floor_mesh() -> Mesh:
    """Many tiles, each of which shows the whole texture, mirrored so that no seam is seen."""
    steps = np.arange(_TILES) - _TILES / 2
    corners = np.array([[0, 1], [0, 0], [1, 1], [1, 0]], float)
    tiles = np.array([[x, y] for x in steps for y in steps])
    flat = (tiles[:, None] + corners) * _TILE
    places = np.where((tiles[:, None] % 2 == 1), 1 - corners, corners)
    count = len(tiles)
    triangles = np.array([[0, 1, 2], [2, 1, 3]])
    return Mesh(
        vertices=np.concatenate([flat, np.zeros((count, 4, 1))], -1).reshape(-1, 3),
        normals=np.tile([0.0, 0.0, 1.0], (4 * count, 1)),
        places=places.reshape(-1, 2),
        triangles=(np.arange(count)[:, None, None] * 4 + triangles).reshape(-1, 3),
    )
