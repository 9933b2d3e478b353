"""The check of a plan: a sound one passes, and one number changed anywhere does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import plans_by_hand as by_hand
import polars as pl
import pytest

from muster.economy.economy import Economy
from muster.plan.plan import Plan
from muster.plan.proof import RULES, verify

ECONOMY = by_hand.economy()
PLAN = by_hand.plan(ECONOMY)


def changed(plan: Plan, table: str, row: int, column: str, value: Any) -> Plan:
    """Return the plan with one cell changed."""
    frame = getattr(plan, table)
    cell = pl.lit(value, dtype=frame.schema[column])
    return replace(
        plan,
        **{
            table: frame.with_columns(pl.when(pl.int_range(pl.len()) == row).then(cell).otherwise(column).alias(column))
        },
    )


def rules(plan: Plan, economy: Economy = ECONOMY) -> set[str]:
    """Return the numbers of the rules that the plan breaks."""
    return {fault.rule for fault in verify(economy, plan).faults}


def elsewhere(**tables: Mapping[int, Mapping[str, Any]]) -> tuple[Economy, Plan]:
    """Return the economy with cells changed (table: row: column: value), and the same plan as if made from that."""
    frames = {}
    for table, cells in tables.items():
        frame = getattr(ECONOMY, table)
        for row, values in cells.items():
            frame = frame.with_columns(
                pl.when(pl.int_range(pl.len()) == row)
                .then(pl.lit(value, frame.schema[column]))
                .otherwise(column)
                .alias(column)
                for column, value in values.items()
            )
        frames[table] = frame
    economy = replace(ECONOMY, **frames)
    return economy, replace(PLAN, economy=economy)


def row_of(table: str, **cells: Any) -> int:
    """Return the position of the one row of the plan that has these cells."""
    frame = getattr(PLAN, table).with_row_index("at")
    return int(frame.filter(pl.col(name).eq_missing(pl.lit(value)) for name, value in cells.items())["at"].item())


def test_verify_plan_made_by_hand_then_it_holds() -> None:
    verdict = verify(ECONOMY, PLAN)
    assert verdict.faults == ()
    assert verdict.holds
    assert verdict.balanced
    assert verdict.gap == 1  # nobody has proved anything of it
    assert verdict.worst.share < 1e-12


def test_verify_plan_made_by_hand_then_goals_are_found_again() -> None:
    floor, reserve, norm, effort = verify(ECONOMY, PLAN).goals
    assert floor == pytest.approx(
        {"goal": "floor", "least": 0.41, "mean": 431 / 490, "below": 1, "people_below": 100, "gap": 1}
    )
    assert reserve["least"] == 0.5
    assert reserve["people_below"] == 0
    assert norm["below"] == 7
    assert effort == pytest.approx({"goal": "effort", "value": 141.6, "tonne_km": 654.0, "gap": 1})


NUMBERS = [
    ("met", column, {"place": "village", "group": "child", "need": "energy", "period": 0})
    for column in ("people", "floor", "norm", "covered", "delivered", "met_norm")
]
NUMBERS += [("met", "met_floor", {"place": "village", "group": "all", "need": "energy", "period": 0})]
NUMBERS += [
    ("given", "quantity", {"place": "village", "group": "child", "resource": "flour", "period": 2}),
    ("dispatches", "quantity", {"resource": "flour", "arrives": 2}),
    ("dispatches", "received", {"resource": "flour", "arrives": 2}),
    ("runs", "runs", {"recipe": "milling"}),
    ("runs", "runs", {"recipe": "repair"}),
    ("reserves", "wanted", {"need": "energy"}),
    ("reserves", "held", {"need": "energy"}),
    ("reserves", "met", {"resource": "wood"}),
    ("lots", "quantity", {"flow": "used"}),
    ("lots", "quantity", {"place": "village", "flow": "given", "period": 1}),
    ("lots", "quantity", {"flow": "sent", "period": 1}),
]
NUMBERS += [
    ("balances", column, {"place": place, "resource": resource, "period": period})
    for place, resource, period, columns in [
        ("depot", "milk", 0, ("opening", "made", "used", "sent", "lost", "closing")),
        ("village", "flour", 1, ("received", "given", "closing")),
        ("village", "wood", 2, ("opening", "given", "lost", "closing")),
        (None, "usd", 1, ("opening", "arrived", "closing")),
        ("depot", "hours", 0, ("arrived", "used", "lost")),
        ("depot", "mill", 1, ("made", "closing")),
        ("depot", "diesel", 1, ("used",)),
    ]
    for column in columns
]


@pytest.mark.parametrize(("table", "column", "cells"), NUMBERS)
def test_verify_number_changed_by_a_millionth_then_it_is_caught(table: str, column: str, cells: dict[str, Any]) -> None:
    row = row_of(table, **cells)
    by = 1 - 1e-6 if row % 2 else 1 + 1e-6
    assert rules(changed(PLAN, table, row, column, getattr(PLAN, table)[row, column] * by))


OTHERS = [
    ("met", 0, "place", "camp"),
    ("met", 0, "group", "child"),
    ("met", 0, "need", "heat"),
    ("met", 0, "period", 1),
    ("met", 0, "start", date(2026, 11, 2)),
    ("given", 0, "place", "camp"),
    ("given", 0, "group", "child"),
    ("given", 0, "resource", "milk"),
    ("given", 0, "period", 1),
    ("dispatches", 3, "from", "village"),
    ("dispatches", 3, "to", "village"),
    ("dispatches", 3, "mode", "ship"),
    ("dispatches", 3, "resource", "wood"),
    ("dispatches", 3, "period", 0),
    ("dispatches", 3, "arrives", 1),
    ("runs", 0, "place", "village"),
    ("runs", 0, "recipe", "boil"),
    ("runs", 0, "period", 1),
    ("balances", 0, "place", None),
    ("balances", 0, "resource", "wood"),
    ("balances", 0, "period", 2),
    ("reserves", 0, "place", "village"),
    ("reserves", 0, "resource", "wood"),
    ("reserves", 0, "on", 2),
    ("reserves", 1, "need", "heat"),
    ("levels", 0, "goal", "norm"),
    ("levels", 0, "goal", "effort"),
    ("levels", 0, "level", 0.411),
    ("levels", 0, "level", 0.4),
    ("levels", 1, "level", 1.1),
    ("levels", 0, "place", "camp"),
    ("levels", 0, "group", "child"),
    ("levels", 0, "need", "heat"),
    ("levels", 0, "period", 2),
    ("levels", 0, "round", -1),
    ("lots", 0, "place", "village"),
    ("lots", 0, "resource", "flour"),
    ("lots", 0, "expires", date(2026, 11, 21)),
    ("lots", 0, "period", 1),
    ("lots", 0, "flow", "given"),
    ("lots", 0, "flow", "eaten"),
    ("lots", 1, "to", "camp"),
    ("lots", 1, "mode", None),
    ("lots", 1, "arrives", 1),
    ("reasons", 0, "place", "depot"),
    ("reasons", 0, "need", "heat"),
    ("reasons", 0, "worth", float("nan")),
]


@pytest.mark.parametrize(("table", "row", "column", "value"), OTHERS)
def test_verify_cell_changed_then_it_is_caught(table: str, row: int, column: str, value: Any) -> None:
    assert rules(changed(PLAN, table, row, column, value))


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), None])
def test_verify_quantity_that_is_none_then_file_line_and_column_are_named(value: float | None) -> None:
    faults = verify(ECONOMY, changed(PLAN, "given", 3, "quantity", value)).faults
    assert [(fault.where, fault.rule) for fault in faults if fault.where.startswith("given.csv")] == [
        ("given.csv:5, column quantity", "V4" if value is None else "V5")
    ]


@pytest.mark.parametrize("table", ["met", "given", "dispatches", "runs", "balances", "reserves", "levels", "lots"])
def test_verify_row_left_out_or_doubled_then_it_is_caught(table: str) -> None:
    frame = getattr(PLAN, table)
    for row in range(0, frame.height, 3):
        without = frame.filter(pl.int_range(pl.len()) != row)
        assert rules(replace(PLAN, **{table: without})), f"row {row} left out"
    assert rules(replace(PLAN, **{table: pl.concat([frame, frame[:1]])})) >= {"V6"}


def test_verify_other_columns_then_nothing_more_is_said() -> None:
    plan = replace(PLAN, given=PLAN.given.rename({"quantity": "amount"}), runs=PLAN.runs.cast({"runs": pl.Int64}))
    faults = verify(ECONOMY, plan).faults
    assert [(fault.rule, fault.where) for fault in faults] == [("V2", "given.csv"), ("V2", "runs.csv")]
    assert "quantity (missing)" in faults[0].seen


@pytest.mark.parametrize(
    ("number", "field", "value"),
    [
        (0, "least", 0.42),
        (0, "mean", 0.88),
        (0, "below", 0),
        (0, "people_below", 99),
        (0, "max_min", 0.43),
        (0, "max_min", 1.1),
        (0, "max_min", None),
        (0, "gap", -1.0),
        (0, "gap", None),
        (0, "rounds", 1.5),
        (0, "goal", "norm"),
        (1, "mean", 0.9),
        (2, "below", 6),
        (2, "people_below", 100),
        (3, "value", 141.0),
        (3, "tonne_km", 655.0),
        (3, "gap", float("nan")),
    ],
)
def test_verify_goal_that_says_otherwise_then_it_is_caught(number: int, field: str, value: Any) -> None:
    goals = [dict(goal) for goal in PLAN.goals]
    goals[number][field] = value
    assert "V52" in rules(replace(PLAN, goals=tuple(goals)))


def test_verify_level_that_the_plan_itself_beats_then_it_is_caught() -> None:
    floor, *others = PLAN.goals
    assert "V52" in rules(replace(PLAN, goals=({**floor, "max_min": 0.3, "gap": 0.1}, *others)))


@pytest.mark.parametrize("gap", [0.0, 0.999])
def test_verify_gap_that_nobody_proved_then_it_is_caught(gap: float) -> None:
    assert rules(replace(PLAN, goals=({**PLAN.goals[0], "gap": gap}, *PLAN.goals[1:]))) == {"V62"}


def test_verify_goal_left_out_then_it_is_caught() -> None:
    assert rules(replace(PLAN, goals=PLAN.goals[:3])) == {"V52"}


def test_verify_other_economy_then_it_is_caught() -> None:
    economy, _ = elsewhere(stocks={0: {"quantity": 61.0}})
    assert "V1" in rules(PLAN, economy)


LIMITS = [
    ("V20", {"routes": {0: {"capacity_t_per_day": 0.19}}}),
    ("V21", {"stores": {0: {"capacity_t": 2.8}}}),
    ("V21", {"stores": {1: {"capacity_t": 41.0}}}),
    ("V22", {"plants": {0: {"runs_per_day": 1.99}}}),
    ("V22", {"plants": {0: {"until": date(2026, 11, 30)}}}),
    ("V22", {"plants": {1: {"from": date(2026, 12, 1)}}}),
    ("V23", {"recipes": {3: {"quantity": 0.76}}}),
    ("V23", {"modes": {1: {"per_t": 5.6}}}),
    ("V24", {"rations": {0: {"most": 0.00049}}}),
    ("V24", {"rations": {1: {"most": 0.0002}}}),
    ("V24", {"rations": {0: {"group": None}}}),
    ("V15", {"routes": {1: {"opens": date(2026, 12, 20), "closes": date(2026, 12, 20)}}}),
    ("V16", {"routes": {1: {"lead_days": 62}}}),
    ("V17", {"carries": {0: {"class": "fuel"}}}),
    ("V14", {"routes": {0: {"loss": 0.11}}}),
    ("V13", {"resources": {3: {"keep": 0.4}}}),
    ("V30", {"stocks": {2: {"quantity": 1199.0}}}),
    ("V30", {"stocks": {1: {"expires": date(2026, 11, 21)}}}),
    ("V35", {"stocks": {3: {"expires": date(2026, 11, 5)}}}),
    ("V11", {"stocks": {10: {"quantity": 5001.0}}}),
    ("V11", {"arrivals": {0: {"from": date(2026, 11, 2)}}}),
    ("V11", {"arrivals": {1: {"on": date(2027, 1, 1)}}}),
    ("V11", {"recipes": {4: {"after_days": 0}}}),
    ("V11", {"recipes": {6: {"after_periods": 2}}}),
    ("V11", {"modes": {0: {"per_t_km": 0.11}}}),
    ("V11", {"routes": {0: {"distance_km": 21.0}}}),
    ("V11", {"stocks": {6: {"unit": "t"}}}),
    ("V25", {"people": {2: {"from": date(2027, 1, 2)}}}),
    ("V40", {"people": {2: {"from": date(2026, 12, 1)}}}),
    ("V40", {"norms": {5: {"from": date(2026, 12, 2)}}}),
    ("V41", {"norms": {3: {"from": date(2027, 1, 1)}}}),
    ("V41", {"norms": {4: {"place": None, "floor": 400.0}}}),
    ("V42", {"contents": {0: {"amount": 3_500_001.0}}}),
    ("V44", {"reserves": {0: {"on": None}}}),
    ("V45", {"reserves": {1: {"days": 3.0}}}),
    ("V46", {"contents": {1: {"amount": 601.0}}}),
    ("V52", {"resources": {4: {"effort": 3.0}}}),
]


@pytest.mark.parametrize(("rule", "change"), LIMITS)
def test_verify_economy_that_allows_less_then_its_rule_is_named(rule: str, change: dict[str, Any]) -> None:
    economy, plan = elsewhere(**change)
    assert rule in rules(plan, economy)


@pytest.mark.parametrize(
    "change",
    [
        {"routes": {0: {"capacity_t_per_day": 0.2}}},
        {"stores": {0: {"capacity_t": 2.85}}},
        {"stores": {1: {"capacity_t": 42.66}}},
        {"plants": {0: {"until": date(2026, 12, 1)}}},
        {"recipes": {3: {"quantity": 0.75}}},
        {"modes": {1: {"per_t": 62 / 11.2}}},
        {"rations": {1: {"most": 700 / 3100 * 0.001}}},
        {"routes": {1: {"opens": date(2026, 12, 1)}}},
        {"routes": {1: {"lead_days": 31}}},
        {"carries": {1: {"class": None}}},
        {"people": {2: {"from": date(2027, 1, 1)}}},
        {"norms": {5: {"from": date(2026, 12, 1)}}},
    ],
)
def test_verify_economy_that_allows_just_as_much_then_the_plan_holds(change: dict[str, Any]) -> None:
    economy, plan = elsewhere(**change)
    assert rules(plan, economy) == set()


def test_verify_mode_without_routes_then_the_plan_holds() -> None:
    economy, plan = elsewhere(carries={1: {"mode": "mule"}})
    assert rules(plan, economy) == set()


def test_verify_goods_that_cannot_travel_then_it_is_caught() -> None:
    economy, plan = elsewhere(resources={2: {"unit": "piece"}}, stocks={1: {"unit": None, "quantity": 1000.0}})
    assert "V17" in rules(plan, economy)


def test_verify_dispatch_between_unknown_places_then_the_name_is_shown() -> None:
    fault = next(f for f in verify(ECONOMY, changed(PLAN, "dispatches", 0, "to", "vilage")).faults if f.rule == "V3")
    assert fault.where == "dispatches.csv:2, column to"
    assert fault.seen == "vilage"


@pytest.mark.parametrize(("day", "found"), [("2026-12-01", set()), ("2026-11-30", {"V30", "V31", "V34"})])
def test_verify_lot_with_another_date_then_it_is_used_through_its_period_only(day: str, found: set[str]) -> None:
    then, now = date(2026, 12, 15), date.fromisoformat(day)
    economy, plan = elsewhere(stocks={2: {"expires": now}})
    plan = replace(plan, lots=plan.lots.with_columns(pl.col("expires").replace(then, now)))
    assert rules(plan, economy) == found


def milk_at_the_mill(plan: Plan, *periods: Mapping[str, float]) -> Plan:
    """Return the plan with other cells in the balances of milk at the mill, from the first period on."""
    for period, cells in enumerate(periods):
        row = row_of("balances", place="depot", resource="milk", period=period)
        for column, value in cells.items():
            plan = changed(plan, "balances", row, column, value)
    return plan


def test_verify_goods_kept_past_their_date_then_it_is_caught() -> None:
    plan = milk_at_the_mill(PLAN, {}, {"lost": 0, "closing": 1460}, {"opening": 1460, "closing": 1460})
    assert rules(plan) == {"V34", "V46"}


def test_verify_lot_thrown_away_early_then_the_plan_can_be_done() -> None:
    thrown = milk_at_the_mill(PLAN, {"lost": 1200, "closing": 860}, {"opening": 860, "lost": 0})
    assert rules(thrown) == set()


def test_verify_lot_thrown_away_that_is_sent_later_then_it_is_caught() -> None:
    """Milk boiled in November is there in December only; by then 200 kg of the lot must be left, and 150 kg are."""
    economy, plan = elsewhere(recipes={8: {"after_periods": 1}})
    november = {"made": 0, "lost": 1750, "closing": 150}
    december = {"opening": 150, "made": 160, "lost": 0, "closing": 110}
    left = milk_at_the_mill(plan, november, december, {"opening": 110, "closing": 110})
    assert rules(left, economy) == {"V36", "V46"}
    kept = milk_at_the_mill(
        plan,
        november | {"lost": 1700, "closing": 200},
        december | {"opening": 200, "closing": 160},
        {"opening": 160, "closing": 160},
    )
    assert rules(kept, economy) == {"V46"}


def test_verdict_text_of_a_broken_plan_then_amount_unit_and_row_are_told() -> None:
    plan = changed(PLAN, "balances", row_of("balances", place="village", resource="wood", period=1), "closing", 7.25)
    verdict = verify(ECONOMY, plan)
    assert not verdict.balanced
    assert not verdict.holds
    assert verdict.worst.unit == "t"
    assert verdict.worst.amount == pytest.approx(0.25)
    text = verdict.text()
    assert "cannot be done as it stands" in text
    assert "0.25 t" in text
    assert "village, wood, period" in text


def test_verdict_text_of_a_sound_plan_without_a_proof_then_it_says_so() -> None:
    text = verify(ECONOMY, PLAN).text()
    assert "every balance and limit holds" in text
    assert "is not proved" in text


def test_rules_then_each_has_its_words() -> None:
    assert all(rule.one and rule.many and rule.do for rule in RULES.values())
