"""What the check of a plan says: rules, findings, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import polars as pl

from muster.economy.tables import LINE
from muster.errors import Fault

TOLERANCE = 1e-9
"""Share of a row's throughput by which it may miss: what sums of float64 leave over."""

CRUMB = 1e-3
"""A row whose throughput is below this share of its resource's largest row counts as if it had that much."""

EXAMPLES = 3
"""Rows shown in one message, worst first; the rest are counted."""

_AGAIN = "undo the change to the plan, or make it again with muster plan"
_OTHER = "check the plan against the economy it was made from, or make it again with muster plan"


@dataclass(frozen=True)
class Rule:
    """One thing that must hold of a plan.

    Attributes:
        one: The sentence for a single row that breaks it.
        many: The same for several; begins after their number.
        physical: It is about what can be done at all (else about what the plan says of itself).
        do: What the person can do.
    """

    one: str
    many: str
    physical: bool = True
    do: str = _AGAIN


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "V1": Rule("the plan was made from another economy", "plans were made from other economies", False, _OTHER),
        "V2": Rule("a table of the plan has other columns", "tables of the plan have other columns"),
        "V3": Rule("a row names something that does not exist", "rows name something that does not exist"),
        "V4": Rule(
            "a row is not finished: a cell is blank or should be", "rows have a cell that is blank or should be"
        ),
        "V5": Rule("a number is negative or not finite", "numbers are negative or not finite"),
        "V6": Rule("a row stands twice", "rows stand twice"),
        "V10": Rule("a balance does not add up", "balances do not add up"),
        "V11": Rule("a balance states another flow than the tables give", "flows in balances differ from the tables"),
        "V12": Rule("a balance is missing although something moves", "balances are missing although something moves"),
        "V13": Rule("less is lost than does not keep", "balances lose less than does not keep"),
        "V14": Rule(
            "a dispatch receives other than what was sent less the loss", "dispatches receive other than sent less loss"
        ),
        "V15": Rule("a dispatch leaves on a route that is closed", "dispatches leave on routes that are closed"),
        "V16": Rule(
            "a dispatch arrives in another period than it can", "dispatches arrive in another period than they can"
        ),
        "V17": Rule(
            "a dispatch carries what its mode does not carry", "dispatches carry what their mode does not carry"
        ),
        "V20": Rule("a route carries more than its capacity", "routes carry more than their capacity"),
        "V21": Rule("a store holds more than its capacity", "stores hold more than their capacity"),
        "V22": Rule("a plant runs more than it can", "plants run more than they can"),
        "V23": Rule("more is occupied than there is", "times more is occupied than there is"),
        "V24": Rule("people are given more than their ration", "times people are given more than their ration"),
        "V25": Rule("something is given where nobody is", "rows give something where nobody is"),
        "V30": Rule("a lot gives out more than there is of it", "times a lot gives out more than there is of it"),
        "V31": Rule("a lot is used after it expired", "rows use a lot after it expired"),
        "V32": Rule("a dated flow is more than the whole flow", "dated flows are more than the whole flow"),
        "V33": Rule("goods without a date give out more than there is", "times goods without a date give out too much"),
        "V34": Rule("more stays than can still be good", "times more stays than can still be good"),
        "V35": Rule("a later lot is drawn before an earlier one", "times a later lot is drawn before an earlier one"),
        "V36": Rule("less stays than is drawn later", "times less stays than is drawn later"),
        "V40": Rule("met.csv is not the list of claims", "rows of met.csv are not the list of claims", False),
        "V41": Rule("a claim states other people or norms", "claims state other people or norms", False),
        "V42": Rule("a claim is delivered other than stated", "claims are delivered other than stated", False),
        "V43": Rule("a claim is met other than stated", "claims are met other than stated", False),
        "V44": Rule(
            "reserves.csv is not the list of reserves", "rows of reserves.csv are not the list of reserves", False
        ),
        "V45": Rule("a reserve states another wish", "reserves state another wish", False),
        "V46": Rule("a reserve holds other than stated", "reserves hold other than stated", False),
        "V50": Rule(
            "levels.csv is not the list of a goal's claims", "rows of levels.csv are not a goal's claims", False
        ),
        "V51": Rule("a claim slipped further than the slack", "claims slipped further than the slack", False),
        "V52": Rule("a goal states another value", "values of goals differ from the tables", False),
        "V53": Rule("a reason names a claim that does not exist", "reasons name claims that do not exist", False),
        "V54": Rule(
            "a row of packs.csv differs from the dispatches", "rows of packs.csv differ from the dispatches", False
        ),
        "V55": Rule("trips are counted wrongly", "ways have their trips counted wrongly", False),
        "V60": Rule("the proof cannot be read", "parts of the proof cannot be read", False),
        "V61": Rule(
            "a stage states other than the levels give", "things that stages state are not what the levels give", False
        ),
        "V62": Rule("a goal states another gap than is proved", "goals state another gap than is proved", False),
        "V70": Rule("a file was changed after the plan was made", "files were changed after the plan was made", False),
    }
)
"""Every rule of the check by number."""


@dataclass(frozen=True)
class Violation:
    """By how much a row misses.

    Attributes:
        amount: In ``unit``, 0 or more.
        unit: Physical unit of the amount.
        share: The same as a share of the row's throughput.
        where: Which row, in words.
    """

    amount: float = 0.0
    unit: str = ""
    share: float = 0.0
    where: str = ""


@dataclass(frozen=True)
class Stage:
    """What is proved of one stage.

    Attributes:
        goal, round, kind: Which: ``common`` (all reach one level), ``level`` (the same for those not stuck), ``band``,
            ``last`` (what is left over), ``effort``, ``tonne_km``.
        value: What the plan reached, in the goal's units: the level; in a band or last pass the mean rise of those who
            could; weighted use; tonne-kilometres.
        bound: No plan that keeps the earlier stages reaches more; of the last goal: needs less.
        gap: The difference, 0 to 1; of the last goal as a share.
    """

    goal: str
    round: int
    kind: str
    value: float
    bound: float
    gap: float


@dataclass(frozen=True)
class Finding:
    """What one rule found: its fault, if any, and its largest violation, tolerated or not."""

    fault: Fault | None = None
    worst: Violation = field(default_factory=Violation)


@dataclass(frozen=True)
class Verdict:
    """What an independent check says of a plan.

    Attributes:
        balanced: Every balance and limit holds: the plan can be done.
        gap: Largest gap among the goals, proved: no goal can be more than this better; NaN where nothing can be said.
        faults: Everything that is wrong, one per rule and table, worst row first.
        worst: Largest violation of a balance or limit, tolerated or not.
        goals: The goals' values computed again from the tables, one record per goal, with its ``gap``.
        stages: What is proved of every stage, in order.
        exact: Whether the bounds were reckoned in fractions.
    """

    balanced: bool
    gap: float
    faults: tuple[Fault, ...]
    worst: Violation
    goals: tuple[Mapping[str, Any], ...]
    stages: tuple[Stage, ...] = ()
    exact: bool = False

    @property
    def holds(self) -> bool:
        """Nothing at all is wrong."""
        return not self.faults

    def text(self) -> str:
        """Return the verdict in plain words, one sentence a line."""
        lines = []
        if self.balanced:
            lines.append("The plan can be done: every balance and limit holds.")
        else:
            lines.append("The plan cannot be done as it stands: a balance or limit does not hold.")
        if self.worst.amount > 0:
            share = f"{self.worst.share:.1e} of what goes through that row"
            lines.append(
                f"The largest miss is {self.worst.amount:.3g} {self.worst.unit} ({share}): {self.worst.where}."
            )
        else:
            lines.append("No row misses by anything.")
        if not self.holds:
            count = sum(fault.count for fault in self.faults)
            lines.append(f"{count} {'thing is' if count == 1 else 'things are'} wrong in all; see the messages.")
        else:
            lines.append("What it says of itself agrees with the tables.")
        if math.isnan(self.gap):
            lines.append("How far from best it may be cannot be said.")
        elif self.gap >= 1:
            which = "for every goal: see the stages" if self.stages else "at all: it carries no prices"
            lines.append(f"How far from best it may be is not proved {which}.")
        else:
            how = "reckoned in fractions" if self.exact else "rounding counted against the plan"
            lines.append(f"No goal can be more than {percent(self.gap)} better; that is proved ({how}).")
        return "\n".join([*lines, *table(self.stages)])


_KIND = {
    "common": "all together",
    "level": "all not stuck",
    "band": "band",
    "last": "what is left",
    "effort": "weighted use",
    "tonne_km": "t km",
}


def percent(gap: float) -> str:
    """Return a gap in percent: two figures, and no smaller than can matter."""
    if gap < 1e-6:
        return "0.0001 %"
    return f"{100 * gap:.{max(0, 1 - math.floor(math.log10(100 * gap)))}f} %" if gap < 0.095 else f"{100 * gap:.0f} %"


def table(stages: Sequence[Stage]) -> list[str]:
    """Return the lines of a table of stages: what was reached, what nobody can exceed, and how far that is apart."""
    if not stages:
        return []
    rows: list[tuple[str, ...]] = [("goal", "round", "stage", "reached", "at best", "apart by less than")]
    for stage in stages:
        if stage.goal == "effort":
            told = [f"{number:,.6g}" for number in (stage.value, stage.bound)]
        else:
            told = [f"{100 * number:.4f} %" for number in (stage.value, stage.bound)]
        rows.append((stage.goal, str(stage.round), _KIND[stage.kind], *told, percent(stage.gap)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    left = (0, 2)
    return [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


Teller = Callable[[Mapping[str, Any]], str]
"""One row of a frame -> what was found there, in words."""


def accuse(rule: str, rows: pl.DataFrame, *, file: str, tell: Teller, column: str = "") -> Finding:
    """Return the fault for rows that break a rule, in the order given; nothing where there are none.

    Args:
        rule: Number of the rule.
        rows: The rows that break it; ``_line`` (may be missing or null) is the line in ``file``.
        file: File of the plan folder.
        tell: Says what was found in a row.
        column: Column of the file, where one is to blame.
    """
    if rows.is_empty():
        return Finding()
    told = rows.head(EXAMPLES).to_dicts()
    line = told[0].get(LINE)
    where = file if line is None else f"{file}:{line}"
    seen = "; ".join(_at(row, tell(row), number > 0) for number, row in enumerate(told))
    if rows.height > EXAMPLES:
        seen += f"; and {rows.height - EXAMPLES} more"
    law = RULES[rule]
    what = law.one if rows.height == 1 else f"{rows.height} {law.many}"
    return Finding(
        Fault(
            what=f"{what}.",
            where=f"{where}, column {column}" if column else where,
            seen=seen,
            do=law.do,
            rule=rule,
            count=rows.height,
        )
    )


def judge(rule: str, rows: pl.DataFrame, *, file: str, tell: Teller, column: str = "") -> Finding:
    """Return the fault and the largest violation of rows that were measured.

    Args:
        rule: Number of the rule.
        rows: Columns ``excess`` (by how much the row misses, in ``unit``), ``throughput`` (what goes through it) and
            ``unit``; plus what ``tell`` needs.
        file: File of the plan folder.
        tell: Says what was found in a row.
        column: Column of the file, where one is to blame.
    """
    missed = rows.filter(pl.col("excess") > 0).with_columns(
        share=pl.when(pl.col("throughput") > 0).then(pl.col("excess") / pl.col("throughput")).otherwise(1.0)
    )
    if missed.is_empty():
        return Finding()
    broken = missed.filter(pl.col("share") > TOLERANCE)
    blamed = broken.sort("share", descending=True, maintain_order=True)
    top = (blamed if blamed.height else missed.sort("share", descending=True)).row(0, named=True)
    worst = Violation(top["excess"], top["unit"] or "", top["share"], _at(top, tell(top), True))
    return Finding(accuse(rule, blamed, file=file, tell=tell, column=column).fault, worst)


def conclude(
    findings: Iterable[Finding],
    *,
    gap: float = math.nan,
    goals: Sequence[Mapping[str, Any]] = (),
    stages: Sequence[Stage] = (),
    exact: bool = False,
) -> Verdict:
    """Return the verdict over all findings; the worst violation is of what can be done, largest share first."""
    findings = tuple(findings)
    faults = tuple(finding.fault for finding in findings if finding.fault is not None)
    return Verdict(
        balanced=not any(RULES[fault.rule].physical for fault in faults),
        gap=gap,
        faults=faults,
        worst=max((finding.worst for finding in findings), key=lambda worst: worst.share, default=Violation()),
        goals=tuple(goals),
        stages=tuple(stages),
        exact=exact,
    )


def name_of(row: Mapping[str, Any], *columns: str) -> str:
    """Return the named cells of a row in words: ``depot, flour, period 2``; a blank place is the pool."""
    words = []
    for column in columns:
        value = row[column]
        if column == "place" and not value:
            words.append("the pool")
        elif column in ("period", "arrives", "on"):
            words.append(f"period {value}")
        elif value not in (None, ""):
            words.append(str(value))
    return ", ".join(words)


def amount(row: Mapping[str, Any], column: str) -> str:
    """Return a quantity for a message: the cell with six figures and the unit of its row, if it has one."""
    value, unit = row[column], row.get("unit")
    return "nothing" if value is None else f"{value:.6g} {unit or ''}".rstrip()


def cell(column: str) -> Teller:
    """Return a teller that shows one cell as it is."""
    return lambda row: str(row[column])


def naming(*columns: str, before: str = "", after: str = "") -> Teller:
    """Return a teller that names the cells of ``columns`` between two texts."""
    return lambda row: f"{before}{name_of(row, *columns)}{after}"


def _at(row: Mapping[str, Any], told: str, with_line: bool) -> str:
    return f"{told} (line {row[LINE]})" if with_line and row.get(LINE) is not None else told
