"""Look for an object everywhere in every frame: all places at once by FFT, over a grid of scales and turns."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import scipy.fft
from jaxtyping import Complex64, Float, Float32, UInt8

from boximator.evaluation.appearance import Poses

SCALES = (0.5, 0.62, 0.77, 0.95, 1.15, 1.4, 1.75, 2.15)
TURNS = tuple(np.deg2rad(angle) for angle in (-50.0, -25.0, 0.0, 25.0, 50.0))
_SIDE = 64  # longest side of the pictures that are scanned
_LOOSE = 0.30  # RGB distance that speaks neither for nor against; wide, since the grid is coarse


@dataclass(frozen=True)
class Ground:
    """The frames, small and in the frequency domain; shared by all objects of a clip."""

    spectra: Complex64[np.ndarray, "frames 5 rows half"]
    shrink: float
    size: tuple[int, int]
    padded: tuple[int, int]


def prepare(frames: UInt8[np.ndarray, "frames rows columns 3"]) -> Ground:
    """Transform frames once. The planes are: red, green, blue, squared length, one inside the frame."""
    height, width = frames.shape[1:3]
    shrink = _SIDE / max(height, width)
    small = (max(8, round(width * shrink)), max(8, round(height * shrink)))
    padded = tuple(scipy.fft.next_fast_len(side + _SIDE, real=True) for side in small[::-1])
    planes = np.zeros((len(frames), 5, *padded), np.float32)
    for plane, frame in zip(planes, frames, strict=True):
        colour = cv2.resize(frame, small, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        plane[:3, : small[1], : small[0]] = colour.transpose(2, 0, 1)
        plane[3, : small[1], : small[0]] = np.square(colour).sum(axis=-1)
        plane[4, : small[1], : small[0]] = 1
    spectra = scipy.fft.rfft2(planes).astype(np.complex64)
    return Ground(spectra=spectra, shrink=shrink, size=(small[1], small[0]), padded=(padded[0], padded[1]))


def _kernel(
    template: Float32[np.ndarray, "rows columns 4"], *, linear: Float[np.ndarray, "2 2"], padded: tuple[int, int]
) -> tuple[Float32[np.ndarray, "5 padded_rows padded_columns"], Float[np.ndarray, "2 3"]] | None:
    """The template (premultiplied) under a linear map, at the origin of a plane, as weights of the five planes."""
    rows, columns = template.shape[:2]
    corners = np.array([[-0.5, -0.5], [columns - 0.5, -0.5], [-0.5, rows - 0.5], [columns - 0.5, rows - 0.5]]) @ linear.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    extent = np.ceil(high - low).astype(int) + 1
    if extent.max() > _SIDE:
        return None
    pose = np.concatenate([linear, (-low)[:, None]], axis=1)
    drawn = cv2.warpAffine(template, pose, (int(extent[0]), int(extent[1])), flags=cv2.INTER_LINEAR)
    colour, alpha = drawn[..., :3], drawn[..., 3]
    squares = np.square(colour / np.maximum(alpha, 1e-3)[..., None]).sum(axis=-1) * alpha
    kernel = np.zeros((5, *padded), np.float32)
    spot = (slice(0, extent[1]), slice(0, extent[0]))
    kernel[:3][(slice(None), *spot)] = 2 * colour.transpose(2, 0, 1) / _LOOSE**2
    kernel[3][spot] = -alpha / _LOOSE**2
    kernel[4][spot] = alpha - squares / _LOOSE**2
    return kernel, pose


def _peaks(
    plane: Float32[np.ndarray, "rows columns"], *, count: int, apart: int
) -> list[tuple[float, int, int]]:
    """The highest places, ``apart`` from each other."""
    work = plane.copy()
    found: list[tuple[float, int, int]] = []
    for _ in range(count):
        row, column = divmod(int(work.argmax()), work.shape[1])
        found.append((float(work[row, column]), row, column))
        work[max(0, row - apart) : row + apart + 1, max(0, column - apart) : column + apart + 1] = -np.inf
    return found


def scan(ground: Ground, *, template: UInt8[np.ndarray, "rows columns 4"], count: int) -> list[Poses]:
    """For every frame the ``count`` best poses, best first."""
    weighted = template.astype(np.float32) / 255
    weighted[..., :3] *= weighted[..., 3:]
    shrunk = _shrunk(weighted, factor=ground.shrink)
    size, padded = ground.size, ground.padded
    frames = len(ground.spectra)
    best = np.full((frames, *padded), -np.inf, np.float32)
    which = np.zeros((frames, *padded), np.int16)
    poses: list[np.ndarray] = []
    for scale in SCALES:
        for turn in TURNS:
            cos, sin = scale * np.cos(turn), scale * np.sin(turn)
            made = _kernel(shrunk, linear=np.array([[cos, -sin], [sin, cos]]), padded=padded)
            if made is None:
                continue
            spectrum = np.conj(scipy.fft.rfft2(made[0])).astype(np.complex64)
            response = scipy.fft.irfft2(np.einsum("fcrk,crk->frk", ground.spectra, spectrum), s=padded)
            better = response > best
            best[better] = response[better]
            which[better] = len(poses)
            poses.append(made[1])
    if not poses:
        return [np.zeros((0, 2, 3))] * frames
    up = np.array(shrunk.shape[1::-1]) / np.array(template.shape[1::-1])
    found: list[Poses] = []
    for frame in range(frames):
        here: list[np.ndarray] = []
        for _, row, column in _peaks(best[frame], count=count, apart=4):
            pose = poses[which[frame, row, column]].copy()
            # Places beyond the frame wrap round: the far end of the plane stands for negative offsets.
            pose[:, 2] += (column - padded[1] * (column >= size[1]), row - padded[0] * (row >= size[0]))
            here.append(_restored(pose, up=up, shrink=ground.shrink))
        found.append(np.stack(here))
    return found


def _shrunk(template: Float32[np.ndarray, "rows columns 4"], *, factor: float) -> Float32[np.ndarray, "rows columns 4"]:
    size = [max(2, round(side * factor)) for side in template.shape[1::-1]]
    return cv2.resize(template, size, interpolation=cv2.INTER_AREA)


def _restored(pose: np.ndarray, *, up: np.ndarray, shrink: float) -> np.ndarray:
    """A pose between shrunk template and shrunk frame -> between template and frame (pixel centres at whole numbers)."""
    linear = pose[:, :2] @ np.diag(up)
    shift = pose[:, :2] @ ((up - 1) / 2) + pose[:, 2]
    return np.concatenate([linear / shrink, ((shift + 0.5) / shrink - 0.5)[:, None]], axis=1)
