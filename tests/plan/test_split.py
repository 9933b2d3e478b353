"""Splitting a scarce good: the laws that hold whoever asks for how much."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.plan.split import Request, level, split

PACKS = st.sampled_from([1, 7, 50])


@st.composite
def some(draw: st.DrawFn) -> list[Request]:
    asked = draw(st.lists(st.integers(1, 2_000), min_size=1, max_size=8))
    return [
        Request(f"r{number}", each, draw(st.integers(0, each)), draw(st.integers(0, 500)))
        for number, each in enumerate(asked)
    ]


@given(some(), st.integers(0, 6_000), PACKS)
def test_law_split_given_any_then_it_conserves_and_gives_nobody_more_than_asked(
    requests: list[Request], there: int, pack: int
) -> None:
    found = split(requests, there=there, pack=pack)
    assert all(found[each.key] % pack == 0 for each in requests)
    assert all(0 <= found[each.key] <= each.asked - each.had for each in requests)
    could = sum(each.most(pack) for each in requests)
    assert sum(found.values()) == min(there // pack, could) * pack


@given(some(), st.integers(0, 6_000), PACKS)
def test_law_split_given_any_then_each_has_the_exact_share_rounded_down_or_up(
    requests: list[Request], there: int, pack: int
) -> None:
    found, at = split(requests, there=there, pack=pack), level(requests, there=there // pack * pack, pack=pack)
    for each in requests:
        exact = each.up_to(at, pack) / pack
        assert found[each.key] // pack in (floor(exact), ceil(exact))


@given(some(), st.integers(0, 6_000), PACKS)
def test_law_split_given_any_then_nobody_worse_off_could_have_had_the_last_pack_of_another(
    requests: list[Request], there: int, pack: int
) -> None:
    found, at = split(requests, there=there, pack=pack), level(requests, there=there // pack * pack, pack=pack)
    exact = {each.key: each.up_to(at, pack) for each in requests}
    up = [each for each in requests if found[each.key] > exact[each.key]]
    down = [each for each in requests if found[each.key] < exact[each.key]]
    for low in down:
        for high in up:
            assert high.met(found[high.key] - pack) <= low.met(found[low.key])


@given(some(), st.integers(0, 6_000))
def test_law_split_given_the_smallest_unit_then_who_stands_higher_is_higher_by_less_than_one(
    requests: list[Request], there: int
) -> None:
    found = split(requests, there=there)
    for low in requests:
        for high in requests:
            if found[low.key] < low.asked - low.had and found[high.key]:
                assert high.met(found[high.key] - 1) <= low.met(found[low.key] + 1)


@given(some(), st.integers(0, 6_000), PACKS, st.randoms(use_true_random=False))
def test_law_split_given_another_order_then_the_same(
    requests: list[Request], there: int, pack: int, random: object
) -> None:
    mixed = list(requests)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert split(mixed, there=there, pack=pack) == split(requests, there=there, pack=pack)


@given(some(), st.integers(0, 6_000), PACKS)
def test_law_split_given_more_then_nobody_falls_by_more_than_a_pack(
    requests: list[Request], there: int, pack: int
) -> None:
    less, more = split(requests, there=there, pack=pack), split(requests, there=there + pack, pack=pack)
    assert all(more[each.key] >= less[each.key] - pack for each in requests)


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (0, {"a": 0, "b": 0}),
        (50, {"a": 1, "b": 49}),  # the exact share of a is 0.495: a stands at nothing, and comes first
        (101, {"a": 1, "b": 100}),
        (500, {"a": 1, "b": 100}),
    ],
)
def test_split_given_a_small_and_a_large_request_then_the_small_one_is_not_left_at_nothing(
    there: int, expected: dict[str, int]
) -> None:
    assert split([Request("a", 1), Request("b", 100)], there=there) == expected


def test_split_given_who_stands_alike_to_the_last_then_more_people_come_first() -> None:
    requests = [Request("a", 10, people=5), Request("b", 10, people=50), Request("c", 10, people=50)]
    assert split(requests, there=4) == {"a": 1, "b": 2, "c": 1}


def test_split_given_who_had_a_share_before_then_the_others_are_lifted_first() -> None:
    requests = [Request("a", 100, had=60), Request("b", 100)]
    assert split(requests, there=50) == {"a": 0, "b": 50}
    assert split(requests, there=100) == {"a": 20, "b": 80}
    assert level(requests, there=100) == Fraction(4, 5)


def test_split_given_nobody_asks_then_nothing() -> None:
    assert split([], there=10) == {}
