"""The only SQL: a book in an SQLite file, or in a PostgreSQL database that several people share.

The same code, the same rules (those of ``muster.book``), the same bytes in the log.

- ``create(address)`` makes a book; ``open(address)`` opens it as a ``Store``; ``renew(address)`` brings an older one
  up to date; ``on(database, where=…)`` takes a database that is open already (``database.Database``).
- ``Store.post(lines, at_ms=…, offline=False)`` is one durable transaction, ``Store.stream`` the same for any number of
  lines.
- ``balances``, ``card``, ``transit``, ``expiring``, ``disputes``, ``records``, ``event``, ``next_number``, ``register``
  and ``size`` show it. ``Store.log`` has the root, the leaves and the proofs.
- ``verify(book)`` works everything out again from the events, and says what is otherwise.

An address is a path, or ``postgresql://…``.
"""

from muster.store.opening import create, on, renew
from muster.store.opening import open_book as open
from muster.store.store import Store
from muster.store.verify import verify

__all__ = ["Store", "create", "on", "open", "renew", "verify"]
