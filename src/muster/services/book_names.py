"""Names of a book -> names of an economy: the same where they agree, else as ``book.toml`` in its folder says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from muster.book.accounts import name_of
from muster.book.amounts import scale
from muster.book.wording import Wrong
from muster.economy.economy import Economy
from muster.economy.folder import BOOK_FILE
from muster.economy.format import did_you_mean, near, shown
from muster.errors import EconomyError, Fault

CARRIED_RULES: Mapping[str, str] = MappingProxyType(
    {
        "E1": "What a book holds is a resource of the economy, or `book.toml` says which, or leaves it out.",
        "E2": "A store lies at a place of the economy, or `book.toml` says at which, or leaves it out.",
        "E3": "A resource is measured in the same way in the book and in the economy.",
        "E4": "`book.toml` has the tables `places` and `resources`: a name of the book = a name of the economy.",
        "E5": "The economy is a folder of tables.",
        "E6": "Stocks are of the day on which the economy starts, or of the day before.",
        "E7": "What is overdue on the road may never come.",
        "E8": "What is on the road is planned with as if it did not expire: an arrival has no lot.",
    }
)
"""Rules of carrying a book over into an economy; E6 to E8 are warnings."""

LEFT_OUT = ""
"""What ``book.toml`` writes for a name that is left out."""


@dataclass(frozen=True)
class Resource:
    """A resource of the economy.

    Attributes:
        name: Its id.
        unit: What it is counted in.
        pooled: It is in one pool, at no place.
        smallest, size: Smallest unit of the book, and how many of them are in one ``unit``.
    """

    name: str
    unit: str
    pooled: bool
    smallest: str
    size: Fraction

    def quantity(self, smallest: int) -> float:
        """Return so many smallest units in the unit of the economy: exact, rounded once to what a number can hold."""
        return float(smallest / self.size)


@dataclass
class Names:
    """Finds what the names of a book are in an economy, and keeps what it does not find.

    Attributes:
        economy: Whose places and resources these are.
        places, resources: From ``book.toml``.
        faults: What could not be found, in the order in which it was asked for.
    """

    economy: Economy
    places: Mapping[str, str]
    resources: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)
    _known_places: dict[str, str | None] = field(default_factory=dict)
    _known_resources: dict[str, Resource | str | None] = field(default_factory=dict)

    def place(self, store: str) -> str | None:
        """Return the place that a store (``store:kabul/annex``) lies at; ``""``: it is left out; ``None``: not found.

        Looked for is the whole name, then the name without what stands behind its last ``/``, and so on.
        """
        if store not in self._known_places:
            self._known_places[store] = self._place(store)
        return self._known_places[store]

    def resource(self, name: str, unit: str) -> Resource | str | None:
        """Return a resource, measured in ``unit`` in the book; ``""``: it is left out; ``None``: not found."""
        if name not in self._known_resources:
            self._known_resources[name] = self._resource(name, unit)
        return self._known_resources[name]

    def known_place(self, store: str) -> str | None:
        """Return what ``place`` returns, without taking it for a fault where there is none."""
        ids = set(self.economy.places["place"])
        for name in _shorter(name_of(store)):
            if name in self.places:
                return self.places[name]
            if name in ids:
                return name
        return None

    def _place(self, store: str) -> str | None:
        found = self.known_place(store)
        if found is not None:
            return found
        known = _by_name(self.economy.places.select("place", "name").rows())
        do = (
            f"{_meant(name_of(store), known)}add the place, or say in {BOOK_FILE} which it is: {_line('places', store)}"
        )
        self.faults.append(Fault("A store of the book lies at no place of the economy.", store, store, do, "E2"))
        return None

    def _resource(self, name: str, unit: str) -> Resource | str | None:
        given = self.resources.get(name, name)
        if given == LEFT_OUT:
            return LEFT_OUT
        rows = {row["resource"]: row for row in self.economy.resources.iter_rows(named=True)}
        if given not in rows:
            known = _by_name([(id, row["name"]) for id, row in rows.items()])
            do = f"{_meant(name, known)}add it to resources, or say in {BOOK_FILE} which it is, or leave it out: "
            do += f'[resources] "{shown(name)}" = ""'
            self.faults.append(Fault("A resource of the book is none of the economy.", name, shown(given), do, "E1"))
            return None
        row = rows[given]
        try:
            measure = scale(row["unit"])
        except Wrong:
            measure = None
        if measure is None or measure.unit != unit:
            file = self.economy.file("resources")
            do = f"count both in the same way: give {shown(given)} in {file} a unit that comes to whole {unit}, "
            do += f'map it to another resource in {BOOK_FILE}, or leave it out: [resources] "{shown(name)}" = ""'
            what = f"{shown(name)} is counted in {unit} in the book."
            self.faults.append(Fault(what, f"{file}, {given}", row["unit"], do, "E3"))
            return None
        return Resource(given, row["unit"], bool(row["pooled"]), measure.unit, measure.size)


def names_in(economy: Economy, folder: Path) -> Names:
    """Return the names of an economy, with what ``book.toml`` in its folder says.

    Raises:
        EconomyError: The file cannot be read, or names what the economy does not have (E4).
    """
    path = folder / BOOK_FILE
    if not path.exists():
        return Names(economy, {}, {})
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        do = 'write e.g. [places] and below it kabul = "AF01U"'
        raise EconomyError(Fault(f"{BOOK_FILE} cannot be read.", BOOK_FILE, str(error), do, "E4")) from error
    tables = {"places": set(economy.places["place"]), "resources": set(economy.resources["resource"])}
    faults = [*_strangers(told, tables)]
    read = {name: told.get(name, {}) for name in tables}
    for name, ids in tables.items():
        if not isinstance(read[name], dict):
            continue
        for key, value in read[name].items():
            if not isinstance(value, str) or value not in ids | {LEFT_OUT}:
                do = f'{did_you_mean(str(value), ids)}write the id of one of the {name}, or "" to leave it out'
                what = f"A name of the book is given to none of the {name}."
                faults.append(Fault(what, f"{BOOK_FILE}, {name}, {shown(key)}", shown(str(value)), do, "E4"))
    if faults:
        raise EconomyError(faults)
    places = {name.removeprefix("store:"): place for name, place in read["places"].items()}
    return Names(economy, places, read["resources"])


def _strangers(told: Mapping[str, object], tables: Mapping[str, object]) -> Iterator[Fault]:
    for name, value in told.items():
        if name not in tables or not isinstance(value, dict):
            do = f"{did_you_mean(name, tables)}the tables are [places] and [resources]"
            yield Fault(f"{BOOK_FILE} has something that is none of its tables.", BOOK_FILE, shown(name), do, "E4")


def _shorter(name: str) -> Iterator[str]:
    """Yield ``kabul/annex/cellar``, ``kabul/annex``, ``kabul``."""
    while name:
        yield name
        name = name.rpartition("/")[0]


def _by_name(rows: list[tuple[str, str | None]]) -> dict[str, str]:
    """Return what people may call something -> its id."""
    return {name: id for id, name in rows if name} | {id: id for id, _ in rows}


def _meant(name: str, known: Mapping[str, str]) -> str:
    called = near(name, known)
    if called is None:
        return ""
    return f'did you mean "{known[called]}"{f" ({called})" if called != known[called] else ""}? '


def _line(table: str, store: str) -> str:
    return f'[{table}] "{shown(name_of(store))}" = "…", or "" to leave it out'
