from __future__ import annotations

import pickle

import pytest

from boximator.scene.problem import MOST_SHOWN, Fault, ManyProblems, Problem, shortened

PROBLEM = Problem(given="The box is upside down", wanted="y0 <= y1.", fix="Swap them!")


def test_it_says_what_was_given_what_is_wanted_and_what_to_do_in_sentences() -> None:
    assert str(PROBLEM) == "The box is upside down. y0 <= y1. Swap them!"
    assert isinstance(PROBLEM, ValueError)


@pytest.mark.parametrize("problem", [PROBLEM, ManyProblems("a.json", (Fault("seed", PROBLEM),))])
def test_it_survives_the_way_home_from_another_process(problem: Problem) -> None:
    back = pickle.loads(pickle.dumps(problem))
    assert type(back) is type(problem)
    assert str(back) == str(problem)


def test_many_problems_are_one_line_each_with_their_places() -> None:
    text = str(ManyProblems("a.json", (Fault("", PROBLEM), Fault("tracks[0].box", PROBLEM))))
    assert text.splitlines() == [
        "a.json has 2 problems:",
        f"  {PROBLEM}",
        f"  tracks[0].box: {PROBLEM}",
    ]


def test_a_file_of_rubbish_does_not_fill_the_screen() -> None:
    lines = str(ManyProblems("a.json", (Fault("x", PROBLEM),) * 1000)).splitlines()
    assert len(lines) == MOST_SHOWN + 2
    assert lines[-1] == f"  and {1000 - MOST_SHOWN} more"


def test_values_are_shown_as_json_writes_them_and_cut() -> None:
    assert [shortened(value) for value in ("a", None, True, [1.5])] == ['"a"', "null", "true", "[1.5]"]
    assert len(shortened("a" * 1000)) == 60
    shortened("\ud800").encode()
