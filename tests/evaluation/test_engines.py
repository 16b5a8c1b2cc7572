from __future__ import annotations

import pytest

from boximator.evaluation.engines import Chosen, check
from boximator.scene.problem import Problem


@pytest.mark.parametrize(
    ("base", "method", "words"), [("sketch", "adapter", "pocket"), ("pocket", "magic", "adapter")]
)
def test_unknown_names_are_refused_with_the_known_ones(base: str, method: str, words: str) -> None:
    with pytest.raises(Problem, match=words):
        check(Chosen(base=base, method=method, steps=4))


def test_known_names_pass() -> None:
    check(Chosen(base="pocket", method="adapter", steps=4))
