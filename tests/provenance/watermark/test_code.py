from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boximator.provenance.watermark.code import SIGNS, decoded, encoded

payloads = st.integers(0, 2**64 - 1)


@given(payloads)
def test_what_is_written_is_read(payload: int) -> None:
    said = decoded(encoded(payload).astype(float))
    assert (said.payload, said.valid) == (payload, True)


@given(payloads, st.integers(0, 1000))
def test_a_fifth_of_the_signs_may_be_wrong(payload: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    soft = encoded(payload) * np.where(rng.random(SIGNS) < 0.2, -1.0, 1.0)
    assert decoded(soft).payload == payload


def test_noise_is_no_mark() -> None:
    rng = np.random.default_rng(0)
    assert not any(decoded(rng.normal(size=SIGNS)).valid for _ in range(300))


def test_only_64_bits_are_taken() -> None:
    with pytest.raises(ValueError, match="64 bits"):
        encoded(1 << 64)
