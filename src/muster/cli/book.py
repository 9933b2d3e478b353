"""The commands ``muster book …``, all of them; the help shows them in the order of these modules."""

from __future__ import annotations

from muster.cli import book_enter, book_files, book_show
from muster.cli.book_common import book_app

__all__ = ["book_app", "book_enter", "book_files", "book_show"]
