"""Frames -> files: MP4, GIF, contact sheet. Whole files or none, and the same frames give the same bytes."""

from __future__ import annotations

import fractions
import itertools
import math
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem

SHEET_GAP = 4
"""Pixels between the pictures of a contact sheet."""


def write_video(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
    path: str | pathlib.Path,
    *,
    fps: float,
    crf: int = 18,
    comment: str | None = None,
) -> None:
    """Writes an H.264 MP4 (yuv420p, BT.709) that plays everywhere.

    Odd sizes get one more row or column, a copy of the edge, since the format wants even ones. One encoder
    thread and no dates: the same frames give the same bytes.

    Args:
        frames: RGB.
        path: ends in .mp4.
        fps: frames per second, above 0.
        crf: x264's constant rate factor, 0 (lossless) to 51; 18 looks like the original.
        comment: words for the container's tag of that name, which players and ffprobe show.

    Raises:
        Problem: frames of another type or shape, another file ending, or a place that cannot be written to.
    """
    _check(frames, fps, path, (".mp4",))
    if not 0 <= crf <= 51:
        raise Problem(given=f"crf is {crf}", wanted="x264 takes crf from 0 to 51", fix="Leave it at 18")
    av = pyav()
    even = np.pad(frames, [(0, 0), (0, frames.shape[1] % 2), (0, frames.shape[2] % 2), (0, 0)], mode="edge")
    with (
        appearing(pathlib.Path(path)) as temporary,
        av.open(
            str(temporary), "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}
        ) as container,
    ):
        if comment is not None:
            container.metadata["comment"] = comment
        stream = _stream(container, even.shape, fps, crf)
        for frame in even:
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            picture = picture.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def write_gif(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
    path: str | pathlib.Path,
    *,
    fps: float,
    comment: str | None = None,
) -> None:
    """Writes a GIF that repeats for ever, with one palette for all frames so that still parts stay still.

    GIF counts time in hundredths of a second: single frames are a little longer or shorter, so that the
    whole lasts as long as it should.

    Raises:
        Problem: frames of another type or shape, another file ending, or a place that cannot be written to.
    """
    _check(frames, fps, path, (".gif",))
    palette = _palette(frames)
    pictures = [
        Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames
    ]
    edges = [round(100 * index / fps) for index in range(len(frames) + 1)]
    durations = [10 * max(end - start, 2) for start, end in itertools.pairwise(edges)]
    with appearing(pathlib.Path(path)) as temporary:
        pictures[0].save(
            temporary,
            format="GIF",
            save_all=True,
            append_images=pictures[1:],
            duration=durations,
            loop=0,
            optimize=False,
            **({} if comment is None else {"comment": comment.encode()}),
        )


def write_sheet(
    frames: UInt8[np.ndarray, "frames rows columns 3"],
    path: str | pathlib.Path,
    *,
    columns: int | None = None,
    comment: str | None = None,
) -> None:
    """Writes a PNG contact sheet, row by row on white; `columns` defaults to a sheet about as wide as high.

    ``comment`` becomes a text chunk of that name.

    Raises:
        Problem: frames of another type or shape, another file ending, or a place that cannot be written to.
    """
    _check(frames, 1.0, path, (".png",))
    told = PngInfo()
    if comment is not None:
        told.add_text("Comment", comment)
    with appearing(pathlib.Path(path)) as temporary:
        Image.fromarray(sheet(frames, columns=columns)[0]).save(temporary, format="PNG", pnginfo=told)


def sheet(
    frames: UInt8[np.ndarray, "frames rows columns 3"], *, columns: int | None = None
) -> UInt8[np.ndarray, "1 height width 3"]:
    """All frames as one picture, row by row on white; see `write_sheet`. One frame is itself."""
    count, height, width, _ = frames.shape
    across = min(count, columns or math.ceil(math.sqrt(count * height / width)))
    rows = math.ceil(count / across)
    stride = (height + SHEET_GAP, width + SHEET_GAP)
    out = np.full((rows * stride[0] - SHEET_GAP, across * stride[1] - SHEET_GAP, 3), 255, np.uint8)
    for index, frame in enumerate(frames):
        top, left = (index // across) * stride[0], (index % across) * stride[1]
        out[top : top + height, left : left + width] = frame
    return out[None]


def _check(frames: np.ndarray, fps: float, path: str | pathlib.Path, endings: Sequence[str]) -> None:
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3 or 0 in frames.shape:
        raise Problem(
            given=f"The frames are {frames.dtype} of shape {frames.shape}",
            wanted="Frames are uint8 of shape (frames, rows, columns, 3) with at least one frame, RGB",
            fix="Convert floats in [0, 1] by (255 * frames).round().astype('uint8')",
        )
    if not (math.isfinite(fps) and 0 < fps <= 1000):
        raise Problem(
            given=f"fps is {fps}", wanted="Frames per second are above 0 and at most 1000", fix="Use 8"
        )
    ending = pathlib.Path(path).suffix
    if ending.lower() not in endings:
        raise Problem(
            given=f"The file is to be named {pathlib.Path(path).name}",
            wanted=f"Its name ends in {' or '.join(endings)}",
            fix=f"Write {pathlib.Path(path).stem}{endings[0]}",
        )


def pyav() -> Any:
    try:
        import av
    except ModuleNotFoundError as error:
        raise Problem(
            given="The package av is not installed",
            wanted="Videos are read and written by PyAV",
            fix='Run: pip install "boximator[video]"',
        ) from error
    return av


def _stream(container: Any, shape: tuple[int, ...], fps: float, crf: int) -> Any:
    """The one video stream, its colours tagged as they are converted."""
    rate = fractions.Fraction(fps).limit_denominator(1001)
    options = {"crf": str(crf), "preset": "medium", "threads": "1", "bf": "0"}
    stream = container.add_stream("libx264", rate=rate, options=options)
    stream.height, stream.width = shape[1:3]
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count = 1
    context.flags |= 1 << 23  # AV_CODEC_FLAG_BITEXACT
    context.colorspace = context.color_primaries = context.color_trc = 1  # BT.709
    context.color_range = 1  # 16..235, as players expect
    return stream


def _palette(frames: UInt8[np.ndarray, "frames rows columns 3"]) -> Image.Image:
    """256 colours that suit all frames: chosen from about half a million of their pixels."""
    pixels = frames.reshape(-1, 3)
    sample = pixels[:: max(1, len(pixels) // 500_000)]
    side = math.ceil(math.sqrt(len(sample)))
    square = np.resize(sample, (side, side, 3))
    return Image.fromarray(square).quantize(colors=256, method=Image.Quantize.MEDIANCUT)
