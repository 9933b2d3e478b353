"""How rules word what they found."""

from __future__ import annotations

from datetime import date

import pytest

from muster.economy.rules import wording


@pytest.mark.parametrize(
    ("number", "text"), [(3_500_000.0, "3,500,000"), (0.75, "0.75"), (1234.5678, "1,234.57"), (0, "0"), (1e-7, "1e-07")]
)
def test_written_given_a_number_then_it_reads_well(number: float, text: str) -> None:
    assert wording.written(number) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, "blank"), (3500000.0, "3500000"), (0.1, "0.1"), (date(2026, 11, 1), "2026-11-01"), ("a", "a")],
)
def test_plain_given_a_cell_then_it_reads_as_in_a_table(cell: object, text: str) -> None:
    assert wording.plain(cell) == text


def test_plain_given_a_very_long_text_then_it_is_cut() -> None:
    assert len(wording.plain("x" * 1000)) < 70


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
    ],
)
def test_both_given_items_then_they_are_joined(items: list[str], text: str) -> None:
    assert wording.both(items) == text


@pytest.mark.parametrize(("number", "text"), [(1, "1 person"), (1499.6, "1,500 people"), (0, "0 people")])
def test_persons_given_a_number_then_it_is_rounded(number: float, text: str) -> None:
    assert wording.persons(number) == text


@pytest.mark.parametrize("value", ["place-x4999", "plaec-04999", "place-0499", "placee-04999", "Place-04999"])
def test_near_given_a_long_list_then_a_single_slip_is_found(value: str) -> None:
    known = [f"place-{count:05d}" for count in range(4990, 9990)]
    assert wording.near(value, known) == ("place-04990" if value == "place-0499" else "place-04999")


def test_near_given_a_long_list_and_nothing_near_then_nothing_is_found() -> None:
    assert wording.near("hill", [f"place-{count:05d}" for count in range(5000)]) is None


@pytest.mark.parametrize(
    ("value", "meant"), [("Depot", "depot"), ("The depot", "depot"), ("deppot", "depot"), ("AF35", None), ("", None)]
)
def test_near_given_a_name_another_case_or_a_slip_then_the_id_is_found(value: str, meant: str | None) -> None:
    assert wording.near(value, ["depot", "AF34"], [("depot", "The Depot"), ("AF34", None)]) == meant
