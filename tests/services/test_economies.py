from pathlib import Path

import pytest
from building import build

from muster.economy.write import write
from muster.errors import EconomyError
from muster.services.economies import check_economy, contents_of, describe_economy, examples_folder, new_economy


def test_check_economy_given_an_example_then_what_it_holds() -> None:
    reading = check_economy(examples_folder() / "two-villages")
    assert reading.contents is not None
    assert (reading.contents.places, reading.contents.people, reading.contents.periods) == (3, 1500, 3)
    assert reading.contents.span == "November 2026 to January 2027"
    assert reading.contents.rows["routes"] == 2


def test_check_economy_given_faults_then_no_contents_and_every_fault(tmp_path: Path) -> None:
    reading = check_economy(tmp_path)
    assert reading.contents is None
    assert {fault.severity for fault in reading.faults} == {"fault"}


def test_contents_of_given_people_who_move_then_nobody_counts_twice() -> None:
    economy = build(
        people=[
            {"place": "a", "group": "all", "people": 100},
            {"place": "a", "group": "all", "from": "2026-12-01", "people": 0},
            {"place": "b", "group": "all", "from": "2026-12-01", "people": 130},
            {"place": "b", "group": "all", "from": "2027-02-01", "people": 999},
        ]
    )
    assert contents_of(economy).people == 130


def test_contents_of_given_one_period_then_the_span_is_its_name() -> None:
    assert contents_of(build(periods=1)).span == "November 2026"


def test_new_economy_given_an_example_then_it_reads_without_faults(tmp_path: Path) -> None:
    made = new_economy(tmp_path / "mine", example="two-villages")
    assert made == tmp_path / "mine"
    assert check_economy(made).contents is not None


def test_new_economy_given_an_unknown_example_then_it_names_the_known(tmp_path: Path) -> None:
    with pytest.raises(EconomyError, match="two-villages"):
        new_economy(tmp_path / "mine", example="three-villages")
    assert list(tmp_path.iterdir()) == []


def test_describe_economy_given_tables_then_a_descriptor_beside_them(tmp_path: Path) -> None:
    write(build(places=[{"place": "a"}], resources=[{"resource": "flour", "unit": "t"}]), tmp_path / "mine")
    assert describe_economy(tmp_path / "mine") == tmp_path / "mine/datapackage.json"
    assert (tmp_path / "mine/datapackage.json").is_file()
