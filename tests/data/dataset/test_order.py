from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from boximator.data.dataset.order import Order

orders = st.builds(Order, clips=st.integers(1, 60), seed=st.integers(0, 1000), block=st.integers(1, 9))


@given(orders, st.integers(0, 4))
def test_every_clip_comes_once_a_turn(order: Order, turn: int) -> None:
    begin = turn * order.clips
    assert sorted(map(order.place, range(begin, begin + order.clips))) == list(range(order.clips))


@given(orders, st.integers(0, 40), st.integers(1, 4), st.integers(1, 4))
def test_what_a_step_takes_does_not_depend_on_who_reads_it(
    order: Order, step: int, ranks: int, share: int
) -> None:
    size = ranks * share
    alone = order.batch(step, size=size)
    spread = [order.batch(step, size=size, rank=rank, ranks=ranks) for rank in range(ranks)]
    assert [spread[number % ranks][number // ranks] for number in range(size)] == alone


@given(orders, st.integers(0, 100))
def test_a_run_that_goes_on_in_the_midst_of_a_turn_sees_what_it_would_have_seen(
    order: Order, at: int
) -> None:
    fresh = Order(order.clips, seed=order.seed, block=order.block)
    assert [fresh.place(at + i) for i in range(5)] == [order.place(number) for number in range(at + 5)][at:]
    assert order.numbered(at) // order.clips == at // order.clips


def test_turns_and_seeds_differ_and_neighbours_stay_near() -> None:
    order = Order(1000, seed=1, block=50)
    first = [order.place(i) for i in range(1000)]
    assert first != [order.place(1000 + i) for i in range(1000)]
    assert first != [Order(1000, seed=2, block=50).place(i) for i in range(1000)]
    assert all(len({clip // 50 for clip in first[i : i + 50]}) == 1 for i in range(0, 1000, 50))
