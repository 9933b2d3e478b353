"""Whether a book in a database is whole: every hash, every balance and every rule, worked out again from its events.

What somebody changed who owns the database, and changed everywhere alike, is not seen here: that is what checkpoints in
the hands of others are for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby, islice, zip_longest
from pathlib import Path

from muster.book import merkle
from muster.book.chains import Link, chain_faults, link
from muster.book.events import body, from_body
from muster.book.lines import Line, LineReader, written
from muster.book.merkle import HASH_BYTES
from muster.book.times import day_of, milliseconds, record_text
from muster.book.wording import Wrong, shown
from muster.errors import MOST_SHOWN, BookError, Fault
from muster.store.database import Database, Row
from muster.store.facts import event_of, id_of
from muster.store.opening import create, open_book
from muster.store.reading import Reading
from muster.store.sides import COLUMNS, packed_days, row_of, unpacked
from muster.store.state import read_state
from muster.store.writing import hashes_of

_PART = 2_000
_LAST_MS = milliseconds("9999-12-31T23:59:59Z")
"""A time of record before which everything happened."""

_TABLES = {
    "state": ("size, registered, holdings, lacking", "one"),
    "holdings": ("id, place, resource, lot, balance, latest_ms", "id"),
    "sides": ("holding, sides", "holding, seq"),
    "counts": ("holding, occurred_ms, id, seq, withdrawn", "holding, occurred_ms, id"),
    "reversals": ("target, seq", "target"),
    "registrations": ("seq", "seq"),
    "lacking": ("holding", "holding"),
    "dispatches": ("seq, waybill, recorder, unit, destination, due", "seq, waybill"),
    "measures": ("resource, unit", ""),
    "lots": ("resource, lot, expires", ""),
}
"""What follows from the events: columns, and the order that both databases agree on (none: they are few)."""

_DO = "take the last good copy of the book, and compare the checkpoints that others hold"


def verify(book: Reading, *, progress: Callable[[int], None] = lambda number: None) -> list[Fault]:
    """Return everything that is wrong with a book, and warnings; up to a hundred of each kind.

    Args:
        book: It may be in use; what is checked is one moment of it.
        progress: Called now and then with the number of events so far.
    """
    found: list[Fault] = []
    try:
        found += [
            Fault("The file is damaged.", book.where, said, _DO, "S1") for said in book.database.damage()[:MOST_SHOWN]
        ]
        with book.database.reading(), tempfile.TemporaryDirectory(prefix="muster-verify-") as folder:
            found += _replayed(book, str(Path(folder) / "again.book"), progress)
            found += _rows_of_sides(book) + _blocks(book) + _unbalanced(book)
            for _, links in groupby(_links(book.database), key=lambda link: link.recorder):
                found += chain_faults(links)
    except BookError as error:
        found += error.faults
    return found


def _replayed(book: Reading, scratch: str, progress: Callable[[int], None]) -> list[Fault]:
    """Post every event into a new book beside, and return what is otherwise there."""
    create(scratch)
    with open_book(scratch) as again:
        walk = _Walk(book)
        result = again.stream(walk.lines(), at_ms=_LAST_MS, offline=True, progress=progress)
        refused = [outcome for outcome in result.outcomes if outcome.status in ("refused", "known")]
        found = walk.faults + [fault for outcome in refused for fault in outcome.faults or [_twice(outcome.where)]]
        found += walk.log_faults()
        if not walk.stopped and not refused:  # else everything behind would differ
            for table in _TABLES:
                found += _compared(book, again.database, table)
        return found


class _Walk:
    """The way through the events of a book: each is hashed and read again.

    Attributes:
        faults: So far.
        stopped: An event could not be read; nothing behind it was looked at.
    """

    def __init__(self, book: Reading) -> None:
        self._book, self._where = book, book.where
        self._tree = merkle.Tree()
        self.faults: list[Fault] = []
        self.stopped = False

    def lines(self) -> Iterator[Line]:
        """Yield the events as the lines that gave them."""
        reader = LineReader()
        sql = "SELECT seq, id, recorder, n, recorded_ms, body, hashes FROM events ORDER BY seq"
        rows = self._book.database.stream(sql)
        while part := list(islice(rows, _PART)):
            leaves: list[bytes] = []
            for row in part:
                line = self._line(row, reader, self._tree.size + len(leaves) + 1)
                if line is None:
                    self.stopped = True
                    return
                leaves.append(row[-1][:HASH_BYTES])
                yield line
            self._grow(leaves, [row[-1] for row in part])

    def log_faults(self) -> list[Fault]:
        """Return what the state of the book says otherwise than its events."""
        state = read_state(self._book.database)
        if self.stopped or state.tree == self._tree:
            return []
        seen = f"{state.tree.size:,} events, root {state.tree.root().hex()}"
        what = f"The events come to another root: {self._tree.size:,} events, {self._tree.root().hex()}."
        return [Fault(what, self._where, seen, _DO, "S7")]

    def _line(self, row: Row, reader: LineReader, number: int) -> Line | None:
        """Return an event as a line, ``None`` where it cannot be read; note what is wrong with it."""
        seq, id, recorder, n, recorded_ms, data, hashes = row
        where = f"{self._where}, event {seq}"
        try:
            event = from_body(data)
            line = reader.line(written(event), where=where)
        except (ValueError, KeyError, TypeError, AttributeError, Wrong):
            event, line = None, None
        if seq != number or line is None or line.event is None or body(line.event) != data:
            what = "An event is missing." if seq != number else "What stands in the book as an event is none."
            self._add(what, where, f"event {number} of the log" if seq != number else shown(repr(data)))
            return None
        if merkle.leaf_hash(data + record_text(recorded_ms).encode()) != hashes[:HASH_BYTES]:
            self._add("An event is another than the one that was hashed.", where, f"hash {hashes[:HASH_BYTES].hex()}")
        if (id_of(id), recorder, n) != (line.event.id, line.event.recorder, line.event.n):
            self._add(
                "The columns of an event say something else than its body.", where, f"{id_of(id)}, {recorder}, {n}"
            )
        return line

    def _grow(self, leaves: list[bytes], held: list[bytes]) -> None:
        """Let the tree grow, and compare the hashes that each event completes."""
        first = self._tree.size + 1
        self._tree, nodes = merkle.append(self._tree, leaves)
        wanted = hashes_of(nodes)
        for seq, hashes in enumerate(held, start=first):
            if hashes != wanted[seq]:
                where = f"{self._where}, event {seq}"
                self._add("A hash of the log does not follow from those below it.", where, shown(hashes.hex()))

    def _add(self, what: str, where: str, seen: str) -> None:
        if len(self.faults) < MOST_SHOWN:
            self.faults.append(Fault(what, where, seen, _DO, "S7"))


def _twice(where: str) -> Fault:
    return Fault("An event stands in the book twice.", where, "the same id", _DO, "S7")


def _compared(book: Reading, again: Database, table: str) -> list[Fault]:
    """Return the rows of a table that do not follow from the events."""
    columns, order = _TABLES[table]
    sql = f"SELECT {columns} FROM {table}"
    pairs: Iterable[tuple[Row | None, Row | None]]
    if order:
        sql += f" ORDER BY {order}"
        held, right = (each.stream(sql) for each in (book.database, again))
        if table == "sides":  # which of them were written together does not follow from the events
            held, right = _apart(held), _apart(right)
        pairs = zip_longest(held, right)
    else:
        pairs = zip_longest(sorted(book.database.rows(sql)), sorted(again.rows(sql)))
    differ = list(islice((pair for pair in pairs if pair[0] != pair[1]), MOST_SHOWN))
    what = f"A row of {table} does not follow from the events."
    return [
        Fault(what, f"{book.where}, {table}", f"{shown(repr(held))}; it should be {shown(repr(right))}", _DO, "S7")
        for held, right in differ
    ]


def _apart(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield packed sides one by one, each behind its holding."""
    return ((holding, *side) for holding, row in rows for side in unpacked(row))


def _rows_of_sides(book: Reading) -> list[Fault]:
    """Return the rows of sides whose head says something else than its sides."""
    found = []
    rows = book.database.stream(f"SELECT holding, {', '.join(COLUMNS)} FROM sides ORDER BY holding, seq")
    for holding, *row in rows:
        numbers = list(chain.from_iterable(unpacked(row[-1])))
        if not numbers or tuple(row) != row_of(numbers):
            where, what = f"{book.where}, sides", "A row of sides says something else than its sides."
            found.append(Fault(what, where, f"holding {holding}, event {row[0]}", _DO, "S7"))
    return found[:MOST_SHOWN]


def _blocks(book: Reading) -> list[Fault]:
    """Return the blocks that are not the sum of their sides."""
    found = []
    blocks = book.database.stream(
        "SELECT holding, last_seq, first_day, last_day, quantity, days FROM blocks ORDER BY 1, 2"
    )
    sides = _apart(book.database.stream("SELECT holding, sides FROM sides ORDER BY holding, seq"))
    side = next(sides, None)
    for holding, last_seq, *held in blocks:
        days: dict[int, int] = {}
        while side and side[0] < holding:
            side = next(sides, None)
        while side and side[0] == holding and side[1] <= last_seq:
            day = day_of(side[3])
            days[day] = days.get(day, 0) + side[4]
            side = next(sides, None)
        if not days or held != [min(days), max(days), sum(days.values()), packed_days(days)]:
            where = f"{book.where}, blocks"
            what = "A block is not the sum of what it stands for."
            found.append(Fault(what, where, f"holding {holding}, up to event {last_seq}", _DO, "S7"))
    return found[:MOST_SHOWN]


def _unbalanced(book: Reading) -> list[Fault]:
    """Return the resources and lots whose sum over all places is not 0."""
    sql = "SELECT resource, lot, sum(balance) FROM holdings GROUP BY resource, lot HAVING sum(balance) <> 0"
    what = "Something appeared or vanished: the sum over all places is not 0."
    return [
        Fault(what, book.where, f"{resource} {lot}: {total}", _DO, "S7")
        for resource, lot, total in book.database.rows(sql)[:MOST_SHOWN]
    ]


def _links(database: Database) -> Iterator[Link]:
    """Yield every event as a link, by recorder."""
    for (data,) in database.stream("SELECT body FROM events ORDER BY recorder, n, seq"):
        yield link(event_of(data), body=data)
