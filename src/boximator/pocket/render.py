"""A denoised motion and a photograph -> frames at the photograph's own size, by transport of its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from boximator.pocket.layers import Layers, find_layers, pixel_map
from boximator.pocket.matte import matte
from boximator.pocket.motion import MotionArrays
from boximator.pocket.plate import Ground, hidden_colour, plate
from boximator.pocket.refit import refit

_NEW_FROM, _NEW_TO = 0.10, 0.20  # difference of colour (0..1) that only something new explains


@dataclass(frozen=True)
class CutOut:
    """A thing cut out of the photograph: premultiplied colour and alpha, and where it goes."""

    pixels: Float32[np.ndarray, "height width 4"]
    maps: Float[np.ndarray, "frames 2 3"]


def cut_outs(
    photo: UInt8[np.ndarray, "height width 3"], *, layers: Layers, flow: Float[np.ndarray, "later 2 rows columns"]
) -> tuple[list[CutOut], Float32[np.ndarray, "height width"]]:
    """Every thing's cut-out, far to near, and the alpha of all of them together."""
    together = np.zeros(photo.shape[:2], np.float32)
    found: list[CutOut] = []
    for layer in layers.objects:
        alpha = matte(photo, coverage=layer.coverage)
        together = np.maximum(together, alpha)
        pixels = np.concatenate([photo.astype(np.float32) * alpha[..., None], alpha[..., None]], axis=-1)
        fitted = refit(layer, alpha=alpha, flow=flow, background=layers.background)
        found.append(CutOut(pixels=pixels, maps=fitted.maps))
    return found, together


def _new_content(
    frame: Float32[np.ndarray, "height width 3"], *, wanted: Float32[np.ndarray, "rows columns 3"],
    taken: Float32[np.ndarray, "height width"],
) -> Float32[np.ndarray, "height width 3"]:  # fmt: skip
    """Blend in what the model shows and transport cannot: things that came in over the border."""
    rows, columns = wanted.shape[:2]
    height, width = frame.shape[:2]
    shown = cv2.resize(frame, (columns, rows), interpolation=cv2.INTER_AREA) / 255
    free = 1 - np.clip(4 * cv2.resize(taken, (columns, rows), interpolation=cv2.INTER_AREA), 0, 1)
    difference = cv2.GaussianBlur(np.abs(shown - wanted).max(-1) * free, (0, 0), 0.7)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((difference > _NEW_FROM).astype(np.uint8))
    large = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= 6]
    keep = np.isin(labels, large) * np.clip((difference - _NEW_FROM) / (_NEW_TO - _NEW_FROM), 0, 1)
    if not keep.any():
        return frame
    size = (width, height)
    share = cv2.resize(keep.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)[..., None].clip(0, 1)
    colour = cv2.resize(wanted, size, interpolation=cv2.INTER_CUBIC).clip(0, 1) * 255
    return share * colour + (1 - share) * frame


def _margin(background: Float[np.ndarray, "frames 2 3"]) -> float:
    """How far (as a share of the frame) the view leaves the photograph over the clip."""
    corners = np.array([[0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]], float)
    inverse = [cv2.invertAffineTransform(move) for move in background]
    seen = np.stack([corners @ move.T for move in inverse])
    return float(np.clip(max(-seen.min(), seen.max() - 1, 0), 0, 0.6))


def _taken(things: list[CutOut], *, shape: tuple[int, int, int]) -> Float32[np.ndarray, "later rows columns"]:
    """Share of every state cell of every frame that things cover."""
    later, rows, columns = shape
    taken = np.zeros(shape, np.float32)
    for thing in things:
        alpha = cv2.resize(thing.pixels[..., 3], (columns, rows), interpolation=cv2.INTER_AREA)
        for t in range(later):
            move = pixel_map(thing.maps[t + 1], width=columns, height=rows)
            taken[t] = np.maximum(taken[t], cv2.warpAffine(alpha, move, (columns, rows)))
    return taken


def _ground(
    photo: UInt8[np.ndarray, "height width 3"], *, layers: Layers, things: list[CutOut],
    alpha: Float32[np.ndarray, "height width"], colour: Float32[np.ndarray, "later rows columns 3"],
) -> Ground:  # fmt: skip
    later, rows, columns = colour.shape[:3]
    share = _margin(layers.background)
    cells = (int(np.ceil(share * rows)), int(np.ceil(share * columns)))
    margin = (round(cells[0] * photo.shape[0] / rows), round(cells[1] * photo.shape[1] / columns))
    taken = _taken(things, shape=(later, rows, columns))
    shown = hidden_colour(colour, taken=taken, background=layers.background, margin=cells)
    return plate(photo, alpha=alpha, shown=shown, margin=margin)


def compose(
    photo: UInt8[np.ndarray, "height width 3"], *, layers: Layers, motion: MotionArrays
) -> UInt8[np.ndarray, "frames height width 3"]:
    """Draw every frame: the filled background, moved, then the things far to near, then what is new."""
    height, width = photo.shape[:2]
    things, together = cut_outs(photo, layers=layers, flow=motion.flow)
    ground = _ground(photo, layers=layers, things=things, alpha=together, colour=motion.colour)
    static = bool(np.allclose(layers.background, layers.background[:1]))
    frames = [photo]
    for t in range(1, len(layers.background)):
        frame, taken = ground.pixels.astype(np.float32), together.copy()
        if not static:
            move = pixel_map(layers.background[t], width=width, height=height)
            taken = cv2.warpAffine(together, move, (width, height))
            move[:, 2] -= move[:, :2] @ np.array([ground.margin[1], ground.margin[0]])
            frame = cv2.warpAffine(ground.pixels, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
            frame = frame.astype(np.float32)
        for thing in things:
            move = pixel_map(thing.maps[t], width=width, height=height)
            drawn = cv2.warpAffine(thing.pixels, move, (width, height), flags=cv2.INTER_LINEAR)
            frame = drawn[..., :3] + frame * (1 - drawn[..., 3:])
            taken = np.maximum(taken, drawn[..., 3])
        frame = _new_content(frame, wanted=motion.colour[t - 1], taken=cv2.dilate(taken, np.ones((5, 5), np.uint8)))
        frames.append(np.clip(frame + 0.5, 0, 255).astype(np.uint8))
    return np.stack(frames)


def render(photo: UInt8[np.ndarray, "height width 3"], *, motion: MotionArrays) -> UInt8[np.ndarray, "frames height width 3"]:
    """Frames at the photograph's size. Frame 0 is the photograph itself."""
    return compose(photo, layers=find_layers(motion.flow, visible=motion.visible), motion=motion)


def render_colour(
    photo: UInt8[np.ndarray, "height width 3"], *, motion: MotionArrays
) -> UInt8[np.ndarray, "frames height width 3"]:
    """The model's own colours, enlarged: what it knows without the photograph's pixels."""
    size = (photo.shape[1], photo.shape[0])
    frames = [cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) * 255 for frame in motion.colour]
    return np.stack([photo, *(np.clip(frame + 0.5, 0, 255).astype(np.uint8) for frame in frames)])
