"""The adapter, on a tiny network with VideoSeal's interface and random weights that hide what they are told to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from photo_films import film

from boximator.provenance.about import About
from boximator.provenance.marks import Marks, write_marked
from boximator.provenance.verify import Verdict, verify
from boximator.provenance.watermark.videoseal import BITS, VideoSeal, message, payload_of
from boximator.scene.problem import Problem

PAYLOAD = 0xFEDCBA9876543210


class Tiny(torch.nn.Module):
    """One random pattern of 32 x 32 for each bit: laid over the picture, and looked for in it."""

    def __init__(self) -> None:
        super().__init__()
        patterns = torch.linalg.qr(torch.randn(1024, BITS, generator=torch.Generator().manual_seed(0)))[0]
        self.patterns = torch.nn.Parameter(patterns.T.reshape(BITS, 32, 32))

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return image

    @torch.jit.export
    def embed(self, image: torch.Tensor, bits: torch.Tensor) -> torch.Tensor:
        pattern = torch.einsum("bn,nhw->bhw", 2 * bits - 1, self.patterns)[:, None]
        size = [image.shape[2], image.shape[3]]
        return image + 0.08 * torch.nn.functional.interpolate(pattern, size, mode="nearest")

    @torch.jit.export
    def detect(self, image: torch.Tensor) -> torch.Tensor:
        grey = torch.nn.functional.adaptive_avg_pool2d(image.mean(dim=1, keepdim=True), (32, 32))[:, 0]
        smooth = torch.nn.functional.avg_pool2d(grey[:, None], 3, 1, 1, False, False)[:, 0]
        values = torch.einsum("bhw,nhw->bn", grey - smooth, self.patterns)
        return torch.cat([values[:, :1] * 0, values], dim=1)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("seal") / "tiny.jit"
    torch.jit.script(Tiny()).save(str(path))
    return path


@pytest.fixture(scope="module")
def network(file: Path) -> VideoSeal:
    return VideoSeal(file)


def test_what_is_written_is_read(network: VideoSeal) -> None:
    plain = np.full((6, 96, 128, 3), 120, np.uint8)
    marked = network.embedded(plain, PAYLOAD)
    assert marked.shape == plain.shape
    assert (marked != plain).any(axis=(1, 2, 3)).all()
    assert network.detect(marked) == PAYLOAD
    assert network.detect(marked[4:5]) == PAYLOAD


def test_frames_without_a_mark_have_none(network: VideoSeal) -> None:
    assert network.detect(film(rows=96, columns=128)) is None


def test_the_change_of_one_frame_is_carried_on(network: VideoSeal) -> None:
    plain = np.full((5, 64, 64, 3), 100, np.uint8)
    plain[1] = 140
    change = network.embedded(plain, PAYLOAD).astype(int) - plain
    assert (change[1] == change[0]).all()


@given(st.integers(0, 2**64 - 1), st.integers(0, 255))
def test_the_message_survives_single_wrong_bits(payload: int, wrong: int) -> None:
    values = 2.0 * message(payload) - 1
    values[wrong] *= -0.9
    assert payload_of(values) == payload
    assert payload_of(np.random.default_rng(wrong).normal(size=256)) is None


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.jit").write_bytes(b"no network")
    for name in ("no.jit", "none.jit"):
        with pytest.raises(Problem, match="cannot be loaded"):
            VideoSeal(tmp_path / name)


def test_files_are_marked_and_verified_by_it(file: Path, tmp_path: Path) -> None:
    plain = np.full((2, 96, 128, 3), 120, np.uint8)
    about = About(seed=1)
    write_marked(plain, tmp_path / "a.mp4", fps=8, about=about, marks=Marks(videoseal=file, label=False))
    answer = verify(tmp_path / "a.mp4", videoseal=file)
    assert answer.watermark.by == "videoseal"
    assert answer.watermark.payload == about.number()
    assert answer.verdict is Verdict.INTACT
    assert verify(tmp_path / "a.mp4").verdict is Verdict.MISSING
