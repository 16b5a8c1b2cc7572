"""A denoised motion and a photograph -> frames at the photograph's own size, by transport of its pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from boximator.pocket.claim import Claimed, claimed
from boximator.pocket.hold import held, outline, wishes
from boximator.pocket.layers import CLEAN, Layers, find_layers
from boximator.pocket.maps import pixel_map
from boximator.pocket.matte import matte
from boximator.pocket.motion import MotionArrays
from boximator.pocket.plate import Ground, Shown, hidden_colour, plate
from boximator.pocket.refit import refit
from boximator.pocket.steady import steady
from boximator.scene.plan import ControlPlan

_NEW_FROM = 0.10  # difference of colour (0..1) that only something new explains
_DOUBT = 0.06  # error of the shown background from which the shown colours are no longer trusted


@dataclass(frozen=True)
class CutOut:
    """A thing cut out of the photograph: premultiplied colour and alpha, and where it goes."""

    pixels: Float32[np.ndarray, "height width 4"]
    maps: Float[np.ndarray, "frames 2 3"]


def _middle(alpha: Float32[np.ndarray, "height width"]) -> Float[np.ndarray, "2"]:
    """Normalised x, y of an outline's centre of mass."""
    height, width = alpha.shape
    total = max(float(alpha.sum()), 1e-6)
    x = float((alpha.sum(0) * (np.arange(width) + 0.5)).sum()) / (total * width)
    y = float((alpha.sum(1) * (np.arange(height) + 0.5)).sum()) / (total * height)
    return np.array([x, y])


def _distinct(alphas: list[Float32[np.ndarray, "height width"]], *, asked: set[int]) -> list[int]:
    """Which outlines are of different things, in the given order: of two that share most of the smaller, the
    larger stays. A noisy field can show one thing as two. Those that were asked for stay all, and others only where
    they share next to nothing with them."""
    kept: list[int] = []
    for i in sorted(range(len(alphas)), key=lambda i: (i not in asked, -float(alphas[i].sum()))):
        own = max(float(alphas[i].sum()), 1e-6)
        limits = [(k, 0.15 if k in asked else 0.4) for k in kept]
        if i in asked or all(
            float(np.minimum(alphas[i], alphas[k]).sum()) < share * own for k, share in limits
        ):
            kept.append(i)
    return sorted(kept)


def cut_outs(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    claims: Claimed,
    flow: Float[np.ndarray, "later 2 rows columns"],
) -> tuple[list[CutOut], Float32[np.ndarray, "height width"]]:
    """Every thing's cut-out, far to near, and the alpha of all of them together."""
    layers = claims.layers
    together = np.zeros(photo.shape[:2], np.float32)
    alphas = [matte(photo, coverage=layer.coverage) for layer in layers.objects]
    asked = {index for index, wish in enumerate(claims.wishes) if wish is not None}
    kept = _distinct(alphas, asked=asked) if layers.noise > CLEAN else range(len(alphas))
    found: list[CutOut] = []
    for layer, alpha, wish in ((layers.objects[i], alphas[i], claims.wishes[i]) for i in kept):
        together = np.maximum(together, alpha)
        pixels = np.concatenate([photo.astype(np.float32) * alpha[..., None], alpha[..., None]], axis=-1)
        maps = refit(layer, alpha=alpha, flow=flow, background=layers.background, noise=layers.noise).maps
        if layers.noise > CLEAN:
            maps = steady(maps, centre=_middle(alpha), aspect=photo.shape[1] / photo.shape[0])
        if wish is not None:
            maps = held(maps, wish=wish, points=outline(alpha, box=wish.first))
        found.append(CutOut(pixels=pixels, maps=maps))
    return found, together


def _new_content(
    frame: Float32[np.ndarray, "height width 3"],
    *,
    wanted: Float32[np.ndarray, "rows columns 3"],
    taken: Float32[np.ndarray, "height width"],
    least: float,
) -> Float32[np.ndarray, "height width 3"]:
    """Blend in what the model shows and transport cannot: things that come in over the border.

    New is what differs from the transported frame by ``least`` or more, in one piece with the frame's border.
    """
    rows, columns = wanted.shape[:2]
    height, width = frame.shape[:2]
    shown = cv2.resize(frame, (columns, rows), interpolation=cv2.INTER_AREA) / 255
    free = 1 - np.clip(4 * cv2.resize(taken, (columns, rows), interpolation=cv2.INTER_AREA), 0, 1)
    difference = cv2.GaussianBlur(np.abs(shown - wanted).max(-1) * free, (0, 0), 0.7)
    _, labels = cv2.connectedComponents((difference > least).astype(np.uint8))
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching, cells = np.unique(border[border > 0], return_counts=True)
    large = [i for i in touching[cells >= 2] if (labels == i).sum() >= 6]
    keep = np.isin(labels, large) * np.clip((difference - least) / _NEW_FROM, 0, 1)
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


def _colour_error(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    shown: Shown,
    alpha: Float32[np.ndarray, "height width"],
    margin: tuple[int, int],
) -> float:
    """Root mean square difference (0..1) of the shown background from the photograph where both are known."""
    rows, columns = shown.colour.shape[0] - 2 * margin[0], shown.colour.shape[1] - 2 * margin[1]
    inner = slice(margin[0], margin[0] + rows), slice(margin[1], margin[1] + columns)
    real = cv2.resize(photo, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    clear = cv2.resize(alpha, (columns, rows), interpolation=cv2.INTER_AREA) < 0.01
    known = clear & (shown.weight[inner] > 0.5 * shown.weight.max())
    if not known.any():
        return 1.0
    return float(np.sqrt(((shown.colour[inner] - real)[known] ** 2).mean()))


def _ground(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    layers: Layers,
    things: list[CutOut],
    alpha: Float32[np.ndarray, "height width"],
    colour: Float32[np.ndarray, "later rows columns 3"],
) -> tuple[Ground, float]:
    """The filled background, and how far the model's colours are off where they are known."""
    later, rows, columns = colour.shape[:3]
    share = _margin(layers.background)
    cells = (int(np.ceil(share * rows)), int(np.ceil(share * columns)))
    margin = (round(cells[0] * photo.shape[0] / rows), round(cells[1] * photo.shape[1] / columns))
    taken = _taken(things, shape=(later, rows, columns))
    shown = hidden_colour(colour, taken=taken, background=layers.background, margin=cells)
    error = _colour_error(photo, shown=shown, alpha=alpha, margin=cells)
    # A model whose motion is still noisy goes on showing a thing where it was; the surroundings know better.
    belief = 0.0 if layers.noise > CLEAN else float(np.clip(2 * (1 - error / _DOUBT), 0, 1))
    trusted = replace(shown, weight=shown.weight * belief)
    return plate(photo, alpha=alpha, shown=trusted, margin=margin), error


def compose(
    photo: UInt8[np.ndarray, "height width 3"], *, claims: Claimed, motion: MotionArrays
) -> UInt8[np.ndarray, "frames height width 3"]:
    """Draw every frame: the filled background, moved, then the things far to near, then what is new."""
    height, width = photo.shape[:2]
    layers = claims.layers
    things, together = cut_outs(photo, claims=claims, flow=motion.flow)
    ground, error = _ground(photo, layers=layers, things=things, alpha=together, colour=motion.colour)
    # A noisy field's colours are off by more where things move than where they are known to be off.
    least = max(_NEW_FROM, 4 * error, 30 * layers.noise if layers.noise > CLEAN else 0)
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
        taken = cv2.dilate(taken, np.ones((5, 5), np.uint8))
        frame = _new_content(frame, wanted=motion.colour[t - 1], taken=taken, least=least)
        frames.append(np.clip(frame + 0.5, 0, 255).astype(np.uint8))
    return np.stack(frames)


def render(
    photo: UInt8[np.ndarray, "height width 3"], *, motion: MotionArrays, hold: ControlPlan | None = None
) -> UInt8[np.ndarray, "frames height width 3"]:
    """Frames at the photograph's size. Frame 0 is the photograph itself.

    With ``hold``, a plan of the motion's number of frames, things are held to its boxes (`boximator.pocket.hold`).
    """
    layers = find_layers(motion.flow, visible=motion.visible)
    claims = claimed(layers, wishes=wishes(hold) if hold is not None else ())
    return compose(photo, claims=claims, motion=motion)


def render_colour(
    photo: UInt8[np.ndarray, "height width 3"], *, motion: MotionArrays
) -> UInt8[np.ndarray, "frames height width 3"]:
    """The model's own colours, enlarged: what it knows without the photograph's pixels."""
    size = (photo.shape[1], photo.shape[0])
    frames = [cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) * 255 for frame in motion.colour]
    return np.stack([photo, *(np.clip(frame + 0.5, 0, 255).astype(np.uint8) for frame in frames)])
