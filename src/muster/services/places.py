"""Use cases around one place of a plan: its sheet, what others have, the kept answer to why, its history over plans."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from muster import __version__
from muster.economy.beside import file_beside
from muster.plan import folder
from muster.plan.plan import Plan, known_id
from muster.plan.why import explain
from muster.report.facts import claims, start_of
from muster.report.names import Names
from muster.report.why import Account, account, nothing_holds
from muster.report.words import MET

ANSWERS = "answers"
"""Folder inside a plan folder: answers that have been worked out; a new plan takes the place of all of it."""

ALIKE = 0.005
"""Levels that differ by less count as the same."""

MOST_MORE = 6
"""Places with more that are named."""

MOST_LIMITS = 6
"""Limits named where only the plan's own are known."""


@dataclass(frozen=True)
class Span:
    """The least and the most of something, over groups and periods."""

    least: float
    most: float

    @property
    def same(self) -> bool:
        """Whether both are written the same."""
        return f"{self.least:.3g}" == f"{self.most:.3g}"


@dataclass(frozen=True)
class NeedLine:
    """One need of a place: what counted, what came, and what others have.

    Attributes:
        need, unit: Name; unit per person and day.
        floor, norm, own, came: Per person and day: to live, in full, their own (part of what counts as there), given.
        met_floor, met_norm: The least of its claims, 0 to 1; ``met_floor`` is ``None`` where there is no floor.
        measure: ``floor`` or ``norm``: the first that is not met in full; ``norm`` where all is.
        others_least, others_mean: The same of all other places, the mean weighted by people; ``None``: nobody else.
        lower: Other places that have less at some time.
    """

    need: str
    unit: str
    floor: Span
    norm: Span
    own: Span
    came: Span
    met_floor: float | None
    met_norm: float
    measure: str
    others_least: float | None
    others_mean: float | None
    lower: int

    @property
    def level(self) -> float:
        """What it gets of its measure."""
        return self.met_norm if self.measure == "norm" or self.met_floor is None else self.met_floor


@dataclass(frozen=True)
class Standing:
    """How another place stands with the need that is met least here."""

    place: str
    name: str
    people: float
    level: float


@dataclass(frozen=True)
class Limit:
    """What binds: its share of the explanation (0 to 1) and a sentence."""

    share: float
    sentence: str


@dataclass(frozen=True)
class Sheet:
    """One place in one plan.

    Attributes:
        place, name: Id and name.
        title, span, sha256: Of the economy.
        people: Most distinct people with a claim there in any one period.
        needs: The need that is met least first.
        worst: ``(period, level)`` for each period: name, and the least that any claim has of the first need's measure.
        more: Places that have more of that need, those with most first; ``more_left``: how many are not named.
        same, less: How many places stand alike, and lower.
        limits: What binds, from the plan itself; none where only the answer tells.
        answer: What was worked out when somebody asked; ``None``: nobody has asked yet.
    """

    place: str
    name: str
    title: str
    span: str
    sha256: str
    people: float
    needs: tuple[NeedLine, ...]
    worst: tuple[tuple[str, float], ...]
    more: tuple[Standing, ...]
    more_left: int
    same: int
    less: int
    limits: tuple[Limit, ...]
    answer: Answer | None


@dataclass(frozen=True)
class Answer:
    """Why a place has what it has: one account for each need not met in full, or what to say where there is none."""

    accounts: tuple[Account, ...]
    nothing: str


@dataclass(frozen=True)
class Past:
    """How a place stood in one plan: name of its folder, title, first day, and what it got at its worst.

    Attributes:
        need, measure, level: What it got least of, of what, and how much (0 to 1).
        met_floor, met_norm: The least of that need; ``met_floor`` is ``None`` where it has no floor.
    """

    plan: str
    title: str
    start: str
    need: str
    measure: str
    level: float
    met_floor: float | None
    met_norm: float


def read_plan(path: Path) -> Plan:
    """Return a plan; one that has been read and not written since is not read again.

    Raises:
        PlanError: It is not a plan, or cannot be read.
    """
    head = path / folder.HEAD
    written = head.stat().st_mtime_ns if head.is_file() else 0
    return _read(path, written)


@lru_cache(maxsize=8)
def _read(path: Path, written: int) -> Plan:
    return folder.read(path)


def place_names(path: Path) -> tuple[tuple[str, str], ...]:
    """Return ids and names of the places of a plan where anybody has a claim, by name.

    Raises:
        PlanError: The plan cannot be read.
    """
    plan = read_plan(path)
    names = Names(plan.economy)
    return tuple(sorted(((each, names.place[each]) for each in claims(plan)["place"].unique()), key=lambda it: it[1]))


def sheet(path: Path, place: str) -> Sheet:
    """Return what a plan says of a place; nothing is solved for it.

    Args:
        path: Plan folder.
        place: Id or name.
    Raises:
        PlanError: The plan cannot be read, or knows no such place.
    """
    plan = read_plan(path)
    place = known_id(plan.economy.places, "place", place)
    names, known = Names(plan.economy), claims(plan)
    mine = known.filter(pl.col("place") == place)
    needs = sorted((_line(known, mine, each, names, place) for each in mine["need"].unique()), key=_order)
    standing, alike, less, worst = _beside(known, mine, needs, names)
    return Sheet(
        place=place,
        name=names.place[place],
        title=plan.economy.title,
        span=names.span,
        sha256=plan.economy.sha256,
        people=_people(mine),
        needs=tuple(needs),
        worst=worst,
        more=standing[:MOST_MORE],
        more_left=len(standing[MOST_MORE:]),
        same=alike,
        less=less,
        limits=_limits(plan, place),
        answer=kept_answer(path, place),
    )


def history(plans: Iterable[Path], place: str) -> tuple[Past, ...]:
    """Return how a place stood in several plans, in their order; plans that do not know it are passed over.

    Raises:
        PlanError: A plan cannot be read.
    """
    found = []
    for path in plans:
        plan = read_plan(path)
        names, known = Names(plan.economy), claims(plan)
        mine = known.filter(pl.col("place") == place)
        if not mine.is_empty():
            first = min((_line(known, mine, each, names, place) for each in mine["need"].unique()), key=_order)
            start = start_of(plan, 0).isoformat()
            at_worst = (first.need, first.measure, first.level, first.met_floor, first.met_norm)
            found.append(Past(path.name, plan.economy.title, start, *at_worst))
    return tuple(found)


def work_out(path: Path, place: str, *, tell: Callable[[str], None] = lambda said: None) -> Answer:
    """Work out why a place has what it has and what would change it, and keep the answer in the plan folder.

    Raises:
        PlanError: The plan cannot be read, knows no such place, or there is no trusted answer.
        OSError: The answer cannot be written.
    """
    plan = read_plan(path)
    place = known_id(plan.economy.places, "place", place)
    found = explain(plan, place, tell=tell)
    answer = Answer(tuple(account(plan, each) for each in found), "" if found else nothing_holds(plan, place))
    file = _answer_file(path, place)
    file.parent.mkdir(exist_ok=True)
    with file_beside(file) as unfinished:
        unfinished.write_bytes(orjson.dumps({"muster": __version__, **asdict(answer)}))
    return answer


def kept_answer(path: Path, place: str) -> Answer | None:
    """Return the answer that was worked out for a place of a plan; ``None``: nobody asked, or another version did."""
    file = _answer_file(path, place)
    if not file.is_file():
        return None
    kept = orjson.loads(file.read_bytes())
    if kept.pop("muster") != __version__:
        return None
    return Answer(tuple(_account(each) for each in kept["accounts"]), kept["nothing"])


def _answer_file(path: Path, place: str) -> Path:
    """Return where an answer is kept; an id may hold signs that no name of a file can."""
    return path / ANSWERS / f"{hashlib.sha256(place.encode()).hexdigest()[:32]}.json"


def _account(kept: dict[str, Any]) -> Account:
    pairs = {name: tuple((first, second) for first, second in kept[name]) for name in ("facts", "holds", "helps")}
    return Account(
        title=kept["title"],
        needs=kept.get("needs", kept["title"]),  # kept before it stood there
        before=tuple(kept["before"]),
        idle=tuple(kept["idle"]),
        note=kept["note"],
        **pairs,
    )


def _line(known: pl.DataFrame, mine: pl.DataFrame, need: str, names: Names, place: str) -> NeedLine:
    about = mine.filter(pl.col("need") == need)
    has_floor = about.filter(pl.col("floor") > 0)
    met_floor = None if has_floor.is_empty() else _least(has_floor["met_floor"])
    measure = "norm" if met_floor is None or met_floor >= MET else "floor"
    met = f"met_{measure}"
    rest = known.filter((pl.col("need") == need) & (pl.col("place") != place) & (pl.col(measure) > 0))
    level = _least(about["met_norm"]) if measure == "norm" or met_floor is None else met_floor
    people = float(rest["people"].sum())
    return NeedLine(
        need=names.need[need],
        unit=names.need_unit[need],
        floor=_span(about["floor"]),
        norm=_span(about["norm"]),
        own=_span(about["covered"]),
        came=_span(about["delivered"]),
        met_floor=met_floor,
        met_norm=_least(about["met_norm"]),
        measure=measure,
        others_least=None if rest.is_empty() else _least(rest[met]),
        others_mean=float((rest[met] * rest["people"]).sum()) / people if people else None,
        lower=rest.filter(pl.col(met) < level - ALIKE)["place"].n_unique(),
    )


def _order(line: NeedLine) -> tuple[bool, float, str]:
    """Return what sorts needs: below the floor first, then what is met least."""
    return (line.measure == "norm", line.level, line.need)


def _beside(
    known: pl.DataFrame, mine: pl.DataFrame, needs: list[NeedLine], names: Names
) -> tuple[tuple[Standing, ...], int, int, tuple[tuple[str, float], ...]]:
    """Return who has more of the first need, how many stand alike and lower, and its levels by period."""
    if not needs:
        return (), 0, 0, ()
    first = needs[0]
    need = next(ident for ident, name in names.need.items() if name == first.need)
    met = f"met_{first.measure}"
    about = known.filter((pl.col("need") == need) & (pl.col(first.measure) > 0))
    place = mine["place"][0]
    each = about.group_by("place").agg(pl.col(met).min().alias("level"), pl.col("people").max())
    rest = each.filter(pl.col("place") != place).sort("level", "place", descending=[True, False])
    more = rest.filter(pl.col("level") > first.level + ALIKE)
    less = rest.filter(pl.col("level") < first.level - ALIKE).height
    standing = tuple(
        Standing(ident, names.place[ident], _people(known.filter(pl.col("place") == ident)), level)
        for ident, level in more.select("place", "level").iter_rows()
    )
    by_period = about.filter(pl.col("place") == place).group_by("period").agg(pl.col(met).min()).sort("period")
    worst = tuple((names.when(period), float(level)) for period, level in by_period.iter_rows())
    return standing, rest.height - more.height - less, less, worst


def _limits(plan: Plan, place: str) -> tuple[Limit, ...]:
    """Return the limits that the plan itself names for the worst claims of a place."""
    about = plan.reasons.filter(pl.col("place") == place)
    if about.is_empty():
        return ()
    need, period = about.select("need", "period").row(0)
    one = about.filter((pl.col("need") == need) & (pl.col("period") == period)).unique("sentence", keep="first")
    told = one.sort("worth", "sentence", descending=[True, False]).select("worth", "sentence").head(MOST_LIMITS)
    return tuple(Limit(float(share), sentence) for share, sentence in told.iter_rows())


def _people(rows: pl.DataFrame) -> float:
    """Return the most distinct people with a claim in any one period."""
    each = rows.group_by("group", "period").agg(pl.col("people").max()).group_by("period").agg(pl.col("people").sum())
    return float(max(each["people"], default=0.0))


def _span(values: pl.Series) -> Span:
    return Span(_least(values), float(max(values)))


def _least(values: pl.Series) -> float:
    return float(min(values))
