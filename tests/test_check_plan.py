"""The stand-alone checker in ``docs/``: it says what ``muster verify`` says, and refuses what it does not know."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import plans_by_hand as by_hand
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from stand_alone import CHECKER, check_alone, gaps_alone
from strategies import economies

from muster.economy.economy import Economy
from muster.plan import PlanOptions, share_out
from muster.plan.folder import read
from muster.plan.proof import verify


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return share_out(by_hand.economy()).write(tmp_path_factory.mktemp("plans") / "plan")


def agree(economy: Economy, folder: Path) -> None:
    """Assert that both checkers find the plan sound, and the same gap for every stage."""
    verdict = verify(economy, read(folder))
    assert verdict.holds, "\n".join(fault.text() for fault in verdict.faults)
    alone = check_alone(folder)
    assert (alone.returncode, alone.stderr) == (0, ""), alone.stdout + alone.stderr
    assert gaps_alone(alone.stdout) == pytest.approx([stage.gap for stage in verdict.stages], rel=0.06, abs=1e-9)


def test_checker_then_it_is_short_and_knows_nothing_of_muster() -> None:
    lines = CHECKER.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200
    assert not [line for line in lines if re.search(r"import .*(muster|polars|scipy|highspy)", line)]


def test_checker_of_a_plan_with_lots_recipes_rations_and_reserves_then_it_agrees(folder: Path) -> None:
    agree(by_hand.economy(), folder)


@settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(economies(most_places=3, most_periods=3))
def test_law_both_checkers_agree_on_every_plan(tmp_path_factory: pytest.TempPathFactory, economy: Economy) -> None:
    assume(economy.horizon.start.day <= 28)  # it refuses others
    for exact in (False, True):
        plan = share_out(economy, options=PlanOptions(exact=exact))
        agree(economy, plan.write(tmp_path_factory.mktemp("drawn") / "plan"))


def test_checker_of_a_plan_that_was_stopped_then_it_holds(tmp_path: Path) -> None:
    plan = share_out(by_hand.economy(), options=PlanOptions(limit_seconds=0.0))
    alone = check_alone(plan.write(tmp_path / "plan"))
    assert alone.returncode == 0, alone.stdout + alone.stderr


CHANGES = [
    ("given.csv", "quantity", 1.5, "a limit does not hold"),
    ("dispatches.csv", "quantity", 50.0, "a limit does not hold"),
    ("runs.csv", "runs", 9.0, "a limit does not hold"),
    ("levels.csv", "level", 1.5, "below the level"),
    ("economy/stocks.csv", "quantity", 0.5, "does not hold|more stays"),
]


@pytest.mark.parametrize(("file", "column", "factor", "said"), CHANGES)
def test_checker_of_a_changed_plan_then_it_says_what_is_wrong(
    folder: Path, tmp_path: Path, file: str, column: str, factor: float, said: str
) -> None:
    copy = shutil.copytree(folder, tmp_path / "plan")
    table = pl.read_csv(copy / file, infer_schema=False)
    scaled = pl.col(column).cast(pl.Float64) * factor
    table.with_columns(scaled.cast(pl.String).alias(column)).write_csv(copy / file)
    alone = check_alone(copy)
    assert alone.returncode == 1
    assert f"WRONG: {file} was changed" in alone.stdout
    assert re.search(f"WRONG: .*({said})", alone.stdout), alone.stdout


def test_checker_of_a_plan_that_boasts_then_it_says_so(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "plan")
    head = (copy / "plan.toml").read_text(encoding="utf-8")
    (copy / "plan.toml").write_text(re.sub(r"slack = .*", "slack = 0.01", head), encoding="utf-8")
    assert "WRONG: plan.toml states another slack than the proof" in check_alone(copy).stdout


def test_checker_of_units_it_does_not_know_then_it_refuses(tmp_path: Path) -> None:
    economy = by_hand.economy()
    gallons = economy.stocks.with_columns(
        unit=pl.when(pl.col("resource") == "diesel").then(pl.lit("gallon")).otherwise("unit")
    )
    plan = share_out(economy).write(tmp_path / "plan")
    gallons.drop("_line").write_csv(plan / "economy" / "stocks.csv")
    alone = check_alone(plan)
    assert alone.returncode == 2
    assert "UNKNOWN: gallon in l. Nothing is said of this plan." in alone.stderr
