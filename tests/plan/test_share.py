"""The whole way: stopped early, told about, repeated in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from small_plans import EXACT, flour, met, people, planned, road, small

import muster.plan
from muster.economy.read import read
from muster.economy.write import write as write_economy
from muster.plan import PlanOptions, Progress, share_out
from muster.plan.proof import verify
from muster.plan.tables import PLAN_TABLES

ROOT = Path(__file__).resolve().parents[2]
VILLAGES = ROOT / "examples" / "two-villages"
TABLES: dict[str, Any] = {
    "places": ["depot", "village", "camp"],
    "people": people("village", "camp"),
    "periods": 3,
    "stocks": [flour(3, "depot"), flour(0.5, "depot", expires="2026-11-03")],
    "routes": [road(distance_km=10, capacity_t_per_day=0.5), road("camp", distance_km=20, lead_days=1)],
    "reserves": [{"resource": "flour", "quantity": 0.25}],
}


def test_share_out_then_every_table_has_its_columns() -> None:
    plan = planned(**TABLES)
    for name, schema in PLAN_TABLES.items():
        frame = plan.reasons if name == "why" else getattr(plan, name)
        assert dict(frame.schema) == dict(schema), name


def test_share_out_then_the_plan_is_of_the_economy_with_what_was_chosen() -> None:
    economy = small(**TABLES)
    plan = share_out(economy, options=PlanOptions(goals=("floor",), step=0.1, slack=0.0))
    assert plan.economy.sha256 == economy.sha256
    assert (plan.economy.goals, plan.economy.step, plan.economy.slack) == (("floor",), 0.1, 0.0)
    assert plan.seconds > 0
    assert 10 < plan.peak_mib < 100_000


def test_summary_then_its_keys_are_those_of_the_command() -> None:
    summary = planned(PlanOptions(), **TABLES).summary()
    assert list(summary) == [
        "title",
        "economy_sha256",
        "periods",
        "claims",
        "step",
        "slack",
        "goals",
        "seconds",
        "peak_mib",
        "solver",
    ]
    assert [goal["goal"] for goal in summary["goals"]] == ["floor", "reserve", "norm", "effort"]
    for goal in summary["goals"][:3]:
        assert list(goal) == ["goal", "max_min", "least", "mean", "below", "people_below", "rounds", "gap"]
    assert {"goal", "value", "tonne_km"} <= set(summary["goals"][3])
    assert (summary["periods"], summary["claims"]) == (3, 6)
    assert json.loads(json.dumps(summary)) == summary


@pytest.mark.parametrize(("limit", "exact"), [(0.0, False), (0.0001, False), (0.0001, True)])
def test_share_out_without_time_then_a_plan_that_can_be_done_and_says_how_little_it_knows(
    limit: float, exact: bool
) -> None:
    economy = read(VILLAGES)
    plan = share_out(economy, options=PlanOptions(limit_seconds=limit, exact=exact))
    verdict = verify(economy, plan)
    assert verdict.holds, "\n".join(fault.text() for fault in verdict.faults)
    best = share_out(economy, options=EXACT).goals
    for stopped, whole in zip(plan.goals[:3], best[:3], strict=True):
        assert stopped["max_min"] + stopped["gap"] >= whole["max_min"] - 1e-6
        assert stopped["least"] + stopped["gap"] >= whole["least"] - 1e-6
    assert max(goal["gap"] for goal in plan.goals) > 0.05
    assert plan.goals[-1]["gap"] == 1
    assert plan.goals[-1]["rounds"] == 0
    assert verdict.gap == max(goal["gap"] for goal in plan.goals)


@pytest.mark.parametrize("stop_after", [1, 2, 4, 6, 8])
def test_share_out_stopped_after_some_rounds_then_a_plan_that_can_be_done(
    monkeypatch: pytest.MonkeyPatch, stop_after: int
) -> None:
    from muster.plan.solver import OutOfTime, Solver

    solve, left = Solver.solve, [stop_after]

    def some(solver: Solver, stage: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise OutOfTime
        return solve(solver, stage)

    monkeypatch.setattr(Solver, "solve", some)
    for options in (PlanOptions(limit_seconds=1e9), PlanOptions(limit_seconds=1e9, exact=True)):
        left[0] = stop_after
        plan = planned(options, **TABLES)
        only_ties_left = plan.goals[-1]["rounds"] > 0
        assert max(goal["gap"] for goal in plan.goals) > 0.01 or left[0] >= 0 or only_ties_left
        for goal in plan.goals:
            assert 0 <= goal["gap"] <= 1


@pytest.mark.parametrize("stop_after", [0, 1, 2, 4])
def test_share_out_told_to_stop_then_as_if_the_time_were_over(stop_after: int) -> None:
    told: list[Progress] = []
    economy = read(VILLAGES)

    def stop() -> bool:
        return len([each for each in told if each.round]) >= stop_after

    plan = share_out(economy, options=PlanOptions(stop=stop), progress=told.append)
    assert verify(economy, plan).holds
    assert plan.goals[0]["rounds"] == stop_after
    assert plan.goals[-1]["gap"] == 1


def test_share_out_told_to_stop_while_it_is_solved_then_the_solver_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from muster.plan.solver import Solver

    asked, solve = [0], Solver.solve

    def stop() -> bool:
        asked[0] += 1
        return asked[0] > 50

    def watched(solver: Solver, stage: Any) -> Any:
        before = asked[0]
        try:
            return solve(solver, stage)
        finally:
            seen.append(asked[0] - before)

    seen: list[int] = []
    monkeypatch.setattr(Solver, "solve", watched)
    economy = read(VILLAGES)
    plan = share_out(economy, options=PlanOptions(stop=stop))
    assert verify(economy, plan).holds
    assert max(seen) > 1, "the solver itself asked"
    assert plan.goals[-1]["gap"] == 1


@pytest.mark.parametrize("exact", [False, True])
def test_share_out_then_what_is_done_of_a_goal_never_falls_and_stays_below_all_of_it(exact: bool) -> None:
    told: list[Progress] = []
    share_out(read(VILLAGES), options=PlanOptions(exact=exact), progress=told.append)
    for goal in ("floor", "norm"):
        done = [each.done for each in told if each.goal == goal]
        assert done == sorted(done)
        assert 0.0 < done[0] <= done[-1] < 1.0


def test_share_out_with_time_enough_then_nothing_is_left_open() -> None:
    plan = planned(PlanOptions(limit_seconds=600), **TABLES)
    assert all(goal["gap"] < 1e-5 for goal in plan.goals)


def test_share_out_then_every_round_is_told() -> None:
    told: list[Progress] = []
    plan = share_out(small(**TABLES), options=EXACT, progress=told.append)
    assert told[0].goal == ""
    assert [each.goal for each in told if each.round == 1] == ["floor", "reserve", "norm", "effort"]
    floor = [each for each in told if each.goal == "floor"]
    assert floor[0].level == pytest.approx(plan.goals[0]["max_min"], abs=1e-6)
    assert [each.level for each in floor] == sorted(each.level for each in floor)
    assert floor[0].lifted == 2000  # 1,000 people in each of two places
    assert all(each.message.startswith(f"{each.goal}: ") for each in told[1:])


def test_share_out_in_another_process_then_the_same_bytes(tmp_path: Path) -> None:
    economies = [read(VILLAGES), small(**TABLES)]
    for n, economy in enumerate(economies):
        write_economy(economy, tmp_path / f"economy-{n}")
        share_out(economy).write(tmp_path / f"here-{n}")
    run = (
        "import sys; from pathlib import Path; from muster.economy.read import read; from muster.plan import share_out"
    )
    run += "; [share_out(read(Path(to) / f'economy-{n}')).write(Path(to) / f'there-{n}')"
    run += " for to in sys.argv[1:] for n in (1, 0)]"
    other = "1" if os.environ.get("PYTHONHASHSEED") == "2" else "2"
    subprocess.run([sys.executable, "-c", run, str(tmp_path)], check=True, env={**os.environ, "PYTHONHASHSEED": other})
    for n in range(len(economies)):
        here, there = tmp_path / f"here-{n}", tmp_path / f"there-{n}"
        names = sorted(str(path.relative_to(here)) for path in here.rglob("*") if path.is_file())
        assert names == sorted(str(path.relative_to(there)) for path in there.rglob("*") if path.is_file())
        for name in names:
            assert lasting(here / name) == lasting(there / name), name


def lasting(path: Path) -> list[bytes]:
    """Return the lines of a file, but for what differs from run to run: seconds and memory."""
    lines = path.read_bytes().splitlines()
    clock = (b"seconds", b"peak_mib") if path.name == "plan.toml" else ()
    return [line for line in lines if not line.startswith(clock)]


def test_plan_room_then_only_what_is_there_can_be_had() -> None:
    assert muster.plan.share_out is share_out
    with pytest.raises(AttributeError, match="no attribute 'share_in'"):
        _ = muster.plan.share_in


def test_share_out_then_balances_add_up_and_carry_forward() -> None:
    plan = planned(**TABLES)
    inside = pl.sum_horizontal("opening", "arrived", "received", "made")
    outside = pl.sum_horizontal("used", "sent", "given", "lost", "closing")
    assert plan.balances.select((inside - outside).abs().max()).item() <= 1e-9
    for _, rows in plan.balances.group_by("place", "resource"):
        days = rows.sort("period")
        assert days["opening"][1:].to_list() == days["closing"][:-1].to_list()
    assert met(plan) == plan.met["met_floor"].to_list()
