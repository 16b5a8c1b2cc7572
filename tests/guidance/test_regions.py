from __future__ import annotations

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given
from tiny_stages import moving

from boximator.guidance.regions import bell, covered, objects, track_boxes
from boximator.scene.plan import plan
from boximator.scene.problem import Problem
from boximator.scene.scene import Scene

SHOWN = torch.tensor([True])
edges = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)
boxes = st.tuples(edges, edges).map(lambda e: torch.tensor([[e[0][0], e[1][0], e[0][1], e[1][1]]]))
grids = st.tuples(st.integers(1, 12), st.integers(1, 12))


@given(boxes, grids)
def test_a_box_covers_a_rectangle_of_its_size_and_never_nothing(
    box: torch.Tensor, grid: tuple[int, int]
) -> None:
    cells = covered(box, shown=SHOWN, grid=grid)[0]
    assert cells.any()
    down, across = cells.any(dim=1).sum(), cells.any(dim=0).sum()
    assert cells.sum() == down * across
    for count, low, high, size in ((across, 0, 2, grid[1]), (down, 1, 3, grid[0])):
        assert abs(float(count) - float(box[0, high] - box[0, low]) * size) <= 1 + 1e-4


@given(boxes, grids)
def test_a_bell_is_inside_its_box_and_highest_in_the_middle(box: torch.Tensor, grid: tuple[int, int]) -> None:
    weights, cells = bell(box, shown=SHOWN, grid=grid)[0], covered(box, shown=SHOWN, grid=grid)[0]
    assert (weights[~cells] == 0).all()
    assert (weights <= 1).all()


def test_a_bell_falls_to_its_sides_as_a_third_of_them_says() -> None:
    weights = bell(torch.tensor([[0.0, 0.0, 1.0, 1.0]]), shown=SHOWN, grid=(301, 301))[0]
    assert weights[150, 150] == pytest.approx(1.0)
    assert weights[150, 250] == pytest.approx(0.6071, abs=0.01)  # one deviation
    assert weights[150, 0] == pytest.approx(0.3247, abs=0.01)  # one and a half


def test_an_absent_box_covers_nothing() -> None:
    box = torch.tensor([[0.2, 0.2, 0.6, 0.6]])
    assert not covered(box, shown=torch.tensor([False]), grid=(4, 4)).any()


def test_objects_are_slots_with_a_box() -> None:
    wanted = moving(5)
    assert objects(wanted) == objects(wanted, first=True) == (0,)
    found, shown = track_boxes(wanted, slot=0)
    assert shown.all()
    assert found[0].tolist() == [0.0, 0.25, 0.5, 0.75]
    with pytest.raises(Problem, match="first frame"):
        objects(plan(Scene(prompt="", frames=5)), first=True)
