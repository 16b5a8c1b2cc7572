"""One byte of a signed file is changed, anywhere, or its end is cut: that is told, also if nothing can be decoded."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from photo_films import film
from typer.testing import CliRunner

from boximator.cli.app import app
from boximator.provenance.about import About
from boximator.provenance.form import traced
from boximator.provenance.kind import kind_of, nearly
from boximator.provenance.manifest import OTHER_FORM, read_signature
from boximator.provenance.marks import write_marked
from boximator.provenance.stills import stills
from boximator.provenance.verify import Verdict, verify, verify_bytes

KINDS = ("mp4", "gif", "png", "webp")
CHANGED = "The file was changed after it was signed"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A marked file of each kind. The picture it began with was signed, too, so that each holds two manifests."""
    folder, frames = tmp_path_factory.mktemp("signed"), film(rows=96, columns=128, frames=3)
    about = About(base="pocket", seed=3, picture=next(stills(frames[:1], fps=8, ending=".png")))
    for kind in KINDS[:3]:
        write_marked(frames, folder / f"a.{kind}", fps=8, about=about)
    (folder / "a.webp").write_bytes(next(stills(frames[:1], fps=8, about=about)))
    return {kind: (folder / f"a.{kind}").read_bytes() for kind in KINDS}


def flipped(content: bytes, place: int, mask: int) -> bytes:
    return content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]


def judged(content: bytes) -> bool:
    """What `verify` says of the signature of a file, without looking at its pictures: whether it was changed."""
    kind = kind_of(content) or (nearly(content) if traced(content) else None)
    assert kind is not None
    said = read_signature(content, kind=kind)
    return said.found and said.valid is False


@pytest.mark.parametrize("kind", KINDS)
def test_whole_they_are_intact_and_hold_two_manifests(kind: str, files: dict[str, bytes]) -> None:
    assert verify_bytes(files[kind], name="x").verdict is Verdict.INTACT
    assert files[kind].count(b"urn:c2pa:") > 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_byte_at_any_of_twenty_places(kind: str, files: dict[str, bytes], tmp_path: Path) -> None:
    """The command itself, pictures and all: places over the whole file and in its first bytes."""
    content, rng = files[kind], np.random.default_rng(6)
    places = [0, 5, 11, 26, *sorted(rng.integers(0, len(content), 16).tolist())]
    for place, mask in zip(places, rng.integers(1, 256, len(places)).tolist(), strict=True):
        path = tmp_path / f"b.{kind}"
        path.write_bytes(flipped(content, place, mask))
        said = CliRunner().invoke(app, ["verify", str(path), "--json"])
        assert said.exit_code == 5, (place, mask, said.output)
        assert CHANGED in json.loads(said.stdout)["words"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_byte_at_any_of_a_thousand_places(kind: str, files: dict[str, bytes]) -> None:
    """Also in the manifest, of which the signature leaves out three quarters."""
    content, rng = files[kind], np.random.default_rng(7)
    at = content.index(b"c2pa.claim.v2")
    for low, high in ((0, at + 16_000), (0, len(content))):
        places = rng.integers(low, min(high, len(content)), 500).tolist()
        unseen = [
            (place, mask)
            for place, mask in zip(places, rng.integers(1, 256, 500).tolist(), strict=True)
            if not judged(flipped(content, place, mask))
        ]
        assert not unseen


@pytest.mark.parametrize("kind", KINDS)
def test_the_room_behind_the_signature(kind: str, files: dict[str, bytes]) -> None:
    content = files[kind]
    room = content.index(bytes(60), content.rindex(b"c2pa.signature\0")) + 30
    said = verify_bytes(flipped(content, room, 64), name="x")
    assert said.verdict is Verdict.CHANGED
    assert said.signature.failures == (OTHER_FORM,) or kind == "png"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.35, 0.6, 0.9, 0.9999])
def test_a_file_that_was_cut(kind: str, share: float, files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / f"cut.{kind}"
    path.write_bytes(files[kind][: int(share * len(files[kind]))])
    answer = verify(path)
    assert answer.verdict is Verdict.CHANGED
    assert CHANGED in answer.sentences()[-1]
    assert answer.content()["layers"]["signature"]["found"]


def test_what_cannot_be_decoded_is_said_not_to_have_been_looked_at(files: dict[str, bytes]) -> None:
    answer = verify_bytes(files["png"][:-400] + bytes(400), name="x")
    layers = answer.content()["layers"]
    assert [layers[name]["looked_for"] for name in layers] == [False, False, True, True]
    assert "cannot be decoded" in answer.sentences()[0]
    assert "cannot be decoded" in answer.sentences()[1]


def test_metadata_alone_do_not_say_that_it_was_changed(files: dict[str, bytes]) -> None:
    """The manifest gone, the pictures cut: there is a mark of ours, and nothing that could tell of a change."""
    whole = files["png"]
    start = whole.index(b"caBX") - 4
    bare = whole[:start] + whole[start + 12 + int.from_bytes(whole[start : start + 4], "big") :]
    answer = verify_bytes(bare[:-2000], name="x")
    assert answer.verdict is Verdict.MISSING
    assert "likely to be damaged or cut" in answer.sentences()[-1]


def test_a_damaged_manifest_may_hold_anything(files: dict[str, bytes]) -> None:
    """Each letter of its names and numbers: "value", "alg", "blocks", "generation", with a wrong letter."""
    content = files["mp4"]
    for word in (b"value", b"blocks", b"calg", b"actions", b"turned_off", b"digitalSourceType", b"marks"):
        place = content.rindex(word)
        for letter in range(len(word)):
            assert judged(flipped(content, place + letter, 1))
