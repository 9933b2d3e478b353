"""From the book to the plan: what was really counted becomes the stocks and arrivals of an economy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from muster import store
from muster.book.accounts import kind_of, name_of
from muster.book.events import Event
from muster.book.times import day_date
from muster.book.views import Balance
from muster.economy.cells import typed
from muster.economy.check import check
from muster.economy.csv_text import read_csv
from muster.economy.economy import Economy
from muster.economy.folder import BOOK_FILE
from muster.economy.format import SEEN
from muster.economy.read import parse, worst_first
from muster.economy.tables import LINE, TABLES
from muster.economy.write import replace_tables
from muster.errors import EconomyError, Fault
from muster.services.book_names import LEFT_OUT, Names, Resource, names_in


class Stock(NamedTuple):
    """A row of ``stocks``, and the same in the smallest unit of the book."""

    place: str
    resource: str
    quantity: float
    unit: str
    lot: str
    expires: str
    smallest: int
    smallest_unit: str


class OnTheRoad(NamedTuple):
    """What is on a waybill, as it becomes an arrival: the day, and where that comes from."""

    waybill: str
    place: str
    resource: str
    quantity: float
    unit: str
    on: str
    because: str
    lot: str
    expires: str
    smallest: int
    smallest_unit: str


class LeftOut(NamedTuple):
    """What is not carried over, and why."""

    where: str
    resource: str
    lot: str
    quantity: float
    unit: str
    why: str


@dataclass(frozen=True)
class FromBook:
    """What became of a book in an economy.

    Attributes:
        folder: The economy.
        as_of: The end of this day is carried over.
        known_at: As it was known when the book had so many events.
        stocks: Rows of ``stocks``, all from the book.
        on_the_road: What is on the road; each a row of ``arrivals``.
        kept: Rows of ``arrivals`` that stay: what comes steadily (``per_day``), which no book holds.
        people: Rows of ``people``; ``None``: they stay as they are.
        left_out: What is in the book, or was in these tables, and is not in them now.
        written: The files.
        warnings: What looks wrong and does not stand in the way.
    """

    folder: Path
    as_of: date
    known_at: int
    stocks: Sequence[Stock]
    on_the_road: Sequence[OnTheRoad]
    kept: int
    people: int | None
    left_out: Sequence[LeftOut]
    written: Sequence[Path]
    warnings: Sequence[Fault]


def economy_from_book(
    folder: Path, *, book: str, as_of: date, known_at: int | None = None, people: Path | None = None
) -> FromBook:
    """Put what a book holds at the end of a day into the stocks and arrivals of an economy.

    The economy describes everything else. Its ``stocks`` become those of the book; of its ``arrivals``, those with a
    date become what is on the road, and those that come steadily stay.

    Args:
        folder: The economy; a ``book.toml`` in it says what names of the book mean there (see ``book_names``).
        book: A file, or ``postgresql://…``.
        as_of: The end of this day, in UTC.
        known_at: As it was known when the book had so many events; ``None``: as it is known now.
        people: A file with the columns of the table ``people``, which becomes that table.
    Raises:
        BookError: The book cannot be opened.
        EconomyError: The economy has faults, or a name or a measure of the book is none of the economy (E1 to E5);
            nothing was written.
        OSError: The folder cannot be written.
    """
    economy, faults = _described(folder, people)
    names = names_in(economy, folder)
    with store.open(book) as opened:
        last = opened.size if known_at is None else min(known_at, opened.size)
        carrying = _Carrying(opened, names, as_of=as_of, known_at=last)
        stocks, on_the_road = carrying.stocks(), carrying.on_the_road()
    if names.faults:
        raise EconomyError(names.faults)
    kept = economy.arrivals.filter(pl.col("per_day").is_not_null())
    made = replace(economy, stocks=_stocks_frame(stocks), arrivals=_arrivals_frame(on_the_road, kept))
    faults = [*faults, *check(made, found=faults)]
    if any(fault.severity == "fault" for fault in faults):
        raise EconomyError(worst_first(faults))
    left_out = [*carrying.left_out, *_gone(economy, stocks, on_the_road)]
    tables = ["stocks", "arrivals"] + ["people"] * (people is not None)
    return FromBook(
        folder=folder,
        as_of=as_of,
        known_at=carrying.known_at,
        stocks=stocks,
        on_the_road=on_the_road,
        kept=kept.height,
        people=made.people.height if people else None,
        left_out=left_out,
        written=replace_tables(made, folder, tables=tables),
        warnings=[*_warnings(economy, as_of, on_the_road), *faults],
    )


def _described(folder: Path, people: Path | None) -> tuple[Economy, list[Fault]]:
    """Return the economy without the tables that are replaced as a whole, and the warnings of its format."""
    if not folder.is_dir() and folder.exists():
        do = "give a folder; `muster new` makes one"
        raise EconomyError(Fault("The economy is not a folder of tables.", str(folder), folder.name, do, "E5"))
    economy, faults = parse(folder)
    replaced = ["stocks"] + ["people"] * (people is not None)
    if economy is not None:
        files = tuple(f"{economy.file(table)}:" for table in replaced)
        faults = [fault for fault in faults if not fault.where.startswith(files)]
        if people is not None:
            frame, more = _people(people)
            economy, faults = replace(economy, people=frame), [*faults, *more]
    if economy is None or any(fault.severity == "fault" for fault in faults):
        raise EconomyError(worst_first(faults))
    return economy, faults


def _people(file: Path) -> tuple[pl.DataFrame, list[Fault]]:
    grid, faults = read_csv(file.read_bytes(), table="people", file=file.name)
    if grid is None:
        return TABLES["people"].empty(), faults
    frame, more = typed(grid, TABLES["people"])
    return frame, [*faults, *more]


@dataclass
class _Carrying:
    """Carries balances over, and keeps what it leaves out.

    Attributes:
        book: Open.
        names: Finds places and resources.
        as_of, known_at: See ``economy_from_book``.
        left_out: So far.
    """

    book: store.Store
    names: Names
    as_of: date
    known_at: int
    left_out: list[LeftOut] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._balances = self.book.balances(as_of=self.as_of, known_at=self.known_at)
        self._expiries = self.book.expiries(known_at=self.known_at)

    def stocks(self) -> list[Stock]:
        """Return what is in stores, added up by place, resource and lot."""
        sums: dict[tuple[str, str, str, str], Stock] = {}
        for balance, resource in self._of("store"):
            place = self._place(balance, resource, balance.place)
            if place is None:
                continue
            expires = self._expiries.get((balance.resource, balance.lot), "")
            key = (place, resource.name, balance.lot, expires)
            smallest = balance.quantity + (sums[key].smallest if key in sums else 0)
            quantity = resource.quantity(smallest)
            sums[key] = Stock(
                place, resource.name, quantity, resource.unit, balance.lot, expires, smallest, balance.unit
            )
        return [sums[key] for key in sorted(sums)]

    def on_the_road(self) -> list[OnTheRoad]:
        """Return what is on waybills, with the place it is meant for and the day it should be there."""
        rows = []
        for balance, resource in self._of("transit"):
            waybill = name_of(balance.place)
            known = self.book.dispatches(waybill, known_at=self.known_at)
            sent = [event for event in known if day_date(event.occurred_ms) <= self.as_of]
            stores = sorted({event.destination for event in sent if event.destination})
            if len(stores) != 1 and not resource.pooled:
                said = f"names several destinations: {', '.join(stores)}" if stores else "names no destination"
                self._leave(balance, f"its waybill {said}")
                continue
            place = self._place(balance, resource, *stores)
            if place is None:
                continue
            on, because = self._day(sent, place)
            rows.append(
                OnTheRoad(
                    waybill,
                    place,
                    resource.name,
                    resource.quantity(balance.quantity),
                    resource.unit,
                    on,
                    because,
                    balance.lot,
                    self._expiries.get((balance.resource, balance.lot), ""),
                    balance.quantity,
                    balance.unit,
                )
            )
        return rows

    def _of(self, kind: str) -> Iterator[tuple[Balance, Resource]]:
        """Yield the balances at places of a kind that can be carried over."""
        for balance in self._balances:
            if kind_of(balance.place) != kind:
                continue
            if balance.quantity < 0:
                self._leave(balance, "it is less than nothing: something is not recorded yet, or wrongly")
                continue
            resource = self.names.resource(balance.resource, balance.unit)
            if isinstance(resource, Resource):
                yield balance, resource
            elif resource == LEFT_OUT:
                self._leave(balance, f"{BOOK_FILE} leaves the resource out")

    def _place(self, balance: Balance, resource: Resource, *stores: str) -> str | None:
        """Return where a balance goes (``""``: into the pool); ``None`` where it is left out or nowhere."""
        if resource.pooled:
            return ""
        place = self.names.place(stores[0])
        if place == LEFT_OUT:
            self._leave(balance, f"{BOOK_FILE} leaves {stores[0]} out")
        return place or None

    def _day(self, sent: Sequence[Event], place: str) -> tuple[str, str]:
        """Return the day on which a waybill is planned to arrive, and why that day.

        The day it is due; where none is said, so many days after it left as the quickest direct route takes; where
        there is none, the first day of the second period. What is still on the road does not arrive in the past.
        """
        horizon = self.names.economy.horizon
        earliest = max(horizon.start, self.as_of)
        due = max((event.due for event in sent), default="")
        if due:
            day, because = date.fromisoformat(due), f"due {due}"
        else:
            left = min((day_date(event.occurred_ms) for event in sent), default=earliest)
            lead = self._lead_days({move.source for event in sent for move in event.moves}, place)
            if lead is None:
                day, because = horizon.starts[1], "no day is said, no direct route: first day of the second period"
            else:
                day, because = left + timedelta(days=lead), f"no day is said: left {left}, {lead} days on the way"
        if day < earliest:
            return earliest.isoformat(), f"overdue: {because}"
        return day.isoformat(), because

    def _lead_days(self, sources: set[str], place: str) -> int | None:
        """Return the days of the quickest direct route; ``None`` where there is none."""
        places = {self.names.known_place(source) for source in sources if kind_of(source) == "store"}
        routes = self.names.economy.routes
        there = pl.col("from").is_in(places) & (pl.col("to") == place)
        back = pl.col("to").is_in(places) & (pl.col("from") == place) & pl.col("both")
        days = routes.filter(there | back)["lead_days"]
        return min(days, default=None)

    def _leave(self, balance: Balance, why: str) -> None:
        self.left_out.append(LeftOut(balance.place, balance.resource, balance.lot, balance.quantity, balance.unit, why))


def _stocks_frame(stocks: Sequence[Stock]) -> pl.DataFrame:
    rows = [
        {
            "place": stock.place or None,
            "resource": stock.resource,
            "quantity": stock.quantity,
            "lot": stock.lot or None,
            "expires": date.fromisoformat(stock.expires) if stock.expires else None,
            LINE: line,
        }
        for line, stock in enumerate(stocks, start=2)
    ]
    return _frame("stocks", rows)


def _arrivals_frame(on_the_road: Sequence[OnTheRoad], kept: pl.DataFrame) -> pl.DataFrame:
    """Return what is on the road, and below it what comes steadily."""
    rows = [
        {
            "place": each.place or None,
            "resource": each.resource,
            "quantity": each.quantity,
            "on": date.fromisoformat(each.on),
        }
        for each in on_the_road
    ]
    both = pl.concat([_frame("arrivals", rows), kept])
    return both.with_columns(pl.int_range(2, both.height + 2, dtype=pl.Int64).alias(LINE))


def _frame(table: str, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    columns = [column.name for column in TABLES[table].columns]
    filled = [{name: row.get(name) for name in [*columns, LINE]} for row in rows]
    return pl.DataFrame(filled, schema=TABLES[table].schema)


def _gone(economy: Economy, stocks: Sequence[Stock], on_the_road: Sequence[OnTheRoad]) -> Iterator[LeftOut]:
    """Yield what stood in the tables that are replaced, and is not in the book."""
    held = {row.resource for row in stocks} | {row.resource for row in on_the_road}
    coming = {(row.place, row.resource, row.on) for row in on_the_road}
    units = dict(economy.resources.select("resource", "unit").rows())
    for row in economy.stocks.drop_nulls("resource").iter_rows(named=True):
        if row["resource"] not in held:
            yield _row_gone(row, economy.file("stocks"), units, why="the book has none of it")
    for row in economy.arrivals.filter(pl.col("on").is_not_null()).iter_rows(named=True):
        if (row["place"] or "", row["resource"], row["on"].isoformat()) not in coming:
            why = f"no waybill of the book comes then; what is expected otherwise is written as per_day, {row['on']}"
            yield _row_gone(row, economy.file("arrivals"), units, why=f"{why} to the day after")


def _row_gone(row: dict[str, Any], file: str, units: dict[str, str], *, why: str) -> LeftOut:
    unit = row["unit"] or units.get(row["resource"]) or ""
    return LeftOut(f"{file}:{row[LINE]}", row["resource"], row.get("lot") or "", row["quantity"] or 0.0, unit, why)


def _warnings(economy: Economy, as_of: date, on_the_road: Sequence[OnTheRoad]) -> Iterator[Fault]:
    start = economy.horizon.start
    if as_of not in (start, start - timedelta(days=1)):
        do = f"set start = {as_of + timedelta(days=1)} in economy.toml, or carry over another day (--as-of)"
        what = "The stocks are of another day than the start of the economy."
        yield Fault(what, "economy.toml, start", f"stocks of {as_of}, start {start}", do, "E6", "warning")
    late = sorted({row.waybill for row in on_the_road if row.because.startswith("overdue")})
    if late:
        do = f"find out where they are; they are planned with as if they came on {max(start, as_of)}"
        yield Fault(_sentence(len(late), "overdue"), "arrivals", _listed(late), do, "E7", "warning", len(late))
    lots = sorted({row.waybill for row in on_the_road if row.expires})
    if lots:
        do = "see that they are used in time: the plan does not know when they expire"
        yield Fault(
            _sentence(len(lots), "full of goods that expire"), "arrivals", _listed(lots), do, "E8", "warning", len(lots)
        )


def _sentence(count: int, what: str) -> str:
    return f"{count:,} waybills are {what}." if count > 1 else f"A waybill is {what}."


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SEEN:,} more" if len(names) > SEEN else ""
    return ", ".join(names[:SEEN]) + more
