"""Why a place stands where it stands, in sentences: what the command prints and the page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from muster.plan import sentences
from muster.plan.changes import Change
from muster.plan.limits import Holding, in_words
from muster.plan.plan import Plan
from muster.plan.why import Served, Why
from muster.report.names import Names
from muster.report.words import listing

MOST_LIMITS = 6
"""Limits named; the smaller ones are counted."""

ONE_BY_ONE = 0.7
"""Where the limits named one by one would explain less than this, those of one sort are named together."""

MOST_ALIKE = 4
"""Limits of one sort that are named; the others are counted."""

MOST_SERVED = 4
"""Needs of places named in one sentence about those who were served before."""

MOST_GIVEN = 6
"""Goods named among what came."""

CRUMB = 1e-3
"""A good that gives less than this share of a need is not named."""

STANDARDS = {"floor": "survival floor", "norm": "full standard"}

_BECAUSE = {
    "own": sentences.OWN,
    "floor first": sentences.FLOOR_FIRST,
    "as low": sentences.AS_LOW,
    "same step": sentences.SAME_STEP,
    "higher": sentences.HIGHER,
}


@dataclass(frozen=True)
class Account:
    """An answer in plain sentences.

    Attributes:
        title: Need and place; ``needs``: the need alone.
        facts: Head and sentence: what counted as need, what came, how much that is, what others have, and how far it
            could be raised.
        holds: Share and sentence of each limit, largest first; the last may count those left out.
        before: Who was served before it, a sentence for each reason.
        helps: Each change that would help, and what it would bring.
        idle: Changes that look obvious and would change nothing.
        note: What all changes have in common.
    """

    title: str
    needs: str
    facts: tuple[tuple[str, str], ...]
    holds: tuple[tuple[float, str], ...]
    before: tuple[str, ...]
    helps: tuple[tuple[str, str], ...]
    idle: tuple[str, ...]
    note: str


def account(plan: Plan, why: Why) -> Account:
    """Put an answer into sentences, with units, dates and names."""
    names = Names(plan.economy)
    others = [said for said in (_others(plan, why, need, names) for need in why.needs) if said]
    facts = [
        ("What counted as need", _asked(plan, why, names)),
        ("What came", _came(plan, why, names)),
        ("How much that is", _reached(why, names)),
        ("What others have", f"{'; '.join(others)}." if others else ""),
        ("How far it could go", _could(plan, why)),
        ("Who was asked", sentences.AROUND.format(count=len(why.around)) if why.around else ""),
    ]
    return Account(
        title=f"{needs_of(why, names)} in {names.place[why.place]}",
        needs=needs_of(why, names),
        facts=tuple(fact for fact in facts if fact[1]),
        holds=_holds(why),
        before=_before(plan, why, names),
        helps=tuple((_sentence(each.what), _effect(each)) for each in why.changes if each.helps),
        idle=tuple(_sentence(each.what) for each in why.changes if not each.helps),
        note=_note(why),
    )


def nothing_holds(plan: Plan, place: str, *, need: str | None = None, period: int | None = None) -> str:
    """Return what to say where nothing is missing: everything is met, or nobody there has a claim."""
    names = Names(plan.economy)
    where, of_what = names.place[place], names.need[need] if need else "any need"
    when = "" if period is None else f" in {names.when(period)}"
    mine = plan.met.filter(pl.col("place") == place)
    if need is not None:
        mine = mine.filter(pl.col("need") == need)
    if period is not None:
        mine = mine.filter(pl.col("period") == period)
    if mine.is_empty():
        return sentences.NOBODY.format(where=where, what=f"{of_what}{when}")
    people = _people(mine)
    what = "every need" if need is None else names.need[need]
    what = f"{what}{when or ', all the time'}"
    return sentences.IN_FULL.format(where=where, people=people, what=what)


def needs_of(why: Why, names: Names) -> str:
    """Return the names of the needs that are asked about."""
    return listing(names.need[need] for need in why.needs)


def level_in_words(why: Why) -> str:
    """Return how a place stands with a need, e.g. ``49.8 % of the survival floor``."""
    return f"{percent(why.level)} of the {STANDARDS[why.standard]}"


def percent(share: float) -> str:
    """Return a share in per cent with one decimal, rounded down so that only a whole is called 100 %.

    Example:
        >>> percent(0.4979), percent(0.99999), percent(1.0), percent(0.7)
        ('49.7 %', '99.9 %', '100 %', '70 %')
    """
    tenths = int(share * 1000 + 1e-3)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def amount(number: float) -> str:
    """Return a quantity as people write it.

    Example:
        >>> amount(1234.5), amount(12.34), amount(2), amount(0.0123)
        ('1,234', '12.3', '2', '0.0123')
    """
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _asked(plan: Plan, why: Why, names: Names) -> str:
    when = in_words(plan.economy.horizon, set(why.claims["period"]))
    each = [_norms(why.claims.filter(pl.col("need") == need), need, names) for need in why.needs]
    return f"{_people(why.claims)} in {names.place[why.place]}, {when}; {'; '.join(each)}."


def _norms(claims: pl.DataFrame, need: str, names: Names) -> str:
    unit = names.need_unit[need]
    floor, norm, covered = (_range(claims[name], unit) for name in ("floor", "norm", "covered"))
    own = f", {covered} of it their own" if (claims["covered"] > 0).any() else ""
    lives = f"{floor} a person and day to live, " if (claims["floor"] > 0).any() else ""
    return f"{names.need[need]}: {lives}{norm} as the full standard{own}"


def _came(plan: Plan, why: Why, names: Names) -> str:
    """Return what they get of the needs, and the goods that give it."""
    each = []
    for need in why.needs:
        claims = why.claims.filter(pl.col("need") == need)
        got = f"{names.need[need]} {_range(claims['delivered'], names.need_unit[need])} a person and day"
        each.append(f"{got} from {listing(_goods(plan, claims, need, names), most=MOST_GIVEN) or 'nothing'}")
    return f"{'; '.join(each)}."


def _goods(plan: Plan, claims: pl.DataFrame, need: str, names: Names) -> list[str]:
    """Return what those who claim a need are given of what serves it, with quantities, the weightiest first."""
    holds = plan.economy.contents.filter((pl.col("need") == need) & (pl.col("amount") > 0)).select("resource", "amount")
    given = (
        plan.given.join(claims.select("place", "group", "period").unique(), on=["place", "group", "period"], how="semi")
        .join(holds, on="resource")
        .group_by("resource")
        .agg(pl.col("quantity").sum(), (pl.col("quantity") * pl.col("amount")).sum().alias("_worth"))
        .sort("_worth", "resource", descending=[True, False])
    )
    told = given.filter(pl.col("_worth") >= CRUMB * pl.col("_worth").sum())
    return [
        f"{amount(quantity)} {names.resource_unit[resource]} {names.resource[resource]}"
        for resource, quantity in told.select("resource", "quantity").iter_rows()
    ]


def _reached(why: Why, names: Names) -> str:
    lowest = why.lowest
    first = lowest.sort("period", "group").row(0, named=True)
    same = lowest.height - 1
    more = f", and {same} more claims as low" if same > 1 else ", and one more claim as low" if same else ""
    whom = f"{names.need[first['need']]}, {names.group[first['group']]}, {names.when(first['period'])}{more}"
    floor = f"{percent(first['met_floor'])} of the survival floor and " if first["floor"] > 0 else ""
    return f"{floor}{percent(first['met_norm'])} of the full standard at worst ({whom})."


def _others(plan: Plan, why: Why, need: str, names: Names) -> str:
    """Return what others have of the same need."""
    met = f"met_{why.standard}"
    rest = plan.met.filter((pl.col("need") == need) & (pl.col("place") != why.place) & (pl.col(why.standard) > 0))
    if rest.is_empty():
        return ""
    levels, people = rest[met].to_numpy(), rest["people"].to_numpy()
    least, mean = float(levels.min()), float(levels @ people / people.sum())
    lower = rest.filter(pl.col(met) < why.level - 1e-3)["place"].n_unique()
    less = f"{lower} {'place has' if lower == 1 else 'places have'} less at some time" if lower else "nobody has less"
    return (
        f"{names.need[need]} at least {percent(least)} of the {STANDARDS[why.standard]}, {percent(mean)} on average "
        f"({less})"
    )


def _could(plan: Plan, why: Why) -> str:
    if not why.changes and why.could <= why.level:
        return ""
    level, step = percent(why.could), f"{plan.economy.step * 100:g}"
    if why.could - why.level < 5e-3:
        open_ended = any(each.limit.kind == "beyond" for each in why.limits)  # more might come from there
        return "" if open_ended else sentences.STUCK.format(step=step)
    if not plan.proof:  # a policy made it
        return sentences.OTHER_RULE.format(level=level)
    if any(goal.get("gap", 0.0) > 1e-3 for goal in plan.goals):
        return sentences.STOPPED.format(level=level)
    return sentences.IN_STEPS.format(level=level, step=step, slack=f"{plan.economy.slack * 100:g}")


def _holds(why: Why) -> tuple[tuple[float, str], ...]:
    """Return the limits one by one; where they are many, those of one sort together."""
    named = [each for each in why.limits if each.limit.kind != "other"]
    shown = [(each.worth, each.sentence) for each in named[:MOST_LIMITS]]
    if sum(worth for worth, _ in shown) < ONE_BY_ONE:
        sorts: dict[str, list[Holding]] = {}
        for each in named:
            sorts.setdefault(each.limit.alike, []).append(each)
        together = sorted(((sum(each.worth for each in mine), _alike(mine)) for mine in sorts.values()), reverse=True)
        shown = together[:MOST_LIMITS]
    share = 1.0 - sum(worth for worth, _ in shown)
    return (*shown, (share, sentences.SMALL)) if share > 5e-4 else tuple(shown)


def _alike(mine: Sequence[Holding]) -> str:
    """Return limits of one sort in a sentence."""
    if len(mine) == 1:
        return mine[0].sentence
    return mine[0].limit.alike.format(names=listing([each.limit.name for each in mine], most=MOST_ALIKE))


def _before(plan: Plan, why: Why, names: Names) -> tuple[str, ...]:
    step = plan.economy.step
    found = []
    for because, said in _BECAUSE.items():
        mine = [each for each in why.served if each.because == because]
        if mine:
            needs = list(dict.fromkeys(each.need for each in mine))
            whom = "; ".join(_whom([each for each in mine if each.need == need], why, names) for need in needs)
            down = percent(min(1.0, why.level + step))
            found.append(said.format(step=f"{step * 100:g}", down=down, whom=whom))
    return tuple(found)


def _whom(mine: Sequence[Served], why: Why, names: Names) -> str:
    """Return one need of several places: ``heat in Ada (70 %), Bor (72 to 80 %) and 3 more``."""
    need = names.need[mine[0].need]
    whom = listing([f"{names.place[each.place]} ({_level(each, why)})" for each in mine], most=MOST_SERVED)
    return f"{need} ({_level(mine[0], why)})" if mine[0].place == why.place else f"{need} in {whom}"


def _level(each: Served, why: Why) -> str:
    least, most = percent(each.least), percent(each.most)
    of_what = "" if each.standard == why.standard else f" of the {STANDARDS[each.standard]}"
    return (least if least == most else f"{least.removesuffix(' %')} to {most}") + of_what


def _effect(change: Change) -> str:
    return f"{percent(change.before)} → {percent(change.after)}"


def _note(why: Why) -> str:
    return sentences.TRIED if why.changes else ""


def _range(values: pl.Series, unit: str) -> str:
    least, most = float(values.min()), float(values.max())  # type: ignore[arg-type]
    low, high = amount(least), amount(most)
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def _people(claims: pl.DataFrame) -> str:
    """Return the most distinct people of some claims in any one period."""
    each = claims.group_by("place", "group", "period").agg(pl.col("people").max())
    most = float(each.group_by("period").agg(pl.col("people").sum())["people"].max())  # type: ignore[arg-type]
    return f"{most:,.0f} {'person' if round(most) == 1 else 'people'}"


def _sentence(said: str) -> str:
    return said[:1].upper() + said[1:]


def in_short(whys: Sequence[Why], plan: Plan) -> tuple[str, ...]:
    """Return one line for each answer beside the first: how it stands and what holds it most."""
    names = Names(plan.economy)
    return tuple(
        f"{needs_of(each, names)}: {level_in_words(each)}; most of all: {each.limits[0].sentence}" for each in whys
    )
