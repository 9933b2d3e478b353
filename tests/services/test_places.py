from pathlib import Path

import pytest

from muster.economy.read import read
from muster.errors import PlanError
from muster.plan import folder, share_out
from muster.plan.plan import Plan
from muster.services.economies import examples_folder
from muster.services.places import ANSWERS, history, kept_answer, place_names, read_plan, sheet, work_out

VILLAGES = examples_folder() / "two-villages"


@pytest.fixture(scope="module")
def planned() -> Plan:
    """Return a plan."""
    return share_out(read(VILLAGES))


@pytest.fixture
def made(planned: Plan, tmp_path: Path) -> Path:
    """Return a plan folder."""
    return folder.write(planned, tmp_path / "villages")


def test_sheet_given_the_worst_place_then_need_came_floor_norm_and_others(made: Path) -> None:
    found = sheet(made, "Hill")
    assert (found.place, found.name, found.people) == ("hill", "Hill", 500)
    heat = next(each for each in found.needs if each.need == "Heat")
    assert (heat.floor.least, heat.norm.most, heat.unit) == (2, 4, "kWh")
    assert heat.came.least == pytest.approx(1.834, abs=1e-3)
    assert heat.measure == "floor"
    assert heat.level == pytest.approx(heat.came.least / 2, abs=1e-3)
    assert (heat.others_least, heat.lower) == (pytest.approx(1), 0)
    assert [each.name for each in found.more] == ["Valley"]
    assert (found.more_left, found.same, found.less) == (0, 0, 0)
    assert len(found.worst) == 3
    assert found.limits[0].sentence == "Depot → Hill (truck) carries no more than 45 t (November 2026)."


def test_sheet_given_a_place_with_its_floor_then_it_is_measured_by_the_norm(made: Path) -> None:
    found = sheet(made, "valley")
    assert {each.measure for each in found.needs} == {"norm"}
    assert [each.level for each in found.needs] == sorted(each.level for each in found.needs)
    assert found.limits == ()


def test_sheet_given_a_place_without_people_then_it_has_no_needs(made: Path) -> None:
    found = sheet(made, "depot")
    assert (found.needs, found.more, found.people, found.worst) == ((), (), 0, ())


def test_sheet_given_an_unknown_place_then_the_nearest_is_named(made: Path) -> None:
    with pytest.raises(PlanError) as raised:
        sheet(made, "Hil")
    assert raised.value.faults[0].do == 'did you mean "Hill"?'


def test_work_out_given_a_place_then_the_answer_is_kept_as_it_was_given(made: Path) -> None:
    assert sheet(made, "hill").answer is None
    answer = work_out(made, "Hill")
    assert answer.accounts[0].helps[0][0].startswith("0.1 t a day more on Depot → Hill (truck)")
    assert kept_answer(made, "hill") == answer == sheet(made, "hill").answer
    assert kept_answer(made, "valley") is None


def test_work_out_given_a_place_without_claims_then_that_is_said(made: Path) -> None:
    assert work_out(made, "depot").nothing.startswith("Nobody in Depot has a claim")


def test_kept_answer_given_one_of_another_version_then_none(made: Path) -> None:
    work_out(made, "hill")
    (file,) = (made / ANSWERS).iterdir()
    file.write_bytes(file.read_bytes().replace(b'"muster":"', b'"muster":"older than '))
    assert kept_answer(made, "hill") is None


def test_kept_answer_given_the_plan_was_made_anew_then_it_is_gone_with_the_old_one(made: Path, planned: Plan) -> None:
    work_out(made, "hill")
    planned.write(made)
    assert kept_answer(made, "hill") is None


def test_read_plan_given_the_same_plan_then_it_is_read_once(made: Path) -> None:
    assert read_plan(made) is read_plan(made)


def test_history_given_plans_then_how_the_place_stood_in_each(made: Path) -> None:
    (past,) = history([made], "hill")
    assert (past.plan, past.measure, past.start) == ("villages", "floor", "2026-11-01")
    assert past.level == pytest.approx(sheet(made, "hill").needs[0].level)
    assert history([made], "nowhere") == ()


def test_place_names_given_a_plan_then_places_with_claims_by_name(made: Path) -> None:
    assert place_names(made) == (("hill", "Hill"), ("valley", "Valley"))
