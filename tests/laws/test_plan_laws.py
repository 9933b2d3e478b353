"""What holds for every plan of every economy: small ones are drawn from every table and option of the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st
from law import LEVEL, law
from oracle import first_level
from strategies import economies, written

from muster.economy.check import check
from muster.economy.economy import Economy
from muster.economy.tables import LINE
from muster.plan import share_out
from muster.plan.certificate import positions
from muster.plan.kept import kept
from muster.plan.laid import laid
from muster.plan.options import PlanOptions, Progress
from muster.plan.plan import Plan
from muster.plan.program import build
from muster.plan.proof import Stage, verify
from muster.plan.proof.facts import know
from muster.plan.proof.survey import ground_of
from muster.plan.readout import read_out
from muster.plan.sets import NONE
from muster.plan.why import Why, explain, explained

ROUNDS = 1000
"""More programs than a goal of a small economy ever needs."""

SHARE = 0.01
"""Two shares of an explanation are the same."""

NEAR = 1e-4
"""No stage of a small plan is further from its bound than this: mostly it is far closer."""

ALMOST = 0.01
"""Nor is the last goal's share, even where next to nothing is used or moved."""


def planned(economy: Economy, *, exact: bool = False) -> Plan:
    """Plan an economy; where a law fails, the economy and what the check says are shown."""
    note(written(economy))
    plan = share_out(economy, options=PlanOptions(exact=exact), progress=comes_to_an_end)
    verdict = verify(economy, plan)
    assert verdict.holds, "\n".join(fault.text() for fault in verdict.faults)
    return plan


def comes_to_an_end(progress: Progress) -> None:
    """Refuse a search that goes on and on: a claim is stuck after every round or two."""
    assert progress.round < ROUNDS, progress.message


def first(plan: Plan) -> float:
    """Return the level that everybody reaches together in the first goal."""
    return float(plan.goals[0]["max_min"])


@law
@given(economies())
def test_law_drawn_economy_is_free_of_faults(economy: Economy) -> None:
    note(written(economy))
    assert [fault.text() for fault in check(economy) if fault.severity == "fault"] == []


@law
@given(economies())
def test_law_every_plan_holds_and_reaches_the_first_level_of_the_plain_program(economy: Economy) -> None:
    plan = planned(economy)
    if plan.levels.filter(pl.col("goal") == economy.goals[0]).height:
        assert first(plan) == pytest.approx(first_level(economy), abs=LEVEL)
    else:
        assert first(plan) == 1.0


@law
@given(economies())
def test_law_both_readings_of_the_tables_find_the_same(economy: Economy) -> None:
    program, ground = build(economy), ground_of(know(economy))
    sets = program.sets
    lots = list(zip(ground.goods.resource.tolist(), ground.goods.expires, strict=True))
    order = [lots.index(lot) for lot in zip(sets.goods.resource.tolist(), sets.goods.expires, strict=True)]
    assert sorted(order) == list(range(len(lots)))
    assert ground.supply[:, :, order] == pytest.approx(sets.supply.transpose(2, 0, 1))
    assert np.array_equal(ground.there[:, order], program.nodes.at != NONE)
    people = sets.claimants
    assert ground.served.norm == pytest.approx(np.where(people.claims, people.norm, 0.0).transpose(2, 0, 1))
    assert ground.kept.wanted == pytest.approx(program.reserves.wanted)
    assert ground.kept.counts == pytest.approx(program.reserves.counts)
    for kind, (rows, at) in positions(program).items():
        assert len(np.unique(at)) == len(rows)
        assert at.max(initial=0) < max(int(np.prod(ground.shapes[kind])), 1)


def beyond(stage: Stage) -> float:
    """Return by how much a stage's bound is above what it reached; of the last goal as a share."""
    if stage.goal == "effort":
        return (stage.value - stage.bound) / max(1.0, abs(stage.value))
    return stage.bound - stage.value


@law
@given(economies(), st.booleans())
def test_law_every_stage_is_bounded_closely(economy: Economy, exact: bool) -> None:
    plan = planned(economy, exact=exact)
    verdict = verify(economy, plan)
    for stage in verdict.stages:
        assert beyond(stage) >= -LEVEL, stage
        assert stage.gap <= NEAR or stage.goal == "effort", stage
    assert verdict.gap <= ALMOST
    for said, proved in zip(plan.goals, verdict.goals, strict=True):
        assert said["gap"] == pytest.approx(proved["gap"], rel=1e-6, abs=2e-10)


@law
@given(economies(), st.integers(0, 2**32 - 1))
def test_law_no_prices_whatever_bound_a_stage_below_what_it_reached(economy: Economy, seed: int) -> None:
    plan, draw = planned(economy), np.random.default_rng(seed)
    proof = dict(plan.proof)
    for name, array in plan.proof.items():
        if name.endswith(".price"):
            proof[name] = array * draw.uniform(0.0, 2.0, array.shape) * draw.integers(0, 2, array.shape)
    for stage in verify(economy, replace(plan, proof=proof)).stages:
        assert beyond(stage) >= -LEVEL, stage


@law
@given(economies(most_places=3, most_periods=2))
def test_law_fractions_and_floats_with_error_bounds_agree(economy: Economy) -> None:
    plan = planned(economy)
    floats, exact = verify(economy, plan), verify(economy, plan, exact=True)
    assert exact.exact
    assert exact.holds
    for one, two in zip(floats.stages, exact.stages, strict=True):
        assert one.bound == pytest.approx(two.bound, rel=1e-6, abs=1e-9)
        assert one.bound <= two.bound if one.goal == "effort" else one.bound >= two.bound, (one, two)


@law
@given(economies(most_places=3, most_periods=3))
def test_law_steps_and_the_exact_algorithm_share_their_first_level(economy: Economy) -> None:
    assert first(planned(economy)) == pytest.approx(first(planned(economy, exact=True)), abs=LEVEL)


@law
@given(economies(most_places=3, most_periods=3), st.data())
def test_law_more_supply_never_lowers_the_first_level(economy: Economy, data: st.DataObject) -> None:
    row = data.draw(st.integers(0, economy.stocks.height - 1))
    more = replace(economy, stocks=_times(economy.stocks, {"quantity": 1.5}, only=row))
    assert first(planned(more)) >= first(planned(economy)) - LEVEL


@law
@given(economies(most_places=3, most_periods=3))
def test_law_twice_as_many_people_with_twice_as_much_are_served_alike(economy: Economy) -> None:
    twice: Mapping[str, tuple[str, ...]] = {
        "people": ("people",),
        "stocks": ("quantity",),
        "arrivals": ("quantity", "per_day"),
        "stores": ("capacity_t",),
        "routes": ("capacity_t_per_day",),
        "plants": ("runs_per_day",),
        "reserves": ("quantity",),
    }
    frames = {name: _times(getattr(economy, name), dict.fromkeys(columns, 2.0)) for name, columns in twice.items()}
    assert first(planned(replace(economy, **frames))) == pytest.approx(first(planned(economy)), abs=LEVEL)


@law
@given(economies(most_places=3, most_periods=3), st.randoms(use_true_random=False))
def test_law_order_of_rows_does_not_change_the_first_level(economy: Economy, random: Any) -> None:
    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        order = list(range(frame.height))
        random.shuffle(order)
        return frame[order].with_columns(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(LINE))

    other = replace(economy, **{name: shuffled(frame) for name, frame in economy.tables.items()})
    assert first(planned(other)) == pytest.approx(first(planned(economy)), abs=LEVEL)


@law
@given(economies(most_places=3, most_periods=3), st.data())
def test_law_unit_of_a_resource_does_not_change_what_is_met(economy: Economy, data: st.DataObject) -> None:
    tonnes = economy.resources.filter(pl.col("unit") == "t")["resource"].to_list()
    assume(tonnes)
    resource = data.draw(st.sampled_from(tonnes))
    before, after = planned(economy), planned(in_kilograms(economy, resource))
    assert first(after) == pytest.approx(first(before), abs=LEVEL)


def in_kilograms(economy: Economy, resource: str) -> Economy:
    """Return the same economy with a resource counted in kilograms instead of tonnes."""
    per_kg: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
        "resources": lambda frame: frame.with_columns(
            unit=pl.when(_is(resource)).then(pl.lit("kg")).otherwise("unit"),
            mass_t=pl.when(_is(resource)).then(pl.col("mass_t") / 1000).otherwise("mass_t"),
            effort=pl.when(_is(resource)).then(pl.col("effort") / 1000).otherwise("effort"),
        ),
        "contents": lambda frame: _times(frame, {"amount": 1 / 1000}, only=_is(resource)),
        "rations": lambda frame: _times(frame, {"most": 1000}, only=_is(resource)),
        "stocks": lambda frame: _times(frame, {"quantity": 1000}, only=_is(resource) & pl.col("unit").is_null()),
        "arrivals": lambda frame: _times(frame, {"quantity": 1000, "per_day": 1000}, only=_is(resource)),
        "recipes": lambda frame: _times(frame, {"quantity": 1000}, only=_is(resource)),
        "modes": lambda frame: _times(frame, {"per_t": 1000, "per_t_km": 1000}, only=_is(resource)),
        "reserves": lambda frame: _times(frame, {"quantity": 1000}, only=_is(resource)),
    }
    return replace(economy, **{name: change(getattr(economy, name)) for name, change in per_kg.items()})


def _is(resource: str) -> pl.Expr:
    return pl.col("resource").eq_missing(pl.lit(resource))


def _times(frame: pl.DataFrame, by: Mapping[str, float], *, only: pl.Expr | int | None = None) -> pl.DataFrame:
    """Return the frame with columns multiplied, in all rows or only in some."""
    rows = pl.lit(True) if only is None else pl.int_range(pl.len()) == only if isinstance(only, int) else only
    return frame.with_columns(
        pl.when(rows).then(pl.col(column) * factor).otherwise(column).alias(column) for column, factor in by.items()
    )


@law
@given(economies(most_places=3, most_periods=3), st.randoms(use_true_random=False))
def test_law_why_says_the_same_in_any_order_and_its_changes_are_true(economy: Economy, random: Any) -> None:
    plan = planned(economy)
    short = plan.met.filter(pl.col("met_norm") < 1 - 1e-3)
    assume(short.height)
    place = str(short.sort("met_norm")["place"][0])
    mixed = {
        name: frame.sample(fraction=1, shuffle=True, seed=random.randint(0, 99))
        for name, frame in economy.tables.items()
        if name != "reserves"
    }
    here = kept(build(plan.economy), met=plan.met, reserves=plan.reserves)
    there = kept(build(replace(plan.economy, **mixed)), met=plan.met, reserves=plan.reserves)
    for why in explain(plan, place):
        assert sum(each.worth for each in why.limits) == pytest.approx(1, abs=1e-6)
        assert why.could >= why.level - LEVEL
        assert all(each.after >= each.before == why.could for each in why.changes)
        again, other = (explained(now, place, why.needs, tried=False) for now in (here, there))
        assert shares(again) == shares(why)
        assert shares(other).keys() == shares(again).keys()
        for key, worth in shares(again).items():
            assert shares(other)[key] == pytest.approx(worth, abs=SHARE), key


def shares(why: Why) -> dict[tuple[str, ...], float]:
    """Return the limits that explain one per cent and more, with their periods, and how much they do."""
    return {
        (each.limit.kind, each.limit.where, each.limit.resource, each.when, each.sentence): each.worth
        for each in why.limits
        if each.worth >= 0.01 and each.limit.kind != "other"
    }


@law
@given(economies())
def test_law_tables_laid_over_the_columns_can_be_done_and_say_the_same_again(economy: Economy) -> None:
    plan = planned(economy)
    program = build(plan.economy)
    x = np.maximum(laid(program, plan), kept(program, met=plan.met, reserves=plan.reserves).has)
    through = np.abs(program.matrix.entries) @ x + program.matrix.limit
    over = program.matrix.entries @ x - program.matrix.limit - 1e-9 * through - 1e-12
    assert over.max() <= 0, [(program.matrix.row_name(int(at)), float(over[at])) for at in np.flatnonzero(over > 0)]
    again = read_out(program, x)
    for name in ("given", "runs", "dispatches", "balances", "reserves"):
        mine, theirs = again[name], getattr(plan, name)
        ids = [column for column in theirs.columns if theirs.schema[column] != pl.Float64]
        both = theirs.join(mine, on=ids, how="full", nulls_equal=True)
        for column in (column for column in theirs.columns if column not in ids):
            assert np.allclose(
                both[column].fill_null(0.0), both[f"{column}_right"].fill_null(0.0), rtol=1e-6, atol=1e-7
            )
