from __future__ import annotations

from boximator.guidance.words import words_of


def test_a_phrases_tokens_are_found_wherever_they_occur() -> None:
    found = words_of([1, 7, 8, 9, 7, 2], phrases=[[7, 8], [5]], count=10)
    assert found.subjects == ((1, 2, 4), ())
    assert found.used == 6
    assert found.table().nonzero().tolist() == [[0, 1], [0, 2], [0, 4]]


def test_padding_goes_with_named_objects_only() -> None:
    table = words_of([1, 7, 2], phrases=[[7], [5]], count=6).table(trailing=2)
    assert table.tolist() == [[False, True, False, True, True, False], [False] * 6]


def test_what_is_not_read_is_not_found() -> None:
    assert words_of([1, 2, 3, 7], phrases=[[7]], count=3).subjects == ((),)
