from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from boximator.training.recipes import pocket_base, pocket_boxes, pocket_joint
from boximator.training.run import Run


@pytest.mark.parametrize("recipe", [pocket_base, pocket_boxes, pocket_joint])
def test_a_recipe_is_a_whole_frozen_run_on_the_training_split(recipe: object) -> None:
    assert callable(recipe)
    run = recipe(Path("runs/here"), steps=300, seed=4)
    assert isinstance(run, Run)
    assert (run.folder, run.steps, run.seed, run.stream.seed) == (Path("runs/here"), 300, 4, 4)
    assert run.stream.split == "train"
    assert run.optim.warmup + run.optim.cooldown < run.steps
    with pytest.raises(FrozenInstanceError):
        run.steps = 5  # pyright: ignore[reportAttributeAccessIssue] - that it cannot be set is the point


def test_a_base_and_its_boxes_learn_from_other_clips() -> None:
    seeds = {recipe(Path("a")).stream.seed for recipe in (pocket_base, pocket_joint, pocket_boxes)}
    assert len(seeds) == 3
