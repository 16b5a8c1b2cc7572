from __future__ import annotations

from collections import Counter

import pytest
from tiny_stages import case
from torch import nn

from boximator.guidance.sites import sites
from boximator.scene.problem import Problem


@pytest.mark.parametrize(
    ("base", "kinds"),
    [
        ("svd", {"space": 4, "frame_words": 4, "time": 4}),
        ("unet3d", {"space": 4, "frame_words": 4, "time": 14}),
        ("animatediff", {"space": 4, "frame_words": 4, "time": 16}),
        ("wan", {"video": 2, "video_words": 2}),
        ("cogvideox", {"joint": 2}),
        ("pocket", {"video": 1, "video_words": 1}),
    ],
)
def test_attention_is_found_and_told_apart(base: str, kinds: dict[str, int]) -> None:
    found = sites(case(base)[0].stage.denoisers[0])
    counts = Counter(site.kind for site in found)
    assert set(counts) == set(kinds)
    assert counts["space"] == counts["frame_words"]
    assert len({site.path for site in found}) == len(found)
    assert {site.path for site in found if ".motion_modules." in site.path or ".temp_" in site.path} <= {
        site.path for site in found if site.kind == "time"
    }


def test_a_network_without_attention_that_is_known_is_refused() -> None:
    with pytest.raises(Problem, match="Linear"):
        sites(nn.Linear(2, 2))
