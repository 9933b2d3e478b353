"""A book as a ledger of Beancount (beancount.github.io), which checks all balances once more.

An account is a place, a commodity is a resource or one lot of it; both carry their names in the book as metadata,
because Beancount allows few signs in its own. Amounts are whole numbers of the smallest unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypeVar
from unicodedata import normalize

from muster.book.accounts import discrepancy_of, kind_of, name_of
from muster.book.times import day_date
from muster.book.views import Balance
from muster.services.book_flows import CountDifference, Flow, differences, flows
from muster.store import Store

ROOTS: Mapping[str, str] = MappingProxyType(
    {
        "store": "Assets:Store",
        "transit": "Assets:Transit",
        "outside": "Equity:Outside",
        "process": "Equity:Process",
        "discrepancy": "Equity:Discrepancy",
        "people": "Expenses:People",
        "loss": "Expenses:Loss",
    }
)
"""What a place is -> the account above it."""

_LONGEST_COMMODITY = 24
Goods = tuple[str, str]
K = TypeVar("K")


def beancount_lines(book: Store) -> Iterator[str]:
    """Yield a book as the lines of a ledger; it ends with an assertion of every balance that is not zero."""
    places: set[str] = set()
    goods: dict[Goods, str] = {}
    counted: set[tuple[str, str, str]] = set()
    days: set[date] = {date(1970, 1, 1)} if not book.size else set()
    for flow in flows(book):
        days.add(day_date(flow.event.occurred_ms))
        for move in flow.moves:
            places |= {move.source, move.target}
            goods[move.resource, move.lot] = move.unit
        for line in flow.event.counted:
            places |= {line.place, discrepancy_of(line.place)}
            goods[line.resource, line.lot] = line.unit
            counted.add((line.place, line.resource, line.unit))
    accounts = _named(sorted(places), {place: _account(place) for place in places}, longest=0)
    commodities = _named(sorted(goods), {each: _commodity(each) for each in goods}, longest=_LONGEST_COMMODITY)
    yield ";; Made by muster book export --beancount. Amounts are whole numbers of the smallest unit."
    yield f'option "title" {_text(f"Book {book.where}")}'
    for each, name in commodities.items():
        said = {"resource": each[0], "lot": each[1], "unit": goods[each]}
        yield from _directive(min(days), f"commodity {name}", said)
    for place, name in accounts.items():
        yield from _directive(min(days), f"open {name}", {"place": place})
    for flow in flows(book):
        yield from _transaction(flow, accounts, commodities)
    for found in differences(book, counted):
        yield from _difference(found, accounts, commodities)
    if (last := max(days)) < date.max:
        yield from _assertions(book.balances(), last + timedelta(days=1), accounts, commodities)


def _transaction(flow: Flow, accounts: Mapping[str, str], commodities: Mapping[Goods, str]) -> Iterator[str]:
    event = flow.event
    if not flow.moves:
        return
    said = {"id": event.id, "seq": str(flow.record.seq), "recorder": event.recorder}
    head = f"* {_text(f'{event.kind} {event.document}'.strip())} {_text(event.reason)}"
    yield from _directive(day_date(event.occurred_ms), head, said)
    for move in flow.moves:
        commodity = commodities[move.resource, move.lot]
        yield f"  {accounts[move.target]}  {move.quantity} {commodity}"
        yield f"  {accounts[move.source]}  -{move.quantity} {commodity}"


def _difference(found: CountDifference, accounts: Mapping[str, str], commodities: Mapping[Goods, str]) -> Iterator[str]:
    commodity = commodities[found.resource, found.lot]
    yield from _directive(day_date(found.occurred_ms), '* "count" "difference"', {"id": found.count_id})
    yield f"  {accounts[found.place]}  {found.quantity} {commodity}"
    yield f"  {accounts[discrepancy_of(found.place)]}  {-found.quantity} {commodity}"


def _assertions(
    balances: Iterable[Balance], day: date, accounts: Mapping[str, str], commodities: Mapping[Goods, str]
) -> Iterator[str]:
    for row in balances:
        yield f"{day} balance {accounts[row.place]}  {row.quantity} {commodities[row.resource, row.lot]}"


def _directive(day: date, words: str, said: Mapping[str, str]) -> Iterator[str]:
    yield f"{day} {words}"
    for name, value in said.items():
        if value:
            yield f"  {name}: {_text(value)}"


def _text(value: str) -> str:
    """Return text as a string of Beancount."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _account(place: str) -> str:
    plain = _plain(name_of(place)) or "X"
    return f"{ROOTS[kind_of(place)]}:{plain[0].upper()}{plain[1:]}"


def _commodity(goods: Goods) -> str:
    plain = _plain("-".join(part for part in goods if part)).upper()
    return plain if plain[:1].isalpha() and len(plain) > 1 else f"X-{plain or 'X'}"


def _plain(name: str) -> str:
    """Return a name in the few signs that Beancount allows everywhere."""
    ascii_only = normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-")


def _named(keys: Iterable[K], wanted: Mapping[K, str], *, longest: int) -> dict[K, str]:
    """Return a name for each key, no two the same: where they would be, a number goes behind.

    Args:
        keys: In an order that is always the same.
        wanted: The name each would have.
        longest: Signs of a name; 0: any number.
    """
    taken: dict[str, K] = {}
    for key in keys:
        name, number = wanted[key][: longest or None].rstrip("-"), 1
        while name in taken:
            number += 1
            end = f"-{number}"
            name = wanted[key][: longest - len(end) if longest else None].rstrip("-") + end
        taken[name] = key
    return {key: name for name, key in taken.items()}
