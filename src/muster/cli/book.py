"""The commands ``muster book …``, all of them, in the order of a day."""

from __future__ import annotations

from muster.cli import book_economy, book_enter, book_files, book_show
from muster.cli.book_common import book_app

__all__ = ["book_app", "book_economy", "book_enter", "book_files", "book_show"]

_ORDER = [
    *("init", "register", "add", "receive", "count", "reverse", "text", "sync", "map", "import"),
    *("balance", "card", "transit", "expiring", "disputed", "root", "verify", "export", "economy"),
]

book_economy.add_to(book_app)

book_app.registered_commands.sort(key=lambda each: _ORDER.index(each.name) if each.name in _ORDER else len(_ORDER))
