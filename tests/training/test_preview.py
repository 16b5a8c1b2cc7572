from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_runs import NoWords, tiny_base
from torch import nn

from boximator.data.example import Batch
from boximator.data.stream import StreamConfig, make_batch
from boximator.provenance.label import banded
from boximator.provenance.marks import LAYERS, SHEET_PSNR
from boximator.provenance.verify import Verdict, verify
from boximator.training import preview
from boximator.training.preview import (
    colour_flow,
    planned,
    preview_batch,
    sample_motion,
    write_box_preview,
    write_preview,
)
from boximator.training.weights import fresh_adapter


@pytest.fixture(autouse=True)
def two_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "TextEncoder", NoWords)
    monkeypatch.setattr(preview, "preview_batch", lambda: preview_batch(rows=2))


def test_previews_show_clips_that_training_never_sees() -> None:
    batch = preview_batch(rows=2)
    wanted = make_batch(
        StreamConfig(batch=2, split="heldout", textless=0, perturb=0, last=0), step=0, text=NoWords()
    )
    assert torch.equal(batch.picture, wanted.picture)
    assert all(batch.captions)
    assert not batch.last.any()


def test_flow_is_drawn_with_direction_as_hue_and_length_as_brightness() -> None:
    flow = torch.zeros(2, 1, 4)
    flow[0, 0] = torch.tensor([0.0, 0.1, 0.2, -0.2])
    none, short, long, back = colour_flow(flow)[0]
    assert none.max() == 0
    assert 0 < short.max() < long.max()
    assert short.argmax() == long.argmax() != back.argmax()


def test_planned_boxes_are_as_a_person_gives_them() -> None:
    batch: Batch = preview_batch(rows=2)
    told = planned(batch)
    last = batch.boxes.shape[1] - 1
    assert told.hard[:, [0, last]].all()
    assert not told.hard[:, 1:last].any()
    assert torch.equal(told.boxes[:, [0, last]], batch.boxes[:, [0, last]])
    middle = (batch.boxes[:, 0] + (batch.boxes[:, last] - batch.boxes[:, 0]) * 5 / last)[batch.present]
    wide = told.boxes[:, 5][batch.present]
    torch.testing.assert_close(wide[:, 0], (middle[:, 0] - 1 / 9).clamp(0, 1))
    torch.testing.assert_close(wide[:, 3], (middle[:, 3] + 1 / 9).clamp(0, 1))
    assert torch.equal(told.present, batch.present[:, None].expand(-1, last + 1, -1))


def test_a_seed_is_a_motion() -> None:
    base, batch = tiny_base(), preview_batch(rows=2)
    with torch.no_grad():
        first, again, other = (sample_motion(base, batch=batch, steps=2, seed=seed) for seed in (0, 0, 1))
    assert first.flow.shape == batch.flow.shape
    assert torch.equal(first.flow, again.flow)
    assert not torch.equal(first.flow, other.flow)


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """What the pictures show before they are marked: strips of 64 rows, newest last."""
    kept: list[np.ndarray] = []

    def note(frames: np.ndarray) -> np.ndarray:
        kept.append(frames[0].reshape(-1, 64, frames.shape[2], 3))
        return banded(frames)

    monkeypatch.setattr(preview, "banded", note)
    return kept


def test_truth_stands_above_the_sample(tmp_path: Path, drawn: list[np.ndarray]) -> None:
    base = tiny_base()
    write_preview(base, tmp_path / "new" / "1.png")
    (shown,) = drawn
    assert shown.shape[2] == 11 * 64
    assert len(shown) == 4
    assert not np.array_equal(shown[0], shown[1])
    assert base.training, "a preview in the middle of training leaves it in training"


def test_samples_say_what_they_are_and_the_label_covers_none(tmp_path: Path, drawn: list[np.ndarray]) -> None:
    write_preview(tiny_base(), tmp_path / "1.png")
    answer = verify(tmp_path / "1.png")
    assert answer.verdict is Verdict.INTACT, answer.sentences()
    assert answer.found == LAYERS
    file = np.asarray(Image.open(tmp_path / "1.png").convert("RGB")).astype(float)
    shown = np.concatenate(drawn[0]).astype(float)
    assert file.shape[1] == shown.shape[1]
    most = 255**2 / 10 ** ((SHEET_PSNR - 0.5) / 10)
    assert np.square(file[: len(shown)] - shown).mean() < most, "the watermark only"


def test_a_fresh_adapters_boxes_change_nothing_and_a_trained_ones_do(
    tmp_path: Path, drawn: list[np.ndarray]
) -> None:
    base = tiny_base()
    adapter = fresh_adapter(base, seed=0)
    with adapter.attached(base.transformer):
        write_box_preview(base, adapter, tmp_path / "fresh.png")
        nn.init.normal_(adapter.gated_layers[0].output.weight)
        write_box_preview(base, adapter, tmp_path / "trained.png")
    fresh, later = drawn
    assert len(fresh) == len(later) == 6
    assert np.array_equal(fresh[1], fresh[2])
    assert not np.array_equal(later[1], later[2])
    assert np.array_equal(fresh[[0, 3]], later[[0, 3]]), "the truth is the truth"
