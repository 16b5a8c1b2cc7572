from __future__ import annotations

import json
import zlib
from pathlib import Path

import av
import numpy as np
import pytest
from photo_films import film
from PIL import Image
from typer.testing import CliRunner

from boximator.cli.app import app
from boximator.provenance.about import About
from boximator.provenance.marks import LAYERS, Marks, without, write_marked
from boximator.provenance.metadata import read_metadata
from boximator.provenance.verify import Verdict, verify, verify_bytes
from boximator.scene.problem import Problem
from boximator.video.writer import write_video

ABOUT = About(base="pocket", seed=3, steps=8, prompt="a secret pig", hashes={"base_sha256": "ab"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("marked")
    for name in ("a.mp4", "a.gif", "a.png"):
        frames = film() if name != "a.png" else film(frames=1)
        write_marked(frames, made / name, fps=8, about=ABOUT)
    return made


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.png"])
def test_a_marked_file_is_intact(name: str, folder: Path) -> None:
    answer = verify(folder / name)
    assert answer.verdict is Verdict.INTACT, answer.sentences()
    assert answer.watermark.payload == ABOUT.number() or answer.watermark.found
    assert answer.signature.state == "Valid"
    assert answer.signature.trusted is False
    assert answer.metadata.source_type == "trainedAlgorithmicMedia"


def test_the_prompt_is_told_only_on_request(folder: Path, tmp_path: Path) -> None:
    assert b"secret" not in (folder / "a.mp4").read_bytes()
    write_marked(film(), tmp_path / "b.mp4", fps=8, about=ABOUT, marks=Marks(prompt=True))
    assert b"secret" in (tmp_path / "b.mp4").read_bytes()


def test_one_flipped_byte_is_reported(folder: Path, tmp_path: Path) -> None:
    content = bytearray((folder / "a.mp4").read_bytes())
    content[content.index(b"mdat") + 2000] ^= 1
    (tmp_path / "b.mp4").write_bytes(content)
    answer = verify(tmp_path / "b.mp4")
    assert answer.verdict is Verdict.CHANGED
    assert "changed after it was signed" in answer.sentences()[-1]


def test_a_remux_loses_the_signature_and_keeps_the_watermark(folder: Path, tmp_path: Path) -> None:
    with av.open(str(folder / "a.mp4")) as source, av.open(str(tmp_path / "b.mp4"), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    answer = verify(tmp_path / "b.mp4")
    assert answer.verdict is Verdict.MISSING
    assert not answer.signature.found
    assert answer.watermark.found
    assert "signature is missing" in answer.sentences()[-1]


def test_a_foreign_file_has_no_marks(tmp_path: Path) -> None:
    write_video(film(), tmp_path / "a.mp4", fps=8)
    answer = verify(tmp_path / "a.mp4")
    assert answer.verdict is Verdict.MISSING
    assert "does not say" in answer.sentences()[-1]


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_can_be_left_out(layer: str, tmp_path: Path) -> None:
    marks = without(layer, marks=Marks())
    write_marked(film(frames=2), tmp_path / "a.mp4", fps=8, about=ABOUT, marks=marks)
    said = CliRunner().invoke(app, ["verify", str(tmp_path / "a.mp4"), "--json"])
    content = json.loads(said.stdout)
    assert [name for name in LAYERS if not content["layers"][name]["found"]] == [layer]
    assert marks.turned_off == (layer,)
    assert content["layers"][layer]["left_out"] == (layer != "signature")
    assert said.exit_code == (4 if layer == "signature" else 0)
    assert "eft out by its maker" in content["words"]


def test_a_layer_that_was_lost_is_no_layer_that_was_left_out(folder: Path, tmp_path: Path) -> None:
    marks = without("label,signature", marks=Marks())
    write_marked(film(frames=2), tmp_path / "a.mp4", fps=8, about=ABOUT, marks=marks)
    answer = verify(tmp_path / "a.mp4")
    assert (answer.left_out, answer.lacking) == ((), ("label", "signature"))
    assert answer.verdict is Verdict.MISSING


def test_a_file_may_be_too_small_for_a_watermark(tmp_path: Path) -> None:
    write_marked(film(rows=48, columns=60, frames=2), tmp_path / "a.mp4", fps=8, about=ABOUT)
    answer = verify(tmp_path / "a.mp4")
    assert answer.left_out == ("watermark",)
    assert "watermark" not in answer.lacking


def test_bytes_are_read_like_a_file(folder: Path) -> None:
    answer = verify_bytes((folder / "a.gif").read_bytes(), name="../My film.GIF")
    assert answer.verdict is Verdict.INTACT
    assert answer.content() == verify(folder / "a.gif").content() | {"file": "../My film.GIF"}
    with pytest.raises(Problem, match=r"no\.mp4") as told:
        verify_bytes(b"no video", name="no.mp4")
    assert "/tmp" not in str(told.value)


def test_an_unknown_layer_is_refused() -> None:
    with pytest.raises(Problem, match="layers are"):
        without("magic", marks=Marks())


def test_the_command_line(folder: Path, tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["verify", str(folder / "a.mp4"), "--json"])
    assert said.exit_code == 0
    content = json.loads(said.stdout)
    assert set(content) == {"file", "layers", "words"}
    assert set(content["layers"]) == set(LAYERS)
    assert "intact" in CliRunner().invoke(app, ["verify", str(folder / "a.mp4")]).stdout
    (tmp_path / "no.mp4").write_bytes(b"no video")
    assert CliRunner().invoke(app, ["verify", str(tmp_path / "no.mp4")]).exit_code == 2
    assert CliRunner().invoke(app, ["verify", str(tmp_path / "none.mp4")]).exit_code == 2


@pytest.mark.parametrize("ending", ["png", "webp"])
def test_other_programs_read_the_metadata(ending: str, folder: Path, tmp_path: Path) -> None:
    from boximator.provenance.metadata import packet, write_metadata

    path = tmp_path / f"b.{ending}"
    Image.fromarray(np.zeros((31, 40, 3), np.uint8)).save(path)
    write_metadata(path, packet(base="pocket & more", marks="on", prompt=None))
    with Image.open(path) as picture:
        picture.load()
        assert picture.size == (40, 31)
        assert b"trainedAlgorithmicMedia" in bytes(str(picture.info.get("xmp")), "utf-8")
    assert read_metadata(path.read_bytes()).made_by_ai


def test_the_chunk_of_a_png_is_whole(folder: Path) -> None:
    content = (folder / "a.png").read_bytes()
    start = content.index(b"iTXt")
    length = int.from_bytes(content[start - 4 : start], "big")
    chunk = content[start : start + 4 + length]
    assert int.from_bytes(content[start + 4 + length : start + 8 + length], "big") == zlib.crc32(chunk)
