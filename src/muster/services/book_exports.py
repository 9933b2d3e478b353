"""Use cases of handing a book on: events, tables, Beancount, the files of its log."""

from __future__ import annotations

from collections.abc import Iterator

from muster import store
from muster.book.events import from_body
from muster.book.lines import written


def export_events(address: str) -> Iterator[bytes]:
    """Yield every event as a line of the interchange, in the order of record; it gives the very same body again.

    Raises:
        BookError: There is no book (S1, S4).
    """
    with store.open(address) as book:
        for record in book.records():
            yield written(from_body(record.body))
