"""The book: what happened. Pure, frozen values: no SQL, no files, no clock.

What others use:

- ``lines``: ``read_lines(lines, file=…, packs=…)`` reads the interchange into ``Line``s: an ``Event``, or everything
  that is wrong with it. ``from_events(events)`` does it for events made in Python; ``written(event)`` is the way back.
- ``events``: ``Event``, ``Move``, ``Counted`` and what a ``register`` event holds. ``body(event)`` are the bytes that
  are hashed, ``from_body(bytes)`` is the event again.
- ``amounts``: ``amount("600", unit="bag", pack="50 kg")``, ``taken_apart("12 bags of 50 kg")``.
- ``ids``: ``uuid7(ms, random=…)``. ``times``: text and milliseconds. ``accounts``: the places of the book.
- ``kinds.KINDS``, ``roles.ROLES``, ``rules.RULES``: what there is, as data.
- ``book.Book``: a small book in memory. ``post`` gives ``Posted``; ``balances``, ``card``, ``transit``, ``expiring``
  and ``disputes`` show it. ``muster.store`` keeps the same in a database.
- ``chains``: the hash chain of each recorder, its forks and gaps.
- ``merkle``, ``notes``, ``tiles``, ``log_check``: the log that nobody can change unseen.

Example:
    >>> from muster.book.book import Book
    >>> from muster.book.lines import read_lines
    >>> line = b'{"id": "0198abcd-ef01-7000-8000-000000000000", "kind": "receipt", "unit": "kabul",'
    >>> line += b'"recorder": "a.karimi", "n": 1, "occurred": "2026-11-03T10:00:00Z", "moves": [{"from": "outside:wfp",'
    >>> line += b'"to": "store:kabul", "resource": "flour", "quantity": "600", "unit": "bag", "pack": "50 kg"}]}'
    >>> book = Book()
    >>> book.post(read_lines([line], file="events.jsonl"), at_ms=1_795_773_723_000).count("accepted")
    1
    >>> book.balances(place="store:kabul")
    [Balance(place='store:kabul', resource='flour', lot='', quantity=30000000, unit='g')]
"""
