"""Places as people name them: ``store:kabul``, or ``kabul`` for the store, or else the only place of that name."""

from __future__ import annotations

from collections.abc import Collection

from muster.book.accounts import ACCOUNTS
from muster.book.accounts import place as place_written
from muster.book.wording import Wrong, shown
from muster.services.book_rules import of_wrong, refused
from muster.store import Store


def place_in(book: Store, text: str, *, kinds: Collection[str] = tuple(ACCOUNTS)) -> str:
    """Return the place that somebody means: what is written out is taken as it is.

    Args:
        book: In which a plain name is looked up.
        text: ``store:kabul``, or ``kabul``.
        kinds: What a plain name can be the name of.
    Raises:
        BookError: It is no place, nor the name of one (B7); several places that are no stores have it (U8).
    """
    try:
        return place_written(text)
    except Wrong as wrong:
        found = _named(book, text, kinds)
        if (store := f"store:{text}") in found:
            return store
        if len(found) > 1:
            raise refused(
                "Several places of the book have this name.",
                where="the place",
                seen=shown(text),
                do=f"write which one: {' or '.join(found)}",
                rule="U8",
            ) from None
        if not found:
            raise of_wrong(wrong, where="the place") from None
        return found[0]


def _named(book: Store, name: str, kinds: Collection[str]) -> list[str]:
    """Return the places of the book with a name."""
    given = []
    for kind in kinds:
        try:
            given.append(place_written(f"{kind}:{name}"))
        except Wrong:
            return []
    return book.places(given)
