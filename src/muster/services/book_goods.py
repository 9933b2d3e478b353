"""Goods as a person writes them in a command: ``flour, lot L12, expires 2027-06-30: 600 bags of 50 kg``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from muster.book.accounts import is_guarded
from muster.book.amounts import Amount, amount, taken_apart
from muster.book.views import Balance
from muster.book.wording import Wrong, shown, spoken
from muster.errors import BookError, Fault
from muster.services.book_rules import of_wrong, refused
from muster.store import Store

Values = dict[str, str]
"""What moves or is counted, by the names of the interchange."""

_HEAD = re.compile(r"(.+?)(?:,\s*lot\s+(.+?))?(?:,\s*expires\s+(\S+))?", re.DOTALL)
_LOTS_SHOWN = 5


@dataclass(frozen=True)
class Goods:
    """So much of a resource, as it was written.

    Attributes:
        resource, lot, expires: What; ``lot`` and ``expires`` are ``""`` where they are not said.
        quantity, unit, pack: How much, as text.
    """

    resource: str
    lot: str
    expires: str
    quantity: str
    unit: str
    pack: str

    def values(self, way: Mapping[str, str] = MappingProxyType({})) -> Values:
        """Return them as they stand in the interchange, behind where they are or move."""
        own = {name: str(getattr(self, name)) for name in self.__dataclass_fields__}
        return {name: text for name, text in (dict(way) | own).items() if text}


def goods(text: str) -> Goods:
    """Return goods taken apart.

    Raises:
        BookError: There is no resource, or no amount with a unit (U1, B9).
    Example:
        >>> goods("flour, lot L12: 600 bags of 50 kg")
        Goods(resource='flour', lot='L12', expires='', quantity='600', unit='bags', pack='50 kg')
    """
    head, colon, much = text.rpartition(":")
    found = _HEAD.fullmatch(head.strip())
    if not colon or not found:
        do = 'write the resource, a colon and the amount: "flour: 600 bags of 50 kg"'
        raise refused("It is not said what of how much.", where="the goods", seen=shown(text), do=do, rule="U1")
    try:
        quantity, unit, pack = taken_apart(much)
    except Wrong as wrong:
        raise of_wrong(wrong, where=f"the goods {shown(text)}") from None
    return Goods(found[1].strip(), found[2] or "", found[3] or "", quantity, unit, pack)


def several(texts: Iterable[str]) -> list[Goods]:
    """Return goods taken apart, or all that is wrong with any of them.

    Raises:
        BookError: As ``goods``.
    """
    read: list[Goods] = []
    faults: list[Fault] = []
    for text in texts:
        try:
            read.append(goods(text))
        except BookError as error:
            faults += error.faults
    if faults:
        raise BookError(faults)
    return read


def measured(values: Values, book: Store) -> Amount:
    """Return an amount in its smallest unit, with the packs that are registered.

    Raises:
        BookError: It cannot be read (B8, B9).
    """
    pack = values.get("pack", "")
    packs = None if pack else book.register.packs.get(values["resource"])
    try:
        return amount(values["quantity"], unit=values["unit"], pack=pack, packs=packs)
    except Wrong as wrong:
        raise of_wrong(wrong, where=f"the amount of {values['resource']}") from None


def with_lots(entries: Sequence[Values], book: Store) -> list[Values]:
    """Return what moves or is counted, with the lot named where only one lies there.

    Whoever counts is told which lots lie there, never how much of them.

    Raises:
        BookError: Several lots lie there, and it is not said which (U2).
    """
    found: list[Values] = []
    faults: list[Fault] = []
    for values in entries:
        place, blind = values.get("from", values.get("place", "")), "place" in values
        try:
            lot = values.get("lot", "")
            if not lot and is_guarded(place):
                lot = _only_lot(book, place, values.get("resource", ""), blind=blind)
            found.append({**values, "lot": lot} if lot else values)
        except BookError as error:
            faults += error.faults
    if faults:
        raise BookError(faults)
    return found


def _only_lot(book: Store, place: str, resource: str, *, blind: bool) -> str:
    there = [each for each in book.balances(place=place, resource=resource) if resource and each.quantity > 0]
    if not there or any(not each.lot for each in there):
        return ""
    if len(there) == 1:
        return there[0].lot
    raise refused(
        f"Several lots of {shown(resource)} lie at {shown(place)}.",
        where=f"{shown(resource)} at {shown(place)}",
        seen=_lots(there, blind=blind),
        do=f'say which one: "{resource}, lot {there[0].lot}: …"',
        rule="U2",
    )


def _lots(there: Sequence[Balance], *, blind: bool) -> str:
    more = f" and {len(there) - _LOTS_SHOWN} more" if len(there) > _LOTS_SHOWN else ""
    told = [each.lot if blind else f"{each.lot} ({spoken(each.quantity, each.unit)})" for each in there[:_LOTS_SHOWN]]
    return ", ".join(told) + more
