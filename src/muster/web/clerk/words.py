"""What the book says, in the words of the page: the faults that a clerk can meet, in each language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from muster.errors import Fault

SAID = {
    "B3": _("Nothing was entered."),
    "B7": _("It is not said where the goods come from."),
    "B8": _("An amount is no number above nothing."),
    "B9": _("An amount has no unit that is known for these goods."),
    "B11": _("Another entry has the same id."),
    "B14": _("The last day of a lot is another one in the book, or it has no lot."),
    "B16": _("This entry was taken back already, or cannot be."),
    "B17": _("More goes out than is there."),
    "B18": _("The store belongs to another unit."),
    "B19": _("Who wrote the waybill does not receive it."),
    "B20": _("The waybill is meant for another unit."),
    "B21": _("Another person has to close the count."),
    "B23": _("You are not registered in the book as a clerk of this unit."),
    "W4": _("It is not said why."),
    "U1": _("It is not said what of how much."),
    "U2": _("Several lots lie there: say which one."),
    "U3": _("This is not on the waybill, or more than is still on the way."),
    "U4": _("This count is closed already, or was changed."),
}
"""Rule -> what it says to a clerk."""


def as_words(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Return faults for a page or a phone; in English in the book's own words, else in the clerk's language."""
    own = (get_language() or "en").startswith("en")
    return [
        {
            "what": fault.what if own or fault.rule not in SAID else gettext(SAID[fault.rule]),
            "seen": fault.seen,
            "do": fault.do if own else "",
            "rule": fault.rule,
        }
        for fault in faults
        if fault.severity == "fault"
    ]
