"""What the photograph does not show: the place behind the things that move, filled in once for the whole clip, and
what the low-resolution colours say of a drawn frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool, Float, Float32, UInt8

from boximator.pocket.filling import smooth_fill, textured, weighted
from boximator.pocket.leftover import leftovers
from boximator.pocket.maps import pixel_map

_NEW_FROM = 0.10  # difference of colour (0..1) that only something new explains
_WRONG_FROM = 0.05  # the same where colours are true
_KNOWN, _CARRIED = (
    0.02,
    0.15,
)  # how much of a guess what the photograph shows is taken to be at first, and then
_SURE = 0.05  # share of a cell that may be a guess, or something else, when its colour is known
_DOUBT = 0.06  # error of colours (0..1), where they are known, from which they are no longer believed
_ROUND_ABOUT = 1 / 12  # of the longest side: how much of what surrounds a hole its filling is levelled with
_EXACT_RIM, _RIM = 1 / 100, 1 / 45  # of the longest side: how wide the rim of a hole is filled too
_TREMBLING = 0.05  # change of colour (0..1) over time from which what the model shows is not believed


@dataclass(frozen=True)
class Ground:
    """The picture behind the things, with a margin on every side that camera moves can show.

    ``margin`` is rows above and columns left of the photograph (and as many below and right of it).
    """

    pixels: UInt8[np.ndarray, "height width 3"]
    margin: tuple[int, int]


@dataclass(frozen=True)
class Shown:
    """The background as the model shows it: colour (0..1) and how far it is to be trusted (0..1)."""

    colour: Float32[np.ndarray, "r c 3"]
    weight: Float32[np.ndarray, "r c"]


def hidden_colour(
    colour: Float32[np.ndarray, "later rows columns 3"],
    *,
    taken: Float32[np.ndarray, "later rows columns"],
    background: Float[np.ndarray, "frames 2 3"],
    margin: tuple[int, int],
) -> Shown:
    """What the model shows of the background over all frames, in frame 0's coordinates.

    ``taken`` is where things stand in each frame; ``margin`` is in cells.
    """
    rows, columns = colour.shape[1:3]
    size = (columns + 2 * margin[1], rows + 2 * margin[0])
    total = np.zeros((size[1], size[0], 7), np.float32)
    for t in range(len(colour)):
        back = cv2.invertAffineTransform(pixel_map(background[t + 1], width=columns, height=rows))
        back[:, 2] += (margin[1], margin[0])
        free = np.clip(1 - 3 * taken[t], 0, 1)
        seen = np.concatenate([colour[t], colour[t] ** 2, np.ones_like(colour[t][..., :1])], axis=-1)
        for part in (slice(0, 4), slice(4, 7)):  # warpAffine takes four channels at most
            total[..., part] += cv2.warpAffine(seen[..., part] * free[..., None], back, size)
    weight = total[..., 6]
    mean, square = (
        total[..., part] / np.maximum(weight, 1e-4)[..., None] for part in (slice(0, 3), slice(3, 6))
    )
    trembling = np.sqrt(np.maximum(square - mean**2, 0).mean(-1))
    return Shown(colour=mean, weight=np.clip(weight, 0, 1) * np.exp(-((trembling / _TREMBLING) ** 2)))


def plate(
    photo: UInt8[np.ndarray, "height width 3"],
    *,
    alpha: Float32[np.ndarray, "height width"],
    shown: Shown,
    margin: tuple[int, int],
    exact: bool,
) -> Ground:
    """Fill the places of all moving things, and the margin, once for the whole clip.

    The filling is what the model shows there, shifted in tone so that it meets the photograph round the hole. Unless
    outlines are ``exact``, what they left behind of the things is filled too.
    """
    top, left = margin
    reach = max(3, round(max(photo.shape[:2]) * (_EXACT_RIM if exact else _RIM))) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    covered = alpha if exact else np.maximum(alpha, leftovers(photo, alpha=alpha))
    hole = cv2.dilate((covered > 0.02).astype(np.float32), kernel)
    if not hole.any() and margin == (0, 0):
        return Ground(pixels=photo, margin=margin)
    picture = cv2.copyMakeBorder(photo, top, top, left, left, cv2.BORDER_REFLECT_101).astype(np.float32)
    hole = cv2.copyMakeBorder(hole, top, top, left, left, cv2.BORDER_CONSTANT, value=1.0)
    size = (picture.shape[1], picture.shape[0])
    guess = cv2.resize(shown.colour, size, interpolation=cv2.INTER_CUBIC)
    trust = cv2.resize(shown.weight, size, interpolation=cv2.INTER_LINEAR)
    near = _round_about(hole)
    filled = picture.copy()
    filled[near] = _levelled(picture[near], hole=hole[near], guess=guess[near] * 255, trust=trust[near])
    made = textured(picture, hole=hole, filled=filled, trust=trust, near=near)
    soft = cv2.GaussianBlur(hole, (0, 0), reach / 4) * (hole > 0)
    soft = np.maximum(soft, cv2.erode(hole, kernel))[near]
    picture[near] = weighted(made, share=soft) + weighted(picture[near], share=1 - soft)
    return Ground(pixels=np.clip(picture + 0.5, 0, 255).astype(np.uint8), margin=margin)


def _round_about(hole: Float32[np.ndarray, "height width"]) -> tuple[slice, slice]:
    """Rows and columns of the holes and of what surrounds them: what is farther away stays as it is."""
    left, top, wide, high = cv2.boundingRect((hole > 0).astype(np.uint8))
    margin = round(_ROUND_ABOUT * max(hole.shape))
    return (
        slice(max(0, top - margin), top + high + margin),
        slice(max(0, left - margin), left + wide + margin),
    )


def _levelled(
    picture: Float32[np.ndarray, "h w 3"],
    *,
    hole: Float32[np.ndarray, "h w"],
    guess: Float32[np.ndarray, "h w 3"],
    trust: Float32[np.ndarray, "h w"],
) -> Float32[np.ndarray, "h w 3"]:
    """A smooth filling: the guess as far as it is trusted, shifted in tone so that it meets the picture."""
    known = 1 - hole
    smooth = smooth_fill(picture, known=known)
    mixed = smooth + weighted(guess - smooth, share=trust)
    return mixed + smooth_fill(picture - mixed, known=known)


def with_new(
    frame: Float32[np.ndarray, "height width 3"],
    *,
    wanted: Float32[np.ndarray, "rows columns 3"],
    taken: Float32[np.ndarray, "rows columns"],
    least: float,
    expected: Float32[np.ndarray, "rows columns"] | None = None,
) -> Float32[np.ndarray, "height width 3"]:
    """Blend in what the model shows and transport cannot: things that come in over the border.

    New is what differs from the transported frame by ``least`` or more, in one piece with the frame's border; where
    boxes say what comes in, what differs in the cells where it is ``expected``.
    """
    rows, columns = wanted.shape[:2]
    height, width = frame.shape[:2]
    shown = cv2.resize(frame, (columns, rows), interpolation=cv2.INTER_AREA) / 255
    free = 1 - np.clip(4 * taken, 0, 1)
    difference = cv2.GaussianBlur(np.abs(shown - wanted).max(-1) * free, (0, 0), 0.7)
    places = _from_outside(difference > least) if expected is None else expected
    keep = places * np.clip((difference - least) / _NEW_FROM, 0, 1)
    if not keep.any():
        return frame
    size = (width, height)
    share = cv2.resize(keep.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)[..., None].clip(0, 1)
    colour = cv2.resize(wanted, size, interpolation=cv2.INTER_CUBIC).clip(0, 1) * 255
    return share * colour + (1 - share) * frame


def _from_outside(new: Bool[np.ndarray, "rows columns"]) -> Bool[np.ndarray, "rows columns"]:
    """The larger pieces of what is new that touch the border."""
    _, labels = cv2.connectedComponents(new.astype(np.uint8))
    border = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching, cells = np.unique(border[border > 0], return_counts=True)
    return np.isin(labels, [i for i in touching[cells >= 2] if (labels == i).sum() >= 6])


def belief(error: float) -> float:
    """How far (0..1) colours are believed that are off by ``error`` (0..1) where they are known."""
    return float(np.clip(2 * (1 - error / _DOUBT), 0, 1))


@dataclass(frozen=True)
class Doubt:
    """How much (0..1) of a drawn frame is a guess, on a grid finer than the state's: ``filled`` is what lies behind
    things and beyond the photograph's border, ``rims`` the outlines of things."""

    filled: Float32[np.ndarray, "fine_rows fine_columns"]
    rims: Float32[np.ndarray, "fine_rows fine_columns"]

    def share(self, least: float) -> Float32[np.ndarray, "fine_rows fine_columns"]:
        """The same with both together, and ``least`` where nothing is a guess."""
        return least + (1 - least) * np.maximum(self.filled, self.rims)


def known_error(
    frames: UInt8[np.ndarray, "later height width 3"],
    *,
    wanted: Float32[np.ndarray, "later rows columns 3"],
    taken: Float32[np.ndarray, "later rows columns"],
    doubts: list[Doubt],
) -> float:
    """How far (0..1) low-resolution colours are off where frames carry the photograph's own pixels.

    The middle error of a clip's background, or that of its things (``taken``) if it is larger: colours that show a
    thing where it no longer is are right nearly everywhere.
    """
    cells = wanted.shape[2:0:-1]
    shown = np.stack([cv2.resize(frame, cells, interpolation=cv2.INTER_AREA) for frame in frames])
    doubt = np.stack([cv2.resize(d.share(0.0), cells, interpolation=cv2.INTER_AREA) for d in doubts])
    error = np.abs(shown / np.float32(255) - wanted).mean(-1)
    places = (doubt < _SURE) & (taken < _SURE), (doubt < _SURE) & (taken > 1 - _SURE)
    return max((float(np.median(error[place])) for place in places if place.any()), default=1.0)


def _wrong(lacking: Float32[np.ndarray, "rows columns 3"]) -> Float32[np.ndarray, "rows columns"]:
    """Whether a cell lacks so much that what was drawn is not what is there: 0 no, 1 yes."""
    return np.clip((np.abs(lacking).max(-1) / 255 - _WRONG_FROM) / _NEW_FROM, 0, 1)


def _lacking(
    picture: Float32[np.ndarray, "fine_rows fine_columns 3"], *, target: Float32[np.ndarray, "rows columns 3"]
) -> Float32[np.ndarray, "rows columns 3"]:
    """What a picture's cells lack (of 255); nothing where it is less than the step between two colours."""
    lacking = target - cv2.resize(picture, target.shape[1::-1], interpolation=cv2.INTER_AREA)
    return lacking - np.clip(lacking, -1, 1)


def corrected(
    frame: Float32[np.ndarray, "height width 3"],
    *,
    wanted: Float32[np.ndarray, "rows columns 3"],
    doubt: Doubt,
    trust: float,
) -> Float32[np.ndarray, "height width 3"]:
    """Back-projection (Irani and Peleg 1991): what the frame's cells lack of the ``wanted`` colours is added to it.

    Guesses take most of it, what was carried over from the photograph little. Where that leaves much, and in filled
    places that are far off, something else is there than was drawn, and the wanted colours take its place. ``trust``
    is the share (0..1) of all this that is done.
    """
    cells, fine, full = (a.shape[1::-1] for a in (wanted, doubt.filled, frame))
    shown, target = cv2.resize(frame, fine, interpolation=cv2.INTER_AREA), wanted * 255
    lacking = first = _lacking(shown, target=target)
    made, left = shown, first
    for least in (_KNOWN, _CARRIED):
        share = doubt.share(least)
        share = share / cv2.resize(cv2.resize(share, cells, interpolation=cv2.INTER_AREA), fine)
        added = cv2.resize(lacking, fine, interpolation=cv2.INTER_CUBIC)
        made = np.clip(made + weighted(added, share=share), 0, 255)
        lacking = _lacking(made, target=target)
        left = lacking if least == _KNOWN else left
    new = np.maximum(cv2.resize(_wrong(left), fine), doubt.filled * cv2.resize(_wrong(first), fine))
    coarse = np.clip(cv2.resize(target, fine, interpolation=cv2.INTER_CUBIC), 0, 255)
    change = weighted(coarse, share=trust * new) + weighted(made - shown, share=trust * (1 - new))
    return weighted(frame, share=cv2.resize(1 - trust * new, full)) + cv2.resize(change, full)
