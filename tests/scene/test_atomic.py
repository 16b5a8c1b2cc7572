from __future__ import annotations

import pathlib
import stat

import pytest

from boximator.scene.atomic import appearing
from boximator.scene.problem import Problem


def test_the_file_appears_when_the_block_ends_and_not_before(tmp_path: pathlib.Path) -> None:
    target = tmp_path / "result.txt"
    with appearing(target) as temporary:
        temporary.write_text("whole")
        assert not target.exists()
        assert temporary.parent == target.parent
        assert temporary.suffix == ".txt"
    assert target.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_what_stood_there_stays_when_the_block_fails(
    tmp_path: pathlib.Path, stop: type[BaseException]
) -> None:
    target = tmp_path / "result.txt"
    target.write_text("old")

    def write_half() -> None:
        with appearing(target) as temporary:
            temporary.write_text("half")
            raise stop

    with pytest.raises(stop):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_stopped_right_after_it_was_made_it_leaves_nothing(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("boximator.scene.atomic.os.close", close)
    with pytest.raises(KeyboardInterrupt), appearing(tmp_path / "result"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_others_may_read_it_as_any_new_file(tmp_path: pathlib.Path) -> None:
    (tmp_path / "plain").write_text("")
    with appearing(tmp_path / "result") as temporary:
        temporary.write_text("")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "result")}
    assert len(modes) == 1


def test_a_place_that_cannot_be_written_to_is_a_problem(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "nowhere/result", tmp_path, tmp_path / "file/result"):
        with pytest.raises(Problem), appearing(target):
            pass
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_full_disk_is_a_problem_and_leaves_nothing(tmp_path: pathlib.Path) -> None:
    with pytest.raises(Problem, match="No space left"), appearing(tmp_path / "result"):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []
