"""The rows of a plan, each table by itself: columns, names, blanks, numbers, keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl

from muster.economy.tables import LINE
from muster.plan.plan import Plan
from muster.plan.proof.facts import Facts
from muster.plan.proof.verdict import Finding, accuse, cell, naming
from muster.plan.tables import PLAN_TABLES


@dataclass(frozen=True)
class Form:
    """What may stand in a table of a plan beyond its column types.

    Attributes:
        names: Column -> the kind of name in it.
        key: Columns that tell rows apart.
        blank: Columns that may be blank.
        signed: Numbers that may be any finite number.
    """

    names: Mapping[str, str]
    key: tuple[str, ...]
    blank: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()


def _same(*kinds: str) -> dict[str, str]:
    return {kind: kind for kind in kinds}


FORMS: Mapping[str, Form] = MappingProxyType(
    {
        "met": Form(_same("place", "group", "need"), ("place", "group", "need", "period")),
        "given": Form(_same("place", "group", "resource"), ("place", "group", "resource", "period")),
        "dispatches": Form(
            {"from": "place", "to": "place"} | _same("mode", "resource"),
            ("from", "to", "mode", "resource", "period", "arrives"),
        ),
        "runs": Form(_same("place", "recipe"), ("place", "recipe", "period")),
        "balances": Form(_same("place", "resource"), ("place", "resource", "period"), blank=("place",)),
        "reserves": Form(
            _same("place", "need", "resource"),
            ("place", "need", "resource", "on"),
            blank=("place", "need", "resource"),
        ),
        "levels": Form(_same("place", "group"), ("goal", "place", "group", "need", "period"), blank=("place", "group")),
        "why": Form(
            _same("place", "group", "need"),
            ("place", "group", "need", "period", "rank"),
            blank=("where", "resource", "when", "worth"),
            signed=("worth",),
        ),
        "lots": Form(
            _same("place", "resource") | {"to": "place", "mode": "mode"},
            ("place", "resource", "expires", "period", "flow", "to", "mode", "arrives"),
            blank=("place", "to", "mode", "arrives"),
        ),
    }
)
"""The form of every table of a plan."""


@dataclass(frozen=True)
class PlanRows:
    """The tables of a plan with names as enumerations (a blank one is the empty name) and the line in ``_line``.

    Rows that cannot be understood are left out; ``findings`` says which.
    """

    met: pl.DataFrame
    given: pl.DataFrame
    dispatches: pl.DataFrame
    runs: pl.DataFrame
    balances: pl.DataFrame
    reserves: pl.DataFrame
    levels: pl.DataFrame
    why: pl.DataFrame
    lots: pl.DataFrame
    findings: tuple[Finding, ...] = field(repr=False)


def frames_of(plan: Plan) -> dict[str, pl.DataFrame]:
    """Return the frames of a plan by the name of their file."""
    return {name: plan.reasons if name == "why" else getattr(plan, name) for name in PLAN_TABLES}


def foreign_columns(plan: Plan) -> list[Finding]:
    """Return the tables whose columns are not those of a plan: nothing more can be said of them."""
    findings = []
    for name, frame in frames_of(plan).items():
        expected = dict(PLAN_TABLES[name])
        if dict(frame.schema) != expected:
            wrong = [
                column for column in {**expected, **frame.schema} if frame.schema.get(column) != expected.get(column)
            ]
            found = pl.DataFrame(
                {"seen": [", ".join(f"{each} {frame.schema.get(each, '(missing)')}" for each in wrong)]}
            )
            findings.append(accuse("V2", found, file=f"{name}.csv", tell=lambda row: row["seen"]))
    return findings


def read_rows(facts: Facts, plan: Plan) -> PlanRows:
    """Return the sound rows of a plan whose columns are right, and what was found in the others."""
    sound: dict[str, pl.DataFrame] = {}
    findings: list[Finding] = []
    for name, frame in frames_of(plan).items():
        numbered = frame.with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int64))
        sound[name], found = _sound(facts, name, numbered)
        findings += found
    return PlanRows(**sound, findings=tuple(findings))


def _sound(facts: Facts, table: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Return the rows that can be understood, with coded names, and what is wrong with the table."""
    form, file = FORMS[table], f"{table}.csv"
    coded = frame.with_columns(
        pl.col(column).fill_null("").cast(facts.names[kind], strict=False).alias(f"{column}:")
        for column, kind in form.names.items()
    )
    flaws = list(_flaws(facts, form, frame.schema))
    present = coded.select(flaw.any().alias(str(number)) for number, (_, _, flaw) in enumerate(flaws)).row(0)
    found = [each for each, there in zip(flaws, present, strict=True) if there]
    findings = [
        accuse(rule, coded.filter(flaw), file=file, tell=_blank if rule == "V4" else cell(column), column=column)
        for rule, column, flaw in found
    ]
    good = coded.filter(pl.all_horizontal(pl.lit(True), *(~flaw for _, _, flaw in found)))
    good = good.with_columns(pl.col(f"{column}:").alias(column) for column in form.names)
    good = good.drop(f"{column}:" for column in form.names)
    key = pl.struct(form.key)
    twice = good.filter(key.is_duplicated() & ~key.is_first_distinct())
    return good, [*findings, accuse("V6", twice, file=file, tell=naming(*form.key))]


def _flaws(facts: Facts, form: Form, schema: Mapping[str, pl.DataType]) -> Iterator[tuple[str, str, pl.Expr]]:
    """Yield rule, column and expression of all that makes a row impossible to understand."""
    latest = {"period": facts.periods - 1, "on": facts.periods - 1, "arrives": facts.periods}
    for column, dtype in schema.items():
        value = pl.col(column)
        if column in form.names:
            yield "V3", column, pl.col(f"{column}:").is_null()
        if column not in form.blank and column != LINE:
            yield "V4", column, (value.is_null() | (value == "")) if dtype == pl.String else value.is_null()
        if dtype == pl.Float64:
            negative = (value < 0) if column not in form.signed else pl.lit(False)
            yield "V5", column, (~value.is_finite() | negative).fill_null(False)
        elif column in latest:
            yield "V3", column, ~value.is_between(0, latest[column]).fill_null(True)
        elif column in ("round", "rank"):
            yield "V5", column, (value < 0).fill_null(False)


def _blank(_: Mapping[str, Any]) -> str:
    return "a blank cell"
