from __future__ import annotations

from pathlib import Path

import pytest

from boximator.provenance.certificate import CHAIN, KEY, identity
from boximator.scene.problem import Problem


def test_a_chain_is_made_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXIMATOR_CONFIG", str(tmp_path))
    first = identity()
    assert identity() == first
    assert (tmp_path / "signing" / KEY).stat().st_mode & 0o777 == 0o600
    assert first.chain.count(b"BEGIN CERTIFICATE") == 2


def test_own_certificates_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXIMATOR_CONFIG", str(tmp_path))
    made = identity()
    folder = tmp_path / "signing"
    monkeypatch.setenv("BOXIMATOR_CONFIG", str(tmp_path / "other"))
    assert identity(certificate=folder / CHAIN, key=folder / KEY) == made
    with pytest.raises(Problem, match="both"):
        identity(certificate=folder / CHAIN)
    with pytest.raises(Problem, match="cannot be read"):
        identity(certificate=tmp_path / "none", key=folder / KEY)
