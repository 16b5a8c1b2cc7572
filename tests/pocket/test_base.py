from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers import WanTransformer3DModel

from boximator.pocket.base import PARTS, PocketBase, PocketSize, build, load, save
from boximator.pocket.layout import CELL, FRAMES, PACK, STATE_CHANNELS
from boximator.pocket.text import WIDTH
from boximator.scene.problem import Problem

CHANNELS, LATENTS = STATE_CHANNELS * PACK, (FRAMES - 1) // PACK


def given(rows: int = 4, columns: int = 8) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {
        "state": torch.randn(2, CHANNELS, LATENTS, rows, columns, generator=generator),
        "picture": torch.randn(2, 3, rows * CELL, columns * CELL, generator=generator),
        "last": torch.zeros(2, 4, rows, columns),
        "text": torch.randn(2, 3, WIDTH, generator=generator),
        "times": torch.tensor([1.0, 0.3]),
    }


def run(base: PocketBase, told: dict[str, torch.Tensor]) -> torch.Tensor:
    features = base.features(told["picture"], last=told["last"])
    return base(told["state"], times=told["times"], features=features, text=told["text"])


def test_it_gives_a_state_like_the_one_it_gets(tiny_base: PocketBase) -> None:
    assert run(tiny_base, given()).shape == given()["state"].shape
    assert run(tiny_base, given(8, 4)).shape == given(8, 4)["state"].shape


@pytest.mark.parametrize("name", ["state", "picture", "last", "text", "times"])
def test_everything_it_is_told_changes_the_answer_of_that_video_only(
    tiny_base: PocketBase, name: str
) -> None:
    plain, told = run(tiny_base, given()), given()
    told[name] = told[name].clone()
    told[name][0] += 0.5
    changed = run(tiny_base, told)
    assert (changed[0] - plain[0]).abs().max() > 1e-4
    torch.testing.assert_close(changed[1], plain[1])


def test_its_transformer_is_diffusers_own(tiny_base: PocketBase) -> None:
    assert type(tiny_base.transformer) is WanTransformer3DModel


def test_saved_and_loaded_it_answers_the_same(tiny_base: PocketBase, tmp_path: Path) -> None:
    save(tiny_base, folder=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"picture_encoder", "transformer", "refiner"}
    assert (tmp_path / "transformer" / "config.json").is_file()
    assert torch.equal(run(load(tmp_path).eval(), given()), run(tiny_base, given()))


def test_half_precision_on_disk_is_single_precision_in_memory(tiny_base: PocketBase, tmp_path: Path) -> None:
    plain = run(tiny_base, given())
    save(tiny_base.half(), folder=tmp_path)
    loaded = load(tmp_path).eval()
    assert {weight.dtype for weight in loaded.parameters()} == {torch.float32}
    torch.testing.assert_close(run(loaded, given()), plain, atol=0.02, rtol=0.02)


def test_the_global_seed_decides_its_weights() -> None:
    size = PocketSize(width=24, heads=2, layers=1, feed_forward=32, picture=8, spare=2)
    made: list[torch.Tensor] = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        made.append(torch.cat([weight.flatten() for weight in build(size).parameters()]))
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0], made[2])


@pytest.mark.parametrize("missing", PARTS)
def test_a_part_that_is_missing_is_named(missing: str, tmp_path: Path) -> None:
    for part in set(PARTS) - {missing}:
        (tmp_path / part).mkdir()
        (tmp_path / part / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Problem, match=missing):
        load(tmp_path)
