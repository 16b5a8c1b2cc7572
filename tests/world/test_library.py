from __future__ import annotations

import json
from importlib.resources import files

import numpy as np

from boximator.world.clip import Split
from boximator.world.library import library

ASSETS = files("boximator.world") / "assets"
SPLITS: tuple[Split, Split] = ("train", "heldout")


def rows(name: str) -> list[dict[str, str]]:
    return json.loads((ASSETS / name).read_text(encoding="utf-8"))


def values(name: str, *, field: str, split: str) -> set[str]:
    return {row[field] for row in rows(name) if row["split"] == split}


def test_no_sprite_name_and_no_picture_is_in_both_splits() -> None:
    for name, fields in (
        ("sprites.json", ("name", "file", "sha256")),
        ("backgrounds.json", ("name", "file", "group")),
    ):
        for field in fields:
            train, heldout = (values(name, field=field, split=split) for split in SPLITS)
            assert train
            assert heldout
            assert not train & heldout, f"{name}: {field}"


def test_the_held_out_names_are_those_of_the_list_that_is_checked_in() -> None:
    listed = set((ASSETS / "heldout_names.txt").read_text(encoding="utf-8").split("\n")) - {""}
    assert values("sprites.json", field="name", split="heldout") == listed


def test_a_library_holds_exactly_its_split() -> None:
    for split in SPLITS:
        held = library(split)
        assert {sprite.name for sprite in held.sprites} == values("sprites.json", field="name", split=split)
        assert len(held.sprites) == sum(row["split"] == split for row in rows("sprites.json"))
        assert len(held.backdrops) == sum(row["split"] == split for row in rows("backgrounds.json"))


def test_sprites_are_cut_out_and_backdrops_are_large_enough() -> None:
    held = library("heldout")
    for sprite in held.sprites:
        alpha = sprite.pixels[..., 3]
        assert sprite.pixels.shape[2] == 4
        assert alpha.max() > 127, f"{sprite.name} cannot be seen"
        assert alpha.min() < 128, f"{sprite.name} has no outline"
    assert all(min(drop.pixels.shape[:2]) >= 192 and drop.pixels.shape[2] == 3 for drop in held.backdrops)
    assert all(drop.pixels.dtype == np.uint8 for drop in held.backdrops)


def test_it_is_read_once() -> None:
    assert library("heldout") is library("heldout")
