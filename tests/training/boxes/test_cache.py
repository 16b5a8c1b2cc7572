from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from boximator.training.boxes.cache import Cache, content_key


def test_a_key_is_of_the_content() -> None:
    film = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    key = content_key(film, {"caption": "a sheep"})
    assert key == content_key(film.copy(), {"caption": "a sheep"})
    others = [film.reshape(3, 2, 4), film.astype(np.int32), film + 1]
    assert len({key, *(content_key(other, {"caption": "a sheep"}) for other in others)}) == 4
    assert content_key(film, {"caption": "a goat"}) != key


def test_what_is_put_comes_back(tmp_path: Path) -> None:
    kept = Cache(tmp_path / "cache")
    tensors = {"clean": torch.randn(2, 3), "mask": torch.tensor([True, False])}
    key = content_key("this")
    assert not kept.has(key)
    kept.put(key, tensors)
    assert all(torch.equal(kept.get(key)[name], value) for name, value in tensors.items())


def test_a_name_whose_content_is_gone_points_to_nothing(tmp_path: Path) -> None:
    kept = Cache(tmp_path)
    name, key = content_key("name"), content_key("content")
    assert kept.called(name) is None
    kept.call(name, key)
    assert kept.called(name) is None
    kept.put(key, {"clean": torch.zeros(1)})
    assert kept.called(name) == key
