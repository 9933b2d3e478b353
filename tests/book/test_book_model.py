"""The book against a model of a page: whatever is posted, in whatever order, both say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from recording import AT_MS, Desk, batch, counted, day, move

from muster.book.book import Book
from muster.book.events import Event

Key = tuple[str, str]


class Model:
    """Events in the order of record; everything is worked out anew from them each time it is asked."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def lines(self, known_at: int | None = None) -> dict[Key, list[tuple[int, int, str, int]]]:
        """Return for each place and lot what happened there: time, 0 move or 1 count, id, quantity moved or counted."""
        known = self.events[: len(self.events) if known_at is None else known_at]
        by_id = {event.id: event for event in known}
        gone = {event.reverses for event in known}
        lines: dict[Key, list[tuple[int, int, str, int]]] = {}
        for event in known:
            sign, moved = (-1, by_id[event.reverses].moves) if event.reverses else (1, event.moves)
            for each in moved:
                for place, quantity in ((each.source, -each.quantity), (each.target, each.quantity)):
                    lines.setdefault((place, each.lot), []).append((event.occurred_ms, 0, "", sign * quantity))
            if event.id not in gone:
                for line in event.counted:
                    lines.setdefault((line.place, line.lot), []).append((event.occurred_ms, 1, event.id, line.quantity))
        return {key: sorted(held) for key, held in lines.items()}

    def balances(self, until: int = 2**62, known_at: int | None = None) -> dict[Key, int]:
        """Return what is where; a count sets it, and the difference goes to discrepancy."""
        totals: dict[Key, int] = {}
        for (place, lot), held in self.lines(known_at).items():
            balance, found = 0, 0
            for at, is_count, _, quantity in held:
                if at <= until:
                    found += quantity - balance if is_count else 0
                    balance = quantity if is_count else balance + quantity
            for key, amount in (((place, lot), balance), ((place.replace("store", "discrepancy"), lot), -found)):
                totals[key] = totals.get(key, 0) + (amount if key[0] == place or found else 0)
        return {key: quantity for key, quantity in totals.items() if quantity}

    def lacks(self, event: Event) -> bool:
        """Return whether the last event takes from somewhere where there is then less than nothing, before a count."""
        target = next((each for each in self.events if each.id == event.reverses), None)
        if target is not None and target.counted:
            taken = [
                ((line.place, line.lot), target.occurred_ms, 0) for line in target.counted if self._found(target) > 0
            ]
        else:
            moved = [(each.source, each.lot) for each in event.moves]
            moved += [(each.target, each.lot) for each in target.moves] if target is not None else []
            taken = [(key, event.occurred_ms, 0) for key in moved]
            taken += [
                ((line.place, line.lot), event.occurred_ms, 1) for line in event.counted if self._found(event) < 0
            ]
        return any(self._below(key, at, rank) for key, at, rank in taken if key[0].startswith(("store", "transit")))

    def _found(self, count: Event) -> int:
        """Return how much more a count found than what happened before it comes to, the count's own reversal apart."""
        (line,), balance = count.counted, 0
        before = Model()
        before.events = [event for event in self.events if count.id not in (event.id, event.reverses)]
        for at, is_count, id, quantity in before.lines().get((line.place, line.lot), ()):
            if (at, is_count, id) < (count.occurred_ms, 1, count.id):
                balance = quantity if is_count else balance + quantity
        return line.quantity - balance

    def _below(self, key: Key, at: int, rank: int) -> bool:
        lines = self.lines().get(key, [])
        times = {at} | {when for when, *_ in lines if when > at}
        counts = [when for when, is_count, *_ in lines if is_count and (when, is_count) > (at, rank)]
        return any(_end(lines, time) < 0 for time in times if time < min(counts, default=2**62))


def _end(lines: list[tuple[int, int, str, int]], time: int) -> int:
    balance = 0
    for when, is_count, _, quantity in lines:
        if when <= time:
            balance = quantity if is_count else balance + quantity
    return balance


STORES, LOTS = ("store:kabul", "store:kabul/annex"), ("", "L1")
TIMES = st.integers(1, 20)
SMALL = st.integers(1, 30)


class Books(RuleBasedStateMachine):
    """Post anything at any time; compare after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.book, self.model, self.desk, self.other = Book(), Model(), Desk(), Desk(recorder="m.noori")

    def post(self, event: Event, *, offline: bool = False) -> str:
        """Post one event to both and compare what becomes of it."""
        status = self.book.post(batch(event), at_ms=AT_MS, offline=offline).outcomes[0].status
        self.model.events.append(event)
        lacks = self.model.lacks(event)
        assert status == ("accepted" if not lacks else "disputed" if offline else "refused")
        if status == "refused":
            self.model.events.pop()
        return status

    @rule(
        way=st.sampled_from(
            [
                ("receipt", "outside:wfp > {a}"),
                ("receipt", "outside:wfp > {a}"),
                ("distribution", "{a} > people:kabul"),
                ("loss", "{a} > loss:rain"),
                ("transfer", "{a} > {b}"),
                ("dispatch", "{a} > transit:WB1"),
            ]
        ),
        on=TIMES,
        much=SMALL,
        lot=st.sampled_from(LOTS),
        turned=st.booleans(),
        offline=st.booleans(),
    )
    def moves(self, way: tuple[str, str], on: int, much: int, lot: str, turned: bool, offline: bool) -> None:
        a, b = STORES[::-1] if turned else STORES
        told = f"{way[1].format(a=a, b=b)}, {much} kg flour"
        self.post(self.desk.event(way[0], move(told, lot=lot), on=on), offline=offline)

    @rule(on=TIMES, much=SMALL, lot=st.sampled_from(LOTS), lost=st.integers(0, 5), offline=st.booleans())
    def arrives(self, on: int, much: int, lot: str, lost: int, offline: bool) -> None:
        moves = [move(f"transit:WB1 > store:kabul, {much} kg flour", lot=lot)]
        moves += [move(f"transit:WB1 > outside:carrier, {lost} kg flour", lot=lot)] if lost else []
        self.post(self.other.event("arrival", *moves, on=on), offline=offline)

    @rule(
        on=TIMES,
        found=st.integers(0, 40),
        lot=st.sampled_from(LOTS),
        store=st.sampled_from(STORES),
        offline=st.booleans(),
    )
    def counts(self, on: int, found: int, lot: str, store: str, offline: bool) -> None:
        self.post(self.other.count(counted(f"{store}, {found} kg flour", lot=lot), on=on), offline=offline)

    @rule(data=st.data(), on=TIMES, offline=st.booleans())
    def reverses(self, data: Any, on: int, offline: bool) -> None:
        gone = {event.reverses for event in self.model.events}
        can = [event for event in self.model.events if event.kind != "reversal" and event.id not in gone]
        if can:
            event = data.draw(st.sampled_from(can))
            after = max(on, (event.occurred_ms - day(1)) // 86_400_000 + 1)
            self.post(self.desk.reversal(event, on=after), offline=offline)

    @rule(data=st.data(), offline=st.booleans())
    def sends_again(self, data: Any, offline: bool) -> None:
        if self.model.events:
            event = data.draw(st.sampled_from(self.model.events))
            size = self.book.size
            assert self.book.post(batch(event), at_ms=AT_MS, offline=offline).outcomes[0].status == "known"
            other = replace(event, document="another")
            assert self.book.post(batch(other), at_ms=AT_MS, offline=offline).outcomes[0].status == "refused"
            assert self.book.size == size

    @invariant()
    def says_the_same(self) -> None:
        shown = {(row.place, row.lot): row.quantity for row in self.book.balances()}
        assert shown == self.model.balances()
        assert sum(shown.values()) == 0

    @rule(until=TIMES, data=st.data())
    def looks_back(self, until: int, data: Any) -> None:
        known_at = data.draw(st.integers(0, self.book.size))
        shown = self.book.balances(as_of=date(2026, 11, until), known_at=known_at)
        wanted = self.model.balances(day(until, hour=23), known_at)
        assert {(row.place, row.lot): row.quantity for row in shown} == wanted


Books.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestBooks = Books.TestCase
