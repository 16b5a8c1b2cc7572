"""A denoised motion and a photograph -> frames at the photograph's own size, by transport of its pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8

from boximator.pocket.boxed import Field, boxed_layers
from boximator.pocket.claim import Claimed
from boximator.pocket.cover import FINE
from boximator.pocket.cutout import CutOut, cut_outs
from boximator.pocket.entering import entered, fitted_to, without
from boximator.pocket.filling import weighted
from boximator.pocket.hold import arrivals, wishes
from boximator.pocket.layers import CLEAN, Layers, find_layers
from boximator.pocket.maps import pixel_map
from boximator.pocket.motion import MotionArrays
from boximator.pocket.plate import (
    Doubt,
    Ground,
    Shown,
    belief,
    corrected,
    hidden_colour,
    known_error,
    plate,
    with_new,
)
from boximator.pocket.refit import exact_layers
from boximator.scene.plan import ControlPlan

_NEW_FROM = 0.10  # difference of colour (0..1) that only something new explains


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
    trusted = replace(shown, weight=shown.weight * layers.trust * belief(error))
    ground = plate(photo, alpha=alpha, shown=trusted, margin=margin, exact=layers.noise <= CLEAN)
    return ground, error


def _covers(
    mask: Float32[np.ndarray, "height width"], *, maps: Float[np.ndarray, "frames 2 3"], border: float
) -> Float32[np.ndarray, "frames height width"]:
    """A mask moved to every frame; ``border`` is what lies outside it."""
    height, width = mask.shape
    return np.stack(
        [
            cv2.warpAffine(
                mask, pixel_map(map_, width=width, height=height), (width, height), borderValue=border
            )
            for map_ in maps
        ]
    )


def _doubts(
    layers: Layers,
    *,
    things: list[CutOut],
    alpha: Float32[np.ndarray, "height width"],
    grid: tuple[int, int],
) -> list[Doubt]:
    """Where every later frame is a guess; ``alpha`` is of all things that leave their place."""
    size, kernel = (grid[1] * FINE, grid[0] * FINE), np.ones((3, 3), np.uint8)
    hole = cv2.dilate(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), kernel)
    filled = _covers((hole > 0.02).astype(np.float32), maps=layers.background, border=1.0)
    rims = np.zeros_like(filled)
    for thing in things:
        own = cv2.resize(thing.pixels[..., 3], size, interpolation=cv2.INTER_AREA)
        for t, cover in enumerate(_covers(own, maps=thing.maps, border=0.0)):
            filled[t] *= 1 - cover
            rims[t] = np.maximum(rims[t] * (1 - cover), cv2.morphologyEx(cover, cv2.MORPH_GRADIENT, kernel))
    return [Doubt(filled=behind, rims=rim) for behind, rim in zip(filled[1:], rims[1:], strict=True)]


def _draw(
    thing: CutOut, *, onto: Float32[np.ndarray, "height width 3"], taken: np.ndarray, frame: int
) -> None:
    """Lay a thing over a frame, in place, and mark where it is."""
    height, width = taken.shape
    left, top, wide, high = thing.extent
    move = pixel_map(thing.maps[frame], width=width, height=height)
    corners = np.array([[x, y] for x in (left - 1, left + wide) for y in (top - 1, top + high)])
    places = corners @ move[:, :2].T + move[:, 2]
    low = np.clip(np.floor(places.min(0)), 0, (width, height)).astype(int)
    size = np.clip(np.ceil(places.max(0)) + 1, 0, (width, height)).astype(int) - low
    if (size <= 0).any():
        return
    spot = slice(low[1], low[1] + size[1]), slice(low[0], low[0] + size[0])
    move[:, 2] -= low
    drawn = cv2.warpAffine(thing.pixels, move, (int(size[0]), int(size[1])))
    cover = np.ascontiguousarray(drawn[..., 3])
    onto[spot] = drawn[..., :3] + weighted(onto[spot], share=1 - cover)
    taken[spot] = np.maximum(taken[spot], cover)


@dataclass(frozen=True)
class _Drawn:
    """A frame without what only the colours know, and the share of every state cell that things cover."""

    pixels: UInt8[np.ndarray, "height width 3"]
    taken: Float32[np.ndarray, "rows columns"]


def _drawn(
    ground: Ground,
    *,
    things: list[CutOut],
    alpha: Float32[np.ndarray, "height width"],
    background: Float[np.ndarray, "frames 2 3"],
    grid: tuple[int, int],
) -> list[_Drawn]:
    """Frames 1 to T-1: the filled background, moved, and the things on it, far to near."""
    height, width = alpha.shape
    static = bool(np.allclose(background, background[:1]))
    frames: list[_Drawn] = []
    for t in range(1, len(background)):
        frame, taken = ground.pixels.astype(np.float32), alpha.copy()
        if not static:
            move = pixel_map(background[t], width=width, height=height)
            taken = cv2.warpAffine(alpha, move, (width, height))
            move[:, 2] -= move[:, :2] @ np.array([ground.margin[1], ground.margin[0]])
            frame = cv2.warpAffine(ground.pixels, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
            frame = frame.astype(np.float32)
        for thing in things:
            _draw(thing, onto=frame, taken=taken, frame=t)
        taken = cv2.dilate(taken, np.ones((5, 5), np.uint8))
        frames.append(
            _Drawn(
                pixels=np.clip(frame + 0.5, 0, 255).astype(np.uint8),
                taken=cv2.resize(taken, grid[::-1], interpolation=cv2.INTER_AREA),
            )
        )
    return frames


def compose(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    claims: Claimed,
    motion: MotionArrays,
    expected: Float32[np.ndarray, "frames rows columns"] | None = None,
) -> UInt8[np.ndarray, "frames height width 3"]:
    """Draw every frame: the filled background, moved, then the things far to near, then what the colours know.

    ``expected`` is where boxes say that something comes in that the photograph does not show.
    """
    layers, colour = claims.layers, motion.colour
    mixed = motion.flow if motion.thing is None else None
    things, together = cut_outs(photo, claims=claims, flow=mixed)
    ground, error = _ground(photo, layers=layers, things=things, alpha=together, colour=colour)
    grid = (colour.shape[1], colour.shape[2])
    drawn = _drawn(ground, things=things, alpha=together, background=layers.background, grid=grid)
    # A noisy field's colours are off by more where things move than where they are known to be off.
    least = max(_NEW_FROM, 4 * error, 30 * layers.noise if layers.noise > CLEAN else 0)
    # Things that are held to boxes are not where the colours show them.
    trust = 0.0 if any(wish is not None for wish in claims.wishes) else layers.trust
    doubts: list[Doubt] = []
    if trust > 0:
        doubts = _doubts(layers, things=things, alpha=together, grid=grid)
        pixels, taken = np.stack([one.pixels for one in drawn]), np.stack([one.taken for one in drawn])
        trust *= belief(2 * known_error(pixels, wanted=colour, taken=taken, doubts=doubts))
    frames = [photo]
    for t, one in enumerate(drawn):
        frame = one.pixels.astype(np.float32)
        if trust < 1:
            frame = with_new(
                frame,
                wanted=colour[t],
                taken=one.taken,
                least=least,
                expected=None if expected is None else expected[t + 1],
            )
        if trust > 0:
            frame = corrected(frame, wanted=colour[t], doubt=doubts[t], trust=trust)
        frames.append(np.clip(frame + 0.5, 0, 255).astype(np.uint8))
    return np.stack(frames)


def render(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    motion: MotionArrays,
    boxes: ControlPlan | None = None,
    hold: bool = False,
    last: UInt8[np.ndarray, "h w 3"] | None = None,
) -> UInt8[np.ndarray, "frames height width 3"]:
    """Frames at the photograph's size. Frame 0 is the photograph itself.

    ``boxes``, a plan of the motion's number of frames, says where in the photograph things are looked for; with
    ``hold`` they are also held to its boxes (`boximator.pocket.hold`), and what comes in and stands in the ``last``
    picture is carried from there (`boximator.pocket.entering`).
    """
    if boxes is not None and hold and last is not None:
        things, slots = entered(fitted_to(last, photo=photo), boxes=boxes)
        if things:
            frames = render(photo, motion=motion, boxes=without(boxes, slots=slots), hold=True)
            return _over(frames, things=things)
    asked = wishes(boxes) if boxes is not None else ()
    thing = None if motion.thing is None else motion.thing.mean(0)
    if asked and thing is not None:
        field = Field(flow=motion.flow, visible=motion.visible, thing=thing)
        claims = boxed_layers(field, wishes=asked, hold=hold)
    else:
        layers = exact_layers(motion.flow, visible=motion.visible, thing=thing)
        if layers is None:
            layers = find_layers(motion.flow, visible=motion.visible, thing=thing)
        claims = Claimed(layers=layers, wishes=(None,) * len(layers.objects))
    if not hold:
        claims = replace(claims, wishes=(None,) * len(claims.wishes))
    rows, columns = motion.visible.shape[1:]
    expected = None if boxes is None else arrivals(boxes, rows=rows, columns=columns)
    return compose(photo, claims=claims, motion=motion, expected=expected)


def _over(
    frames: UInt8[np.ndarray, "frames height width 3"], *, things: list[CutOut]
) -> UInt8[np.ndarray, "frames height width 3"]:
    """Things laid over all frames but the first."""
    out = [frames[0]]
    for t, frame in enumerate(frames[1:], start=1):
        onto = frame.astype(np.float32)
        for thing in things:
            _draw(thing, onto=onto, taken=np.zeros(frame.shape[:2], np.float32), frame=t)
        out.append(np.clip(onto + 0.5, 0, 255).astype(np.uint8))
    return np.stack(out)


def render_colour(
    photo: UInt8[np.ndarray, "height width 3"], *, motion: MotionArrays
) -> UInt8[np.ndarray, "frames height width 3"]:
    """The model's own colours, enlarged: what it knows without the photograph's pixels."""
    size = (photo.shape[1], photo.shape[0])
    frames = [cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) * 255 for frame in motion.colour]
    return np.stack([photo, *(np.clip(frame + 0.5, 0, 255).astype(np.uint8) for frame in frames)])
