"""Use cases around a question: why a place has what it has, and who falls below the floor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from muster.economy import read
from muster.economy.beside import file_beside
from muster.economy.economy import Horizon
from muster.errors import EconomyError, Fault, PlanError
from muster.plan import folder, share_out
from muster.plan.changes import Change
from muster.plan.options import Listener, PlanOptions
from muster.plan.plan import Plan, known_id
from muster.plan.warn import Warned, warn
from muster.plan.why import Why, explain
from muster.report import why_page
from muster.report.facts import people_below
from muster.report.names import Names
from muster.report.why import Account, account, in_short, nothing_holds
from muster.services.summary import Below, below


@dataclass(frozen=True)
class Answered:
    """Why a place has what it has.

    Attributes:
        place: Its name.
        accounts: In sentences, one for each need that is not met in full; what would change it, for the first.
        also: The others in a line each.
        nothing: What to say where there is no account.
        data: The same as values, JSON-ready.
        page: Where the page was written; ``None`` if none was asked for.
    """

    place: str
    accounts: tuple[Account, ...]
    also: tuple[str, ...]
    nothing: str
    data: dict[str, Any]
    page: Path | None


def why_plan(
    path: Path,
    place: str,
    *,
    need: str | None = None,
    period: str | None = None,
    to: Path | None = None,
    tell: Callable[[str], None] = lambda said: None,
) -> Answered:
    """Explain what a place has in a plan; writes a page about it if asked to.

    Args:
        path: Plan folder.
        place, need: Ids or names.
        period: Number (0 is the first), name, or a date in it.
        to: File for the page.
    Raises:
        PlanError: The plan cannot be read; no such place, need or period.
        OSError: ``to`` cannot be written.
    """
    plan = folder.read(path)
    place = known_id(plan.economy.places, "place", place)
    need = None if need is None else known_id(plan.economy.needs, "need", need)
    when = None if period is None else known_period(plan.economy.horizon, period)
    found = explain(plan, place, need=need, period=when, tell=tell)
    nothing = "" if found else nothing_holds(plan, place, need=need, period=when)
    accounts = tuple(account(plan, each) for each in found)
    if to is not None:
        with file_beside(to) as unfinished:
            unfinished.write_text(why_page.render(plan, place, accounts, nothing=nothing), encoding="utf-8")
    names = Names(plan.economy)
    data: dict[str, Any] = {"place": place, "name": names.place[place], "nothing": nothing}
    data["answers"] = [_as_data(each, said) for each, said in zip(found, accounts, strict=True)]
    return Answered(names.place[place], accounts, in_short(found[1:], plan), nothing, data, to)


def known_period(horizon: Horizon, asked: str) -> int:
    """Return the period that was asked for by number, by name or by a date in it.

    Raises:
        PlanError: There is none.
    """
    names = {horizon.name(t).lower(): t for t in range(horizon.periods)}
    if asked.strip().lower() in names:
        return names[asked.strip().lower()]
    try:
        found = int(asked) if asked.strip().isdecimal() else horizon.period_of(date.fromisoformat(asked.strip()))
    except ValueError:
        found = -1
    if 0 <= found < horizon.periods:
        return found
    raise PlanError(
        Fault(
            what=f"the plan has no period called {asked}.",
            where="period",
            seen=asked,
            do=f"ask for 0 ({horizon.name(0)}) to {horizon.periods - 1} ({horizon.name(horizon.periods - 1)}), "
            "for its name, or for a date in it",
            rule="P4",
        )
    )


def _as_data(why: Why, said: Account) -> dict[str, Any]:
    limits = [
        {
            "kind": each.limit.kind,
            "where": each.limit.where,
            "resource": each.limit.resource,
            "periods": [part.period for part in each.parts],
            "when": each.when,
            "worth": each.worth,
            "sentence": each.sentence,
        }
        for each in why.limits
    ]
    served = [
        {
            "place": each.place,
            "need": each.need,
            "standard": each.standard,
            "least": each.least,
            "most": each.most,
            "worth": each.worth,
            "because": each.because,
        }
        for each in why.served
    ]
    return {
        "needs": list(why.needs),
        "standard": why.standard,
        "level": why.level,
        "could": why.could,
        "around": list(why.around),
        "claims": why.claims.drop("start").to_dicts(),
        "facts": dict(said.facts),
        "limits": limits,
        "served_before": served,
        "changes": [change_as_data(each) for each in why.changes],
    }


def change_as_data(each: Change) -> dict[str, Any]:
    """Return a change that was tried as JSON-ready values."""
    return {
        "what": each.what,
        "kind": each.kind,
        "where": each.where,
        "resource": each.resource,
        "when": each.when,
        "quantity": each.quantity,
        "unit": each.unit,
        "before": each.before,
        "after": each.after,
    }


@dataclass(frozen=True)
class Alert:
    """Who falls below the floor in a plan, and what would prevent it.

    Attributes:
        plan: The plan; of an economy, one that looks at the floor alone.
        below: Who is below, in a few numbers.
        warned: How much is missing, and what would prevent most of it.
    """

    plan: Plan
    below: Below
    warned: Warned

    def as_data(self) -> dict[str, Any]:
        """Return what ``muster warn --json`` prints."""
        periods = people_below(self.plan, measure="floor").with_columns(
            name=pl.col("period").replace_strict(Names(self.plan.economy).period, return_dtype=pl.String)
        )
        things = [
            change_as_data(each.change)
            | {"prevents": each.days, "tonnes": each.tonnes, "effort": each.effort, "per_tonne": each.per_tonne}
            for each in self.warned.things
        ]
        for each in things:
            del each["before"]
            each["share"] = each.pop("after")
        return {
            "people": self.below.people,
            "most": self.below.period,
            "first": self.below.first,
            "periods": periods.select("period", "name", "people", "below").to_dicts(),
            "places": self.below.places.to_dicts(),
            "shortfall": self.warned.shortfall,
            "floors": self.warned.floors,
            "possible": self.warned.possible,
            "asked": self.warned.asked,
            "seen": self.warned.seen,
            "things": things,
        }


def warn_of(path: Path, *, progress: Listener | None = None, tell: Callable[[str], None] = lambda said: None) -> Alert:
    """Say who falls below the floor in a plan, or in an economy planned for the floor alone.

    Args:
        path: Plan folder, or economy.
        progress: Told where planning stands.
        tell: Told what is being worked out afterwards.
    Raises:
        EconomyError: The tables have faults.
        PlanError: The plan cannot be read, or there is no trusted answer.
    """
    if (path / folder.HEAD).is_file():
        plan = folder.read(path)
    else:
        economy, faults = read.inspect(path)
        if economy is None or any(fault.severity == "fault" for fault in faults):
            raise EconomyError(faults)
        plan = share_out(economy, options=PlanOptions(goals=("floor",)), progress=progress)
    return Alert(plan, below(plan, measure="floor"), warn(plan, tell=tell))
