"""The page of proofs is whole, and its cells say what happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs import CHECKS, FAMILIES, context_parallelism, told
from tiny_base import TinyBase
from tiny_bases import BASES

from boximator.bases.index import FAMILIES as KNOWN

PAGE = Path(__file__).parents[2] / "docs/proofs.md"


def page() -> dict[str, list[str]]:
    """The table's cells, by the first of each row."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    split = ([cell.strip() for cell in line.split("|")] for line in lines)
    return {cells[1]: cells[2:-1] for cells in split if len(cells) > 1}


@pytest.mark.parametrize("promise", CHECKS)
@pytest.mark.parametrize("family", FAMILIES)
def test_what_the_page_says_is_so(family: str, promise: str) -> None:
    """Every cell is tried again. A base's own reason may be worded otherwise by another version of diffusers."""
    cell = told(CHECKS[promise], BASES[family], reasons=[])
    written = page()[promise][FAMILIES.index(family)]
    assert (cell if cell in ("yes", "refused") else cell[0]) == (
        written if written in ("yes", "refused") else "("
    )


def test_the_page_has_every_family_and_every_promise_and_no_failure() -> None:
    rows = page()
    assert list(rows) == ["", "---", *CHECKS]
    assert rows[""] == list(FAMILIES)
    assert all(cell in ("yes", "refused") or cell.startswith("(") for name in CHECKS for cell in rows[name])
    assert {BASES[name]().address.family for name in FAMILIES} == set(KNOWN) - {"pocket"}


def test_a_cell_says_what_happened() -> None:
    def wrong(base: TinyBase) -> None:
        raise AssertionError

    reasons: list[str] = []
    assert told(context_parallelism, BASES["latte"], reasons=reasons) == "refused"
    assert told(wrong, BASES["latte"], reasons=reasons) == "**NO**"
    assert told(lambda base: None, BASES["latte"], reasons=reasons) == "yes"
    assert told(CHECKS["LoRA before or after"], BASES["latte"], reasons=reasons) == "(1)"
    assert reasons == ["its class takes none"]
