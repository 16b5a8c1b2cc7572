"""Look for an object everywhere in every frame: all places at once by FFT, over a grid of scales and turns.

The object's colours are grouped into a few; for every group each frame becomes a map of agreement, and a pose's
evidence is the correlation of the groups' shapes with their maps. That is the robust measure of `appearance`, so
half an object behind another is still found, at the price of a few Fourier transforms.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from boximator.evaluation.evidence import Poses
from boximator.evaluation.look import CONTRADICTION, RIM, Look, rarity, rim_of

SCALES = (0.5, 0.62, 0.77, 0.95, 1.15, 1.4, 1.75, 2.15)
TURNS = tuple(np.deg2rad(angle) for angle in (-50.0, -25.0, 0.0, 25.0, 50.0))
_SIDE = 64  # longest side of the pictures that are scanned
_GROUPS = 5
_APART = 4  # places in one frame, in pixels of the small pictures


@dataclass(frozen=True)
class Ground:
    """The frames of a clip, small, as colours in 0..1; and some of their pixels."""

    small: Float32[np.ndarray, "frames rows columns 3"]
    scenery: Float32[np.ndarray, "pixels 3"]
    shrink: float
    padded: tuple[int, int]


@dataclass(frozen=True)
class Groups:
    """An object's colours in groups: each one's colour, tolerance and place in the (shrunk) template."""

    colours: Float32[np.ndarray, "groups 3"]
    tolerances: Float32[np.ndarray, " groups"]
    shapes: Float32[np.ndarray, "groups rows columns"]


def prepare(frames: UInt8[np.ndarray, "frames rows columns 3"]) -> Ground:
    """Shrink frames once for all objects."""
    height, width = frames.shape[1:3]
    shrink = _SIDE / max(height, width)
    size = (max(8, round(width * shrink)), max(8, round(height * shrink)))
    small = np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames])
    small = small.astype(np.float32) / 255
    padded = [-(-(side + _SIDE) // 16) * 16 for side in size[::-1]]  # lengths that are quick to transform
    scenery = small[:: max(1, len(frames) // 4), ::4, ::4].reshape(-1, 3)
    return Ground(small=small, scenery=scenery, shrink=shrink, padded=(padded[0], padded[1]))


def grouped(look: Look, *, template: UInt8[np.ndarray, "rows columns 4"], ground: Ground) -> Groups:
    """Shrink the template as the frames are shrunk and sort its colours into groups.

    As in `boximator.evaluation.look`, places just outside the outline count against their nearest colour.
    """
    small = _shrunk(template, factor=ground.shrink)
    alpha = small[..., 3]
    solid = np.where(alpha > min(0.5, float(alpha.max()) * 0.6), alpha, 0)
    rows, columns = np.nonzero(solid)
    colours = small[rows, columns, :3] / small[rows, columns, 3:]
    count = min(_GROUPS, len(colours))
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.005)
    _, labels, centres = cv2.kmeans(colours, count, np.empty(0), criteria, 2, cv2.KMEANS_PP_CENTERS)
    label = np.zeros(alpha.shape, int)
    label[rows, columns] = labels.ravel()
    rare = rarity(centres, scenery=ground.scenery, tolerance=look.tolerance)
    shapes = np.zeros((count, *alpha.shape), np.float32)
    shapes[label[rows, columns], rows, columns] = alpha[rows, columns] ** 2 * rare[label[rows, columns]]
    shapes /= shapes.sum()
    rim, nearest = rim_of((solid > 0).astype(np.float32), start=1.2, stop=2.4)
    if len(rim):
        shapes[label[nearest[:, 0], nearest[:, 1]], rim[:, 0], rim[:, 1]] = -RIM / len(rim)
    spread = np.array(
        [np.square(colours[labels.ravel() == i] - centres[i]).sum(-1).mean() for i in range(count)]
    )
    tolerances = np.hypot(1.3 * look.tolerance, np.sqrt(spread)).astype(np.float32)
    return Groups(colours=centres, tolerances=tolerances, shapes=shapes)


def _maps(groups: Groups, *, ground: Ground) -> np.ndarray:
    """Spectra of the agreement of every frame with every group."""
    square = np.square(ground.small[:, None] - groups.colours[None, :, None, None]).sum(axis=-1)
    agreement = np.maximum(1 - square / np.square(groups.tolerances)[:, None, None], -CONTRADICTION)
    return np.fft.rfft2(agreement, s=ground.padded).astype(np.complex64)


def _kernel(
    groups: Groups, *, linear: Float[np.ndarray, "2 2"]
) -> tuple[np.ndarray, Float[np.ndarray, "2 3"]]:
    """The groups' shapes under a linear map, moved so that they start at the origin."""
    rows, columns = groups.shapes.shape[1:]
    corners = (
        np.array([[-0.5, -0.5], [columns - 0.5, -0.5], [-0.5, rows - 0.5], [columns - 0.5, rows - 0.5]])
        @ linear.T
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    extent = np.minimum(np.ceil(high - low).astype(int) + 1, _SIDE)
    pose = np.concatenate([linear, (-low)[:, None]], axis=1)
    size = (int(extent[0]), int(extent[1]))
    drawn = np.stack([cv2.warpAffine(shape, pose, size, flags=cv2.INTER_LINEAR) for shape in groups.shapes])
    return drawn / max(float(np.maximum(drawn, 0).sum()), 1e-6), pose


def _centred(
    response: Float32[np.ndarray, "frames rows columns"], *, reach: tuple[int, int], size: tuple[int, int]
) -> Float32[np.ndarray, "frames rows columns"]:
    """Responses by the place of the object's centre, which must be in the frame: too little shows of the others."""
    rows = np.arange(-reach[1], size[0] - reach[1])
    columns = np.arange(-reach[0], size[1] - reach[0])
    return response[:, rows[:, None], columns]


def scan(
    look: Look, *, template: UInt8[np.ndarray, "rows columns 4"], ground: Ground, count: int
) -> list[Poses]:
    """For every frame the ``count`` best poses, best first."""
    groups = grouped(look, template=template, ground=ground)
    spectra = _maps(groups, ground=ground)
    frames, *size = ground.small.shape[:3]
    middle = np.append((np.array(groups.shapes.shape[:0:-1]) - 1) / 2, 1)
    best = np.full((frames, *size), -np.inf, np.float32)
    which = np.zeros((frames, *size), np.int16)
    poses: list[tuple[np.ndarray, np.ndarray]] = []
    for scale in SCALES:
        for turn in TURNS:
            cos, sin = scale * np.cos(turn), scale * np.sin(turn)
            kernel, pose = _kernel(groups, linear=np.array([[cos, -sin], [sin, cos]]))
            spectrum = np.conj(np.fft.rfft2(kernel, s=ground.padded)).astype(np.complex64)
            response = np.fft.irfft2(np.einsum("fgrk,grk->frk", spectra, spectrum), s=ground.padded)
            reach = np.round(pose @ middle).astype(int)
            response = _centred(response, reach=(int(reach[0]), int(reach[1])), size=(size[0], size[1]))
            better = response > best
            best[better] = response[better]
            which[better] = len(poses)
            poses.append((pose, reach))
    up = np.array(groups.shapes.shape[:0:-1]) / (np.array(template.shape[1::-1]) + 2 * _room(ground.shrink))
    found: list[Poses] = []
    for t in range(frames):
        here: list[np.ndarray] = []
        for row, column in _peaks(best[t], count=count):
            pose, reach = poses[which[t, row, column]]
            moved = pose + np.array([[0, 0, column - reach[0]], [0, 0, row - reach[1]]])
            here.append(_restored(moved, up=up, shrink=ground.shrink))
        found.append(np.stack(here))
    return found


def _peaks(plane: Float32[np.ndarray, "rows columns"], *, count: int) -> list[tuple[int, int]]:
    """The highest places, some way from each other."""
    work = plane.copy()
    found: list[tuple[int, int]] = []
    for _ in range(count):
        row, column = divmod(int(work.argmax()), work.shape[1])
        found.append((row, column))
        work[max(0, row - _APART) : row + _APART + 1, max(0, column - _APART) : column + _APART + 1] = -np.inf
    return found


def _shrunk(template: UInt8[np.ndarray, "rows columns 4"], *, factor: float) -> Float32[np.ndarray, "r c 4"]:
    """With room for the rim around, premultiplied, in 0..1."""
    weighted = np.pad(template, [(_room(factor),) * 2, (_room(factor),) * 2, (0, 0)]).astype(np.float32) / 255
    weighted[..., :3] *= weighted[..., 3:]
    size = [max(2, round(side * factor)) for side in weighted.shape[1::-1]]
    return cv2.resize(weighted, size, interpolation=cv2.INTER_AREA)


def _room(factor: float) -> int:
    return int(np.ceil(3 / factor))


def _restored(pose: np.ndarray, *, up: np.ndarray, shrink: float) -> np.ndarray:
    """A pose between shrunk template and shrunk frame -> between template and frame (centres at whole numbers)."""
    linear = pose[:, :2] @ np.diag(up)
    shift = pose[:, :2] @ ((up - 1) / 2) + pose[:, 2] + linear @ np.full(2, float(_room(shrink)))
    return np.concatenate([linear / shrink, ((shift + 0.5) / shrink - 0.5)[:, None]], axis=1)
