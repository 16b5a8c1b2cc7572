from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from boximator.provenance import signature
from boximator.provenance.about import About
from boximator.provenance.certificate import identity
from boximator.provenance.manifest import read_signature
from boximator.provenance.salt import Signature, steady
from boximator.provenance.signature import sign
from boximator.video.writer import write_gif, write_sheet, write_video

FRAMES = np.random.default_rng(0).integers(0, 255, (3, 64, 80, 3), np.uint8)


def signed(path: Path, *, seed: int = 1, certificate: Path | None = None, key: Path | None = None) -> bytes:
    picture = io.BytesIO()
    Image.fromarray(FRAMES[0]).save(picture, "PNG")
    if path.suffix == ".png":
        write_sheet(FRAMES, path)
    else:
        (write_gif if path.suffix == ".gif" else write_video)(FRAMES, path, fps=8)
    by = identity(certificate=certificate, key=key)
    sign(path, title=path.name, about=About(seed=seed, picture=picture.getvalue()), by=by, watermark=5)
    return path.read_bytes()


@pytest.mark.parametrize("ending", ["mp4", "gif", "png"])
def test_signed_again_it_is_the_same_file_and_valid(ending: str, tmp_path: Path) -> None:
    first, again = (signed(tmp_path / f"{name}.{ending}") for name in "ab")
    assert first == again
    said = read_signature(again, kind=f".{ending}")
    assert (said.valid, said.failures, said.watermark) == (True, (), f"{5:016x}")
    assert signed(tmp_path / f"c.{ending}", seed=2) != first


@pytest.mark.parametrize("ending", ["mp4", "gif", "png"])
def test_a_changed_byte_is_seen(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ending}"
    data = bytearray(signed(path))
    data[-200 if ending == "mp4" else -20] ^= 1
    assert read_signature(bytes(data), kind=f".{ending}").valid is not True


def test_another_key_makes_other_salts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = signed(tmp_path / "a.png")
    monkeypatch.setenv("BOXIMATOR_CONFIG", os.fspath(tmp_path / "config"))
    other = signed(tmp_path / "b.png")
    salts = [[part[:16] for part in data.split(b"\0\0\0\x18c2sh")[1:]] for data in (first, other)]
    assert len(salts[0]) == len(salts[1]) >= 4
    assert not set(salts[0]) & set(salts[1])
    assert len(set(salts[0])) == len(salts[0])


def test_a_manifest_of_another_kind_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bytes] = []

    def seen(manifest: bytes, **_: object) -> bytes:
        kept.append(manifest)
        return manifest

    monkeypatch.setattr(signature, "steady", seen)
    assert read_signature(signed(tmp_path / "a.png"), kind=".png").valid
    unknown = kept[0].replace(b"c2cl", b"c2xx")
    for data in (b"", b"\0" * 40, kept[0], unknown):
        stays = steady(data, key=b"k", signature=Signature(data=b"other", value=b"other"), sign=bytes)
        assert stays == data
