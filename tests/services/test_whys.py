from pathlib import Path

import pytest

from muster.economy.economy import Horizon
from muster.errors import EconomyError, PlanError
from muster.plan import folder, share_out
from muster.plan.options import PlanOptions, Progress
from muster.services.economies import examples_folder, new_economy
from muster.services.whys import known_period, warn_of, why_plan

VILLAGES = examples_folder() / "two-villages"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a plan folder; tests only read it."""
    from muster.economy.read import read

    to = tmp_path_factory.mktemp("plans") / "villages"
    folder.write(share_out(read(VILLAGES), options=PlanOptions(exact=True)), to)
    return to


def test_why_plan_given_a_place_then_sentences_and_data(made: Path) -> None:
    heard: list[str] = []
    answered = why_plan(made, "Hill", tell=heard.append)
    assert answered.place == "Hill"
    assert [each.title for each in answered.accounts] == ["Food energy and Heat in Hill"]
    assert (answered.also, answered.nothing, answered.page) == ((), "", None)
    (data,) = answered.data["answers"]
    assert data["needs"] == ["energy", "heat"]
    assert data["level"] == pytest.approx(0.91712, abs=1e-5)
    assert sum(limit["worth"] for limit in data["limits"]) == pytest.approx(1)
    assert data["limits"][0] == {
        "kind": "route",
        "where": "depot → hill",
        "resource": "",
        "periods": [0],
        "when": "November 2026",
        "worth": 1.0,
        "sentence": "Depot → Hill (truck) carries no more than 45 t (November 2026).",
    }
    assert data["changes"][0]["after"] > data["changes"][0]["before"]
    assert "asking how far it could be raised" in heard


def test_why_plan_given_a_file_then_the_page(made: Path, tmp_path: Path) -> None:
    answered = why_plan(made, "hill", need="heat", period="December 2026", to=tmp_path / "hill.html")
    assert answered.page == tmp_path / "hill.html"
    assert answered.page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert answered.data["answers"][0]["claims"][0]["period"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["hill.html"]


def test_why_plan_where_nobody_has_a_claim_then_that(made: Path) -> None:
    answered = why_plan(made, "depot")
    assert answered.accounts == ()
    assert answered.nothing.startswith("Nobody in Depot has a claim")
    assert answered.data["answers"] == []


def test_why_plan_where_there_is_no_plan_then_an_error(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="is not a plan"):
        why_plan(tmp_path, "hill")


def test_known_period_then_by_number_name_or_date() -> None:
    from datetime import date

    horizon = Horizon(date(2026, 11, 1), "month", 3)
    assert [known_period(horizon, asked) for asked in ("0", "december 2026", "2027-01-31")] == [0, 1, 2]
    for asked in ("3", "-1", "May 2026", "2027-02-01", "2027-13-45", "٣"):
        with pytest.raises(PlanError) as caught:
            known_period(horizon, asked)
        assert "0 (November 2026) to 2 (January 2027)" in caught.value.faults[0].do


def test_warn_of_an_economy_then_it_is_planned_for_the_floor(made: Path) -> None:
    heard: list[Progress] = []
    warning = warn_of(VILLAGES, progress=heard.append)
    assert [goal["goal"] for goal in warning.plan.goals] == ["floor"]
    assert [each.goal for each in heard][-2:] == ["floor", "proof"]
    assert (warning.below.people, warning.below.first) == (500, "November 2026")
    assert warning.warned.shortfall == pytest.approx(warn_of(made).warned.shortfall, rel=1e-2)


def test_warn_of_a_plan_then_data(made: Path) -> None:
    data = warn_of(made).as_data()
    first = data["periods"][0]
    assert (first["name"], first["below"], first["people"]) == ("November 2026", 500, 1500)
    assert data["places"][0]["place"] == "Hill"
    (road,) = data["things"]
    assert road["share"] == pytest.approx(5625 / 7625, abs=1e-4)
    assert road["prevents"] == pytest.approx(5625, abs=1)


def test_warn_of_tables_with_faults_then_an_error(tmp_path: Path) -> None:
    mine = new_economy(tmp_path / "mine", example="two-villages")
    stocks = mine / "stocks.csv"
    stocks.write_text(stocks.read_text().replace("flour", "flourr"))
    with pytest.raises(EconomyError, match="flourr"):
        warn_of(mine)
