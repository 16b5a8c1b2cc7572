from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.scene.embedded import embedded, embedded_bytes, is_embedded
from boximator.scene.problem import Problem


@given(st.binary(max_size=200), st.sampled_from(["png", "jpeg", "webp"]))
def test_what_is_embedded_comes_back(data: bytes, kind: str) -> None:
    picture = embedded(data, kind=kind)
    assert is_embedded(picture)
    assert embedded_bytes(picture) == data


@pytest.mark.parametrize("name", ["photo.jpg", "data.png", "folder/data:image.png"])
def test_a_file_name_is_not_a_picture(name: str) -> None:
    assert not is_embedded(name)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        ("data:text/html;base64,AAAA", "data:text/html"),
        ("data:image/svg+xml,<svg/>", "data:image/svg"),
        ("data:image/png;base64,AAA", "damaged"),
        ("data:image/png;base64,%%%%", "damaged"),
    ],
)
def test_other_urls_and_damage_are_said_in_words(picture: str, words: str) -> None:
    with pytest.raises(Problem, match="embedded picture") as caught:
        embedded_bytes(picture)
    assert words in str(caught.value)
