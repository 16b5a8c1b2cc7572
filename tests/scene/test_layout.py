from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from boximator.scene.layout import laid_out

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_it_changes_no_value(value: object) -> None:
    assert json.loads(laid_out(value)) == value


def test_lists_of_numbers_and_of_points_are_one_line() -> None:
    text = laid_out({"box": [0.1, -2, 3e-7], "points": [[0, 1], [2, 3]], "words": ["a", "b"]})
    assert '"box": [0.1, -2, 3e-07],\n' in text
    assert '"points": [[0, 1], [2, 3]],\n' in text
    assert '"words": [\n' in text


def test_words_that_look_like_lists_are_left_alone() -> None:
    assert json.loads(laid_out(["[\n  1,\n  2\n]"])) == ["[\n  1,\n  2\n]"]
