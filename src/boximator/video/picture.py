"""Pictures as people have them (turned by a phone, in ink colours, half transparent) -> plain RGB pixels."""

from __future__ import annotations

import io
import pathlib
import warnings
from dataclasses import dataclass

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps

from boximator.scene.embedded import NAME, embedded_bytes, is_embedded
from boximator.scene.problem import Problem
from boximator.scene.wire import beside

SMALLEST_SIDE = 16
MOST_PIXELS = 100_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF")
"""Only formats that hold pixels: others would start foreign programs (EPS) or mean something else."""

_ADVICE = "Use a PNG, JPEG or WebP picture"


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture:
    """Upright RGB pixels, and what a person should be told about how they came to be."""

    pixels: UInt8[np.ndarray, "rows columns 3"]
    notes: tuple[str, ...] = ()


def read_picture(
    path: str | pathlib.Path, *, longest: int | None = None
) -> UInt8[np.ndarray, "rows columns 3"]:
    """The pixels of `open_picture`."""
    return open_picture(path, longest=longest).pixels


def scene_picture(scene_file: str | pathlib.Path, name: str, *, longest: int | None = None) -> Picture:
    """The picture a scene names (relative to the scene's file), or the one it holds; see `open_picture`."""
    if is_embedded(name):
        return open_picture(NAME, data=embedded_bytes(name), longest=longest)
    return open_picture(beside(scene_file, name), longest=longest)


def open_picture(
    path: str | pathlib.Path, *, data: bytes | None = None, longest: int | None = None
) -> Picture:
    """Reads a picture file as upright 8-bit RGB.

    EXIF rotation is applied; CMYK, grey, palette and 16-bit pictures are converted; transparent parts are
    laid over white; of an animation the first frame is taken, with a note. The size is checked before
    anything is decoded.

    Args:
        path: the file, or how to call it where its bytes are given.
        data: the file's bytes, where they come from somewhere else than a disk.
        longest: scale down so that the longer side has at most this many pixels.

    Raises:
        Problem: no such file, not a picture, damaged, below 16 pixels a side, above 100 megapixels.
    """
    path = pathlib.Path(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a person has to know of a file is in a note or a Problem
        with _opened(path, path if data is None else io.BytesIO(data)) as image:
            _check_size(path, image.size)
            notes, upright = _decoded(path, image)
    if longest is not None and max(upright.size) > longest:
        scale = longest / max(upright.size)
        size = (max(1, round(upright.width * scale)), max(1, round(upright.height * scale)))
        upright = upright.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return Picture(pixels=np.array(upright), notes=notes)


def _opened(path: pathlib.Path, source: pathlib.Path | io.BytesIO) -> Image.Image:
    """The file with its header read and nothing decoded."""
    try:
        Image.init()
        return Image.open(source, formats=[name for name in FORMATS if name in Image.OPEN])
    except Image.DecompressionBombError as error:
        raise _too_large(path, "far above the limit") from error
    except Image.UnidentifiedImageError as error:
        raise Problem(
            given=f"{path} is not a picture in a known format",
            wanted=f"Pictures are read from {', '.join(FORMATS)} files",
            fix=_ADVICE,
        ) from error
    except FileNotFoundError as error:
        raise Problem(
            given=f"There is no picture at {path}",
            wanted="A picture file is needed; a name in a scene is relative to the scene's file",
            fix="Correct the name, or put the picture there",
        ) from error
    except OSError as error:
        if error.strerror is None:
            raise _damaged(path, error) from error
        raise Problem(
            given=f"{path} cannot be read: {error.strerror}",
            wanted="A picture file is needed",
            fix="Check its name and permissions",
        ) from error
    except Exception as error:  # a damaged header: struct.error, ValueError, SyntaxError and others
        raise _damaged(path, error) from error


def _decoded(path: pathlib.Path, image: Image.Image) -> tuple[tuple[str, ...], Image.Image]:
    """The notes on an opened file, and its first frame upright in RGB."""
    try:
        notes = _notes(path, image)
        image.load()
        return notes, _rgb(ImageOps.exif_transpose(image))
    except Exception as error:  # decoders raise whatever they like on damaged files
        raise _damaged(path, error) from error


def _check_size(path: pathlib.Path, size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise _too_large(path, f"{width} x {height} pixels")
    if min(size) < SMALLEST_SIDE:
        raise Problem(
            given=f"{path} is {width} x {height} pixels",
            wanted=f"A picture has at least {SMALLEST_SIDE} pixels on each side",
            fix="Use a larger picture",
        )


def _notes(path: pathlib.Path, image: Image.Image) -> tuple[str, ...]:
    count = getattr(image, "n_frames", 1)
    if image.format != "MPO" and count > 1:  # an MPO is a photo with a preview or a second eye
        return (f"{path.name} holds {count} frames; the first one is used.",)
    return ()


def _rgb(image: Image.Image) -> Image.Image:
    """8-bit RGB, with transparent parts over white."""
    if image.mode.startswith("I") or image.mode == "F":
        return _from_deep_grey(np.asarray(image, np.float64))
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        white = Image.new("RGBA", layers.size, "white")
        return Image.alpha_composite(white, layers).convert("RGB")
    return image.convert("RGB")


def _from_deep_grey(values: np.ndarray) -> Image.Image:
    """Grey of 16 or 32 bits or of floats: the scale is told by the largest value (1, 255 or 65535)."""
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    top = values.max(initial=0.0)
    scale = 255.0 if top <= 1.0 else 1.0 if top <= 255.0 else 1 / 257.0
    grey = np.clip(np.rint(values * scale), 0, 255).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")


def _too_large(path: pathlib.Path, size: str) -> Problem:
    return Problem(
        given=f"{path} is too large: {size}",
        wanted=f"A picture has at most {MOST_PIXELS // 1_000_000} megapixels",
        fix="Scale it down; 2 megapixels are plenty",
    )


def _damaged(path: pathlib.Path, error: BaseException) -> Problem:
    reason = " ".join(str(error).split()) or type(error).__name__
    return Problem(
        given=f"{path} is damaged: {reason[:200]}",
        wanted="A whole picture file is needed",
        fix=f"Get the file again, or open and save it in a picture program. {_ADVICE}",
    )
