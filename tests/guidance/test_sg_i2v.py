from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from tiny_stages import case, fresh

from boximator.guidance import sg_i2v
from boximator.guidance.features import Features, feature_sites
from boximator.guidance.sg_i2v import SgI2v, mismatch


@pytest.mark.parametrize(("base", "path"), [("svd", "up_blocks.1."), ("wan-i2v", "blocks.1.")])
def test_features_are_those_of_late_layers(base: str, path: str) -> None:
    found = feature_sites(case(base)[0].stage.denoisers[0])
    assert found
    assert all(site.path.startswith(path) for site in found)


@pytest.mark.parametrize("base", ["svd", "wan-i2v", "pocket"])
def test_features_in_the_boxes_come_nearer_to_frame_0s(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = case(base)
    losses: list[float] = []

    def listening(features: Features, **others: Any) -> torch.Tensor:
        loss = mismatch(features, **others)
        losses.append(float(loss))
        return loss

    monkeypatch.setattr(sg_i2v, "mismatch", listening)
    with SgI2v(rate=0.02).guiding(made.stage, ask=fresh(made.ask)) as guided:
        made.run(**guided.arguments)
    rounds = list(batched(losses, size=sg_i2v.UPDATES))
    assert rounds
    for one in rounds:
        assert one[-1] < one[0]


def batched(values: list[float], *, size: int) -> Iterator[list[float]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def test_nothing_is_lacking_where_the_features_have_moved_with_the_box() -> None:
    made, _ = case("animatediff")
    frames, (rows, columns) = made.stage.latents, made.stage.grid
    still = torch.rand(3, rows, columns)
    moved = still.roll((rows // 4, columns // 2), dims=(1, 2))
    standing = Features(frames=still.expand(frames, -1, -1, -1), first=still)
    gone = Features(frames=torch.stack([still] * (frames - 1) + [moved]), first=still)
    lacking = mismatch(standing, stage=made.stage, plan=made.ask.plan)
    assert mismatch(gone, stage=made.stage, plan=made.ask.plan) < lacking
