from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from boximator.control.origin import origin, weights_mark


def linear(*, loaded_from: str | Path | None = None) -> nn.Linear:
    made = nn.Linear(3, 2)
    nn.init.constant_(made.weight, 0.5)
    nn.init.zeros_(made.bias)
    made.config = SimpleNamespace(_name_or_path=loaded_from)  # pyright: ignore[reportArgumentType]
    return made


def test_other_weights_have_another_mark() -> None:
    one, other = linear(), linear()
    assert weights_mark(one) == weights_mark(other)
    with torch.no_grad():
        other.weight[1, 2] += 1e-3
    assert weights_mark(one) != weights_mark(other)
    assert weights_mark(one) != weights_mark(one.to(torch.bfloat16))


def test_what_was_built_in_code_has_no_name() -> None:
    assert origin(object(), denoiser=linear()) == (None, None)


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("told", ["videos/svd", "videos/svd/unet"])
def test_a_folder_is_named_without_where_it_lies(
    tmp_path: Path, told: str, kind: Callable[[Path], str | Path]
) -> None:
    (tmp_path / told).mkdir(parents=True)
    name, revision = origin(object(), denoiser=linear(loaded_from=kind(tmp_path / told)))
    assert name == "svd"
    assert revision is not None
    assert revision.startswith("weights-")


def test_the_hubs_commit_is_the_revision() -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    denoiser = linear(loaded_from=f"/cache/models--Some--Video/snapshots/{commit}/unet")
    pipe = SimpleNamespace(config=SimpleNamespace(_name_or_path="Some/Video"))
    assert origin(pipe, denoiser=denoiser) == ("Some/Video", commit)
    assert origin(object(), denoiser=denoiser) == ("Some/Video", commit)
