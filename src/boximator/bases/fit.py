"""A scene for a base: frames and size snapped to what the base can make, or refused, always with words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from boximator.bases.index import address_for
from boximator.control.frames import FrameMap
from boximator.scene.problem import Problem
from boximator.scene.retime import retimed
from boximator.scene.scene import Scene

SPATIAL = (
    "vae_scale_factor_spatial",
    "vae_spatial_compression_ratio",
    "vae_spatial_scale_factor",
    "vae_scale_factor",
)
"""What pipelines call the pixels of a latent."""
ASPECT = 1.15
"""A picture may be stretched by so much to fit a base of one size."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a pipeline can make.

    Attributes:
        family: its name in messages.
        frames: which numbers of frames are whole latent frames.
        multiple: height and width are multiples of this many pixels.
        most_frames: the longest video; equal to `fewest_frames` where only one length can be made.
        fewest_frames: the shortest.
        only_size: (height, width), where positions were learned for one size.
    """

    family: str
    frames: FrameMap
    multiple: int
    most_frames: int | None = None
    fewest_frames: int = 2
    only_size: tuple[int, int] | None = None

    def nearest_frames(self, wanted: int) -> int:
        """The number of frames nearest to `wanted` that is a whole number of latent frames; of two the larger."""
        able = [
            count
            for count in range(self.fewest_frames, max(wanted, self.fewest_frames) + self.frames.ratio + 1)
            if self.frames.fits(count) and (self.most_frames is None or count <= self.most_frames)
        ]
        return min(able, key=lambda count: (abs(count - wanted), -count))


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A scene that the base can make, its size in pixels, and what had to be changed, in sentences."""

    scene: Scene
    height: int
    width: int
    notes: tuple[str, ...]


def limits(pipe: Any) -> Limits:
    """The limits of a pipeline of a known family."""
    address = address_for(pipe)
    config: Any = getattr(pipe, address.denoisers[0]).config
    pixels: int = next((getattr(pipe, name) for name in SPATIAL if hasattr(pipe, name)), 8)
    levels = len(config.get("block_out_channels", ())) or 1
    multiple = pixels * 2 ** (levels - 1) * address.grid.patch[1]
    length = config.get("video_length")
    learned = config.get("use_learned_positional_embeddings", False)
    return Limits(
        family=address.family,
        frames=address.frames,
        multiple=multiple,
        most_frames=length or config.get("motion_max_seq_length"),
        fewest_frames=length or max(2, address.frames.smallest),
        only_size=(config.sample_height * pixels, config.sample_width * pixels) if learned else None,
    )


def fitted(scene: Scene, pipe: Any, *, size: Sequence[int] | None = None) -> Fitted:
    """The scene as `pipe` can make it. Boxes are shares of the frame, so they follow its size by themselves.

    Args:
        scene: what is wanted.
        pipe: a pipeline of a known family.
        size: (height, width) in pixels; by default the scene's own.

    Raises:
        Problem: no size is known, the video is longer than the base can make, or the shape is another one.
    """
    able = limits(pipe)
    notes: list[str] = []
    rows, columns = size or _own_size(scene)
    height, width = _size((rows, columns), able, notes)
    frames = _frames(scene.frames, able, notes)
    made = replace(retimed(scene, frames=frames), height=height, width=width)
    return Fitted(scene=made, height=height, width=width, notes=tuple(notes))


def _frames(wanted: int, able: Limits, notes: list[str]) -> int:
    if able.most_frames is not None and wanted > able.most_frames > able.fewest_frames:
        raise Problem(
            given=f"The scene has {wanted} frames",
            wanted=f"{able.family} makes at most {able.most_frames} at a time",
            fix=f'Set "frames" to {able.most_frames} or less',
        )
    frames = able.nearest_frames(wanted)
    if frames != wanted:
        notes.append(
            f"{able.family} cannot make {wanted} frames; {frames} are made, at the same pace of motion."
        )
    return frames


def _size(wanted: tuple[int, int], able: Limits, notes: list[str]) -> tuple[int, int]:
    if min(wanted) < 1:
        raise Problem(
            given=f"The video is to be {wanted[1]} x {wanted[0]} pixels",
            wanted="A width and a height of at least one pixel",
            fix="Give (height, width) of the video",
        )
    height, width = able.only_size or (_multiple(side, of=able.multiple) for side in wanted)
    stretch = (width / height) / (wanted[1] / wanted[0])
    if able.only_size is not None and not 1 / ASPECT <= stretch <= ASPECT:
        raise Problem(
            given=f"The video is to be {wanted[1]} x {wanted[0]} pixels",
            wanted=f"This {able.family} makes {width} x {height} only, and the picture would be distorted",
            fix="Crop the picture to that shape",
        )
    if (height, width) != wanted:
        notes.append(
            f"{able.family} cannot make {wanted[1]} x {wanted[0]} pixels; the video is {width} x {height}."
        )
    return height, width


def _multiple(side: int, *, of: int) -> int:
    return max(of, round(side / of) * of)


def _own_size(scene: Scene) -> tuple[int, int]:
    if scene.height is None or scene.width is None:
        raise Problem(
            given="The scene has no width and height of its own",
            wanted="The size of the video, in pixels",
            fix='Set "width" and "height", or pass the size of the picture',
        )
    return scene.height, scene.width


def shaped_like(picture: tuple[int, ...], *, area: int) -> tuple[int, int]:
    """(height, width) with a picture's shape (height, width, ...) and about so many pixels."""
    scale = (area / (picture[0] * picture[1])) ** 0.5
    return max(1, round(picture[0] * scale)), max(1, round(picture[1] * scale))
