from __future__ import annotations

import pytest

from boximator.annotate.phrases import noun_phrases
from boximator.annotate.vocabulary import NAMES, class_of


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("a small puppy", "dog"),
        ("two women", "person"),
        ("jet plane", "airplane"),
        ("parked cars", "car"),
        ("knives", "knife"),
        ("hot dog", "hot dog"),
        ("fire hydrant", "fire hydrant"),
        ("a dragon", None),
        ("teddy", None),
        ("dog house", None),
        ("", None),
    ],
)
def test_a_phrase_is_a_class_by_its_head_or_nothing(phrase: str, name: str | None) -> None:
    assert class_of(phrase) == name


def test_there_are_eighty_classes_and_each_is_its_own_but_for_the_mouse() -> None:
    assert len(set(NAMES)) == 80
    assert [name for name in NAMES if class_of(name) != name] == ["mouse"]
    assert class_of("mouse") is None
    assert class_of("two wireless mice") == "mouse"


def test_phrases_of_a_sentence() -> None:
    said = noun_phrases("A young man in a white shirt is riding a brown horse, slowly, past the old barn.")
    assert said == ("young man", "white shirt", "brown horse", "old barn")
