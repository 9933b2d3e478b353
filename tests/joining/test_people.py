"""Populations become rows of people whose groups do not overlap."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from joining_files import RECEIPTS, changed

from muster.joining.mapping_toml import from_toml
from muster.joining.people import PeopleBatch, read_people
from muster.joining.rules import JoiningError

MAPPING = """\
[mapping]
source = "census"
kind = "people"
[people]
place = "{Code}"
whole = "everybody"
rest = "others"
undivided = "all"
[[amount]]
quantity = "{People}"
group = "{Group}"
[names."Group"]
Total = "everybody"
"0-4" = "under-5"
"5-19" = "5-to-19"
"""
HEADER = "Code,Group,People\n"
ReadPeople = Callable[..., PeopleBatch]


@pytest.fixture
def read(tmp_path: Path) -> ReadPeople:
    def reading(rows: str, mapping: str = MAPPING, *, header: str = HEADER) -> PeopleBatch:
        path = tmp_path / "census.csv"
        path.write_text(header + rows, encoding="utf-8")
        batch = read_people(path, from_toml(mapping, file="census.toml"))
        assert batch.reconciled
        return batch

    return reading


def table(batch: PeopleBatch) -> list[tuple[str, str, int]]:
    return [(each.place, each.group, each.people) for each in batch.people]


def test_read_people_given_parts_and_the_whole_then_the_rest_is_what_is_left(read: ReadPeople) -> None:
    batch = read("A,Total,100\nA,0-4,15\nA,5-19,40\nB,Total,70\n")
    assert table(batch) == [("A", "under-5", 15), ("A", "5-to-19", 40), ("A", "others", 45), ("B", "all", 70)]
    assert (batch.rows, batch.rows_taken, batch.in_file) == (4, 4, 225)
    assert batch.said == ("55 people of parts are also in the whole (everybody); each was counted once.",)
    assert batch.people[2].lines == (2,)


def test_read_people_given_parts_that_are_the_whole_then_nobody_is_left(read: ReadPeople) -> None:
    assert table(read("A,Total,55\nA,0-4,15\nA,5-19,40\n")) == [("A", "under-5", 15), ("A", "5-to-19", 40)]


def test_read_people_given_parts_without_a_whole_then_the_parts(read: ReadPeople) -> None:
    assert table(read("A,0-4,15\n")) == [("A", "under-5", 15)]


def test_read_people_given_more_in_parts_than_in_all_then_the_whole_place_comes_back(read: ReadPeople) -> None:
    batch = read("A,Total,50\nA,0-4,15\nA,5-19,40\nB,Total,7\n")
    assert table(batch) == [("B", "all", 7)]
    assert batch.reasons == {"The parts of a place are more people than the whole.": 3}
    assert batch.returned[0].problems[0].value == "55 in parts, 50 in all"


def test_read_people_given_a_group_twice_then_both_come_back_or_add_up(read: ReadPeople) -> None:
    rows = "A,0-4,15\nA,0-4,5\nB,0-4,7\n"
    assert table(read(rows)) == [("B", "under-5", 7)]
    adding = changed(MAPPING, ("[people]", '[people]\nrepeated = "add"'))
    batch = read(rows, adding)
    assert table(batch) == [("A", "under-5", 20), ("B", "under-5", 7)]
    assert batch.people[0].lines == (2, 3)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,0-4,0", "0 people: nobody lives there, or nobody counted?"),
        ("A,0-4,", "Nobody is counted in a row."),
        ("A,0-4,many", "There are words where a number is expected."),
        ("A,0-4,-4", "People are not counted in whole numbers."),
        ("A,0-4,1.5", "People are not counted in whole numbers."),
        ("A,20-29,8", "A name is not in the table of names."),
        (",0-4,8", "A cell that must be filled is blank."),
        ("A,0-4,8,9", "A row has more cells than the header."),
    ],
)
def test_read_people_given_one_thing_wrong_then_the_row_comes_back_with_it(
    read: ReadPeople, row: str, reason: str
) -> None:
    batch = read(f"{row}\nB,0-4,7\n")
    assert (table(batch), batch.reasons) == ([("B", "under-5", 7)], {reason: 1})


def test_read_people_given_zeros_that_are_accepted_then_they_count(read: ReadPeople) -> None:
    assert table(read("A,0-4,0.0\n", changed(MAPPING, ("[people]", '[people]\nzero = "accept"')))) == [
        ("A", "under-5", 0)
    ]


def test_read_people_given_rows_to_leave_out_then_their_people_are_counted_as_returned(read: ReadPeople) -> None:
    skip = '[[skip]]\ncolumn = "Code"\nis = ["Sum"]\nbecause = "a line of totals"\n'
    batch = read("A,0-4,15\nSum,0-4,15\n", MAPPING + skip)
    assert (batch.in_file, batch.taken, batch.came_back) == (30, 15, 15)
    assert batch.reasons == {"Left out: a line of totals.": 1}


def test_read_people_given_a_column_for_each_group_and_a_day_then_one_row_for_each(read: ReadPeople) -> None:
    mapping = changed(
        MAPPING,
        ('[[amount]]\nquantity = "{People}"\ngroup = "{Group}"\n', ""),
        ('whole = "everybody"\nrest = "others"\nundivided = "all"\n', 'from = "{Since}"\n'),
        ('[names."Group"]\nTotal = "everybody"\n"0-4" = "under-5"\n"5-19" = "5-to-19"\n', ""),
    )
    mapping += "".join(f'[[amount]]\nquantity = "{{{name}}}"\ngroup = "{name.lower()}"\n' for name in ("Men", "Women"))
    batch = read("A,2026-11-01,10,12\nB,,,3\n", mapping, header="Code,Since,Men,Women\n")
    assert [(each.place, each.group, each.start, each.people) for each in batch.people] == [
        ("A", "men", "2026-11-01", 10),
        ("A", "women", "2026-11-01", 12),
        ("B", "women", "", 3),
    ]


def test_read_people_given_a_mapping_of_events_or_an_open_question_then_refused(tmp_path: Path) -> None:
    path = tmp_path / "census.csv"
    path.write_text(HEADER)
    with pytest.raises(JoiningError, match="not of people"):
        read_people(path, from_toml(RECEIPTS, file="x"))
    asked = MAPPING + '[[question]]\nabout = ["people", "whole"]\nask = "Which?"\nanswer = ""\n'
    with pytest.raises(JoiningError, match="A question is open"):
        read_people(path, from_toml(asked, file="x"))
