"""What forty depots record in a year, as lines for a book and as text for Beancount: the same moves.

An event has five moves of five goods where nothing else is asked for. Of ten events of a depot four are receipts, four
are distributions, one sends goods to the next depot and one receives what that was sent; lots change by the month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

DEPOTS = 40
GOODS = 20
MOVES = 5
"""Moves of an event, where nothing else is asked for."""

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR_S = 365 * 86_400
AT_MS = int((START + timedelta(days=366)).timestamp() * 1000)
"""Time of record: when the year is over."""

CYCLE = ("receipt", "distribution") * 4 + ("dispatch", "arrival")


def events(number: int) -> Iterator[tuple[int, str, int, datetime, str, str, str]]:
    """Yield number, kind, depot, time, source, target and lot of each event; its goods follow from the number.

    Args:
        number: Of events; a multiple of 400 ends with nothing on the way.
    """
    for i in range(number):
        depot, turn = i % DEPOTS, i // DEPOTS
        kind, at = CYCLE[turn % len(CYCLE)], START + timedelta(seconds=i * YEAR_S // number)
        store, waybill = f"store:depot-{depot}", f"transit:wb-{turn // len(CYCLE)}-{depot}"
        if kind == "receipt":
            source, target = "outside:wfp", store
        elif kind == "distribution":
            source, target = store, f"people:district-{depot}"
        elif kind == "dispatch":
            source, target = store, waybill
        else:
            source, target = f"transit:wb-{turn // len(CYCLE)}-{(depot - 1) % DEPOTS}", store
        yield i, kind, depot, at, source, target, f"L{(turn // len(CYCLE) * len(CYCLE) * DEPOTS) * 12 // number}"


def kg(i: int, good: int, kind: str) -> int:
    """Return how much of a good moves: more comes than goes."""
    return {"receipt": 200, "distribution": 100, "dispatch": 60, "arrival": 60}[kind] + good


def goods(i: int, moves: int) -> Iterator[int]:
    """Yield the goods of an event; those of a depot change with every cycle."""
    first = i // DEPOTS // len(CYCLE) * moves
    return (each % GOODS for each in range(first, first + moves))


def lines(number: int, *, moves: int = MOVES) -> Iterator[bytes]:
    """Yield the events as lines of the interchange form."""
    for i, kind, depot, at, source, target, lot in events(number):
        moved = ", ".join(
            f'{{"from": "{source}", "to": "{target}", "resource": "good-{good}", "lot": "{lot}", '
            f'"quantity": "{kg(i, good, kind)}", "unit": "kg"}}'
            for good in goods(i, moves)
        )
        ms = int(at.timestamp() * 1000)
        id = f"{ms:012x}7{i & 0xFFF:03x}8{i:015x}"
        id = f"{id[:8]}-{id[8:12]}-{id[12:16]}-{id[16:20]}-{id[20:]}"
        yield (
            f'{{"id": "{id}", "kind": "{kind}", "unit": "depot-{depot}", "recorder": "clerk-{kind}-{depot}", '
            f'"n": {i // DEPOTS + 1}, "occurred": "{at:%Y-%m-%dT%H:%M:%SZ}", "document": "D{i}", '
            f'"moves": [{moved}]}}\n'
        ).encode()


def beancount(number: int, *, moves: int = MOVES) -> Iterator[str]:
    """Yield the events as text of Beancount: opened accounts, and a transaction for each event."""
    known: set[str] = set()
    for i, kind, _, at, source, target, lot in events(number):
        day, text = f"{at:%Y-%m-%d}", [f'{at:%Y-%m-%d} * "{kind}" "D{i}"\n']
        for good in goods(i, moves):
            much = kg(i, good, kind)
            for place, quantity in ((source, -much), (target, much)):
                account = account_of(place)
                if account not in known:
                    known.add(account)
                    yield f"{day} open {account}\n"
                text.append(f"  {account}  {quantity} G{good}.{lot}\n")
        yield "".join([*text, "\n"])


def account_of(place: str) -> str:
    """Return the account of Beancount for a place of the book."""
    kind, _, name = place.partition(":")
    return f"{'Equity' if kind in ('outside', 'people') else 'Assets'}:{kind.title()}:{name.title()}"
