"""Rules of days."""

from __future__ import annotations

import pytest
from building import message, told

from muster.economy.rules import dates

WAY = {"from": "a", "to": "b", "mode": "truck"}
BACK = {"from": "b", "to": "a", "mode": "truck"}


def test_windows_given_an_end_before_the_beginning_then_each_table_is_told() -> None:
    arrivals = [{"resource": "flour", "per_day": 1, "from": "2026-12-01", "until": "2026-11-01"}]
    plants = [{"place": "a", "recipe": "mill", "from": "2026-12-01", "until": "2026-12-01"}]
    routes = [{**WAY, "opens": "2026-12-01", "closes": "2026-11-01"}] * 2
    assert told(dates.windows, arrivals=arrivals, plants=plants, routes=routes) == [
        message(
            "muster: 1 arrival has its end before the beginning, or on the same day.",
            where="arrivals.csv:2, columns from, until",
            seen="2026-12-01 · 2026-11-01",
            do="exchange from and until, or correct one of them",
            rule="T17",
        ),
        message(
            "muster: 1 plant has its end before the beginning, or on the same day.",
            where="plants.csv:2, columns from, until",
            seen="2026-12-01 · 2026-12-01",
            do="exchange from and until, or correct one of them",
            rule="T17",
        ),
        message(
            "muster: 2 routes have their end before the beginning, or on the same day.",
            where="routes.csv:2, columns opens, closes",
            seen="2026-12-01 · 2026-11-01 (line 2), 2026-12-01 · 2026-11-01 (line 3)",
            do="exchange opens and closes, or correct one of them",
            rule="T17",
        ),
    ]


def test_windows_given_a_day_or_an_open_end_then_nothing_is_told() -> None:
    plants = [
        {"place": "a", "recipe": "mill", "from": "2026-12-01", "until": "2026-12-02"},
        {"place": "a", "recipe": "mill", "from": "2026-12-01"},
    ]
    assert told(dates.windows, plants=plants) == []


def test_openings_given_a_route_to_itself_then_it_is_told() -> None:
    assert told(dates.openings, routes=[{"from": "a", "to": "a", "mode": "truck"}]) == [
        message(
            "muster: 1 route leads from a place to itself.",
            where="routes.csv:2, columns from, to",
            seen="a · a",
            do="correct from or to",
            rule="T18",
        ),
    ]


def test_openings_given_windows_that_overlap_then_the_lines_are_told() -> None:
    routes = [
        {**WAY, "opens": "2026-11-01", "closes": "2027-03-01"},
        {**WAY, "opens": "2026-12-01", "closes": "2026-12-05"},
        {**WAY, "opens": "2027-01-01"},
        {**BACK, "opens": "2027-01-01"},
    ]
    assert told(dates.openings, routes=routes) == [
        message(
            "muster: 2 routes are open while another row of the same from, to and mode is.",
            where="routes.csv:3, columns opens, closes",
            seen="a → b by truck (lines 2 and 3), a → b by truck (lines 2 and 4)",
            do=("let one close before the other opens; where both is yes, leave out the row of the other direction"),
            rule="T18",
        ),
    ]


def test_openings_given_the_other_direction_twice_then_it_is_told() -> None:
    assert told(dates.openings, routes=[{**WAY, "both": True}, BACK]) == [
        message(
            "muster: 1 route is open while another row of the same from, to and mode is.",
            where="routes.csv:3, columns opens, closes",
            seen="b → a by truck (lines 2 and 3)",
            do=("let one close before the other opens; where both is yes, leave out the row of the other direction"),
            rule="T18",
        ),
    ]


@pytest.mark.parametrize(
    "routes",
    [
        [{**WAY, "closes": "2026-12-01"}, {**WAY, "opens": "2026-12-01"}],
        [WAY, {**WAY, "mode": "mule"}],
        [WAY, BACK],
        [{**WAY, "both": True}, {"from": "b", "to": "c", "mode": "truck", "both": True}],
        [WAY, WAY],
        [{**WAY, "opens": "2026-12-01", "closes": "2026-11-01"}, WAY],
    ],
    ids=["one after the other", "two modes", "two directions", "two ways", "the same key is T1", "empty window is T17"],
)
def test_openings_given_none_at_the_same_time_then_nothing_is_told(routes: list[dict[str, object]]) -> None:
    assert told(dates.openings, routes=routes) == []


def test_in_time_given_arrivals_before_and_after_then_they_are_told() -> None:
    arrivals = [
        {"resource": "flour", "quantity": 1, "on": "2026-10-31"},
        {"resource": "flour", "quantity": 1, "on": "2027-02-01"},
        {"resource": "flour", "per_day": 1, "from": "2027-02-01"},
        {"resource": "flour", "per_day": 1, "until": "2026-11-01"},
    ]
    assert told(dates.in_time, arrivals=arrivals) == [
        message(
            "muster: 1 arrival is dated before the start, 2026-11-01.",
            where="arrivals.csv:2, columns resource, on",
            seen="flour · 2026-10-31",
            do="correct the date, or write what is there at the start into stocks.csv",
            rule="T19",
        ),
        message(
            "muster: warning: 2 arrivals come after the end, 2027-01-31, and will not count.",
            where="arrivals.csv:3, columns resource, on, from, until",
            seen="flour · 2027-02-01 · blank · blank (line 3), flour · blank · 2027-02-01 · blank (line 4)",
            do="correct the date, or change start and periods in economy.toml",
            rule="T19",
        ),
        message(
            "muster: warning: 1 arrival comes before the start, 2026-11-01, and will not count.",
            where="arrivals.csv:5, columns resource, on, from, until",
            seen="flour · blank · blank · 2026-11-01",
            do="correct the date, or change start and periods in economy.toml",
            rule="T19",
        ),
    ]


def test_in_time_given_arrivals_on_the_first_and_last_day_then_nothing_is_told() -> None:
    arrivals = [
        {"resource": "flour", "quantity": 1, "on": "2026-11-01"},
        {"resource": "flour", "quantity": 1, "on": "2027-01-31"},
        {"resource": "flour", "per_day": 1, "from": "2026-01-01", "until": "2026-11-02"},
    ]
    assert told(dates.in_time, arrivals=arrivals) == []


def test_expired_given_old_lots_and_lots_of_a_few_days_then_they_are_told() -> None:
    stocks = [
        {"resource": "milk", "quantity": 1, "expires": "2026-10-31"},
        {"resource": "milk", "quantity": 1, "expires": "2026-11-14"},
        {"resource": "milk", "quantity": 1, "expires": "2026-11-01"},
    ]
    assert told(dates.expired, stocks=stocks) == [
        message(
            "muster: warning: 1 stock has expired before the start, 2026-11-01: all of it is lost.",
            where="stocks.csv:2, columns resource, expires",
            seen="milk · 2026-10-31",
            do="correct the date, or delete the row",
            rule="T20",
        ),
        message(
            ("muster: warning: 2 stocks expire early in the first period, and will be planned as good for all of it."),
            where="stocks.csv:3, columns resource, expires",
            seen="milk · 2026-11-14 (line 3), milk · 2026-11-01 (line 4)",
            do="plan in shorter periods than a month (period in economy.toml)",
            rule="T20",
        ),
    ]


def test_expired_given_lots_that_last_half_a_period_or_hold_nothing_then_nothing_is_told() -> None:
    stocks = [
        {"resource": "milk", "quantity": 1, "expires": "2026-11-15"},
        {"resource": "milk", "quantity": 0, "expires": "2026-10-01"},
        {"resource": "milk", "quantity": 1},
    ]
    assert told(dates.expired, stocks=stocks) == []
