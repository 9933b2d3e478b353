from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.book.timeline import Blame, Difference, Taker, Timeline, overdrawn


def test_move_given_a_fact_before_a_count_then_only_the_next_count_changes() -> None:
    line = Timeline()
    assert line.move(10, 100) is None
    assert line.count(20, id="a", counted=90) == [Difference("a", 20, -10)]
    assert line.count(40, id="b", counted=95) == [Difference("b", 40, 5)]
    assert line.move(15, -7) == Difference("a", 20, 7)
    assert line.move(20, -1) == Difference("a", 20, 1)
    assert line.move(21, 2) == Difference("b", 40, -2)
    assert line.balance == 95


def test_count_given_before_another_then_the_other_takes_what_it_found() -> None:
    line = Timeline(100)
    line.count(40, id="b", counted=95)
    assert line.count(20, id="a", counted=90) == [Difference("a", 20, -10), Difference("b", 40, 10)]
    assert line.withdraw(20, id="a") == [Difference("a", 20, 10), Difference("b", 40, -10)]
    assert line.withdraw(40, id="b") == [Difference("b", 40, 5)]
    assert line.balance == 100


def test_count_given_what_the_book_says_then_no_difference_and_still_withdrawn() -> None:
    line = Timeline(100)
    assert line.count(20, id="a", counted=100) == []
    assert line.move(10, 5) == Difference("a", 20, -5)
    assert line.withdraw(20, id="a") == [Difference("a", 20, 5)]
    assert line.balance == 105


STEPS = st.lists(st.tuples(st.integers(0, 9), st.integers(-9, 9), st.booleans()), max_size=12)


@given(STEPS, st.permutations(range(12)))
def test_law_timeline_then_the_same_whatever_the_order(steps: list[tuple[int, int, bool]], order: list[int]) -> None:
    def made(numbers: list[int]) -> Timeline:
        line = Timeline()
        for number in numbers:
            at, quantity, is_count = steps[number]
            if is_count:
                line.count(at, id=str(number), counted=abs(quantity))
            else:
                line.move(at, quantity)
        return line

    there = [number for number in order if number < len(steps)]
    assert list(made(there).instants()) == list(made(sorted(there)).instants())


@pytest.mark.parametrize(
    ("entries", "takers", "blames"),
    [
        ([(10, 5), (20, -6)], [Taker(20, 0, 1)], [Blame(1, 20, -1)]),
        ([(10, -6), (10, 6)], [Taker(10, 0, 1)], []),
        ([(10, -6), (11, 6)], [Taker(10, 0, 1)], [Blame(1, 10, -6)]),
        ([(5, 9), (10, -6), (20, -6)], [Taker(10, 0, 1)], [Blame(1, 20, -3)]),
        ([(10, -6), (20, -6)], [Taker(20, 0, 2)], [Blame(2, 20, -12)]),
        ([(10, -6), (20, 3)], [], []),
        ([(5, 6), (10, -6), (20, -6), (30, -1)], [Taker(10, 0, 1), Taker(20, 0, 2)], [Blame(2, 20, -6)]),
    ],
)
def test_overdrawn_given_what_was_taken_then_who_took_what_was_not_there(
    entries: list[tuple[int, int]], takers: list[Taker], blames: list[Blame]
) -> None:
    line = Timeline()
    for at, quantity in entries:
        line.move(at, quantity)
    assert overdrawn(line, takers) == blames


def test_overdrawn_given_a_count_between_then_what_lacks_behind_it_is_not_the_fault_of_those_before() -> None:
    line = Timeline(10)
    line.move(30, -60)
    line.count(20, id="a", counted=50)
    line.move(10, -5)
    assert overdrawn(line, [Taker(10, 0, 1)]) == []
    assert overdrawn(line, [Taker(10, 0, 1), Taker(20, 1, 2)]) == [Blame(2, 30, -10)]
