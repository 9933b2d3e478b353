"""What the book says, in the words of the page: the faults that a clerk can meet, in each language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from muster.errors import Fault

SAID = {
    "B1": _("What was entered cannot be read."),
    "B2": _("An entry has no id."),
    "B3": _("Nothing was entered."),
    "B4": _("A name or a reason is too long, or has signs that nobody sees."),
    "B5": _("A day is none of the calendar."),
    "B7": _("It is not said where the goods come from."),
    "B8": _("An amount is no number above nothing."),
    "B9": _("An amount has no unit that is known for these goods."),
    "B11": _("Another entry has the same id."),
    "B12": _("Another device records in your name."),
    "B13": _("These goods are told in something else."),
    "B14": _("The last day of a lot is another one in the book, or it has no lot."),
    "B16": _("This entry was taken back already, or cannot be."),
    "B17": _("More goes out than is there."),
    "B18": _("The store belongs to another unit."),
    "B19": _("Who wrote the waybill does not receive it."),
    "B20": _("The waybill is meant for another unit."),
    "B21": _("Another person has to close the count."),
    "B22": _("Whoever allowed it may not."),
    "B23": _("You are not registered in the book as a clerk of this unit."),
    "B26": _("A last day has no lot."),
    "W4": _("It is not said why."),
    "U1": _("It is not said what of how much."),
    "U2": _("Several lots lie there: say which one."),
    "U3": _("This is not on the waybill, or more than is still on the way."),
    "U4": _("This count is closed already, or was changed."),
}
"""Rule -> what it says to a clerk."""

DO = {
    "B1": _("Enter it again."),
    "B2": _("Enter it again."),
    "B3": _("Write an amount for one of the goods."),
    "B4": _("Write it shorter, in letters and digits."),
    "B5": _("Choose a day of the calendar."),
    "B7": _("Write who brought the goods."),
    "B8": _("Write a number such as 12 or 12.5."),
    "B9": _("Choose what it is told in from the list."),
    "B11": _("Enter it again."),
    "B12": _("Tell whoever looks after the accounts."),
    "B13": _("Choose what it is told in from the list."),
    "B14": _("Look at the label, and correct the lot or its last day."),
    "B16": _("Look at the last items; enter what is right anew."),
    "B17": _("Correct the amount or the lot, or record first what came in."),
    "B18": _("Let somebody of that unit record it."),
    "B19": _("Let another person of your unit receive it."),
    "B20": _("Tell the unit that it is meant for."),
    "B21": _("Let somebody look who has not counted."),
    "B22": _("Ask a manager of your unit."),
    "B23": _("Tell whoever looks after the accounts."),
    "B26": _("Write the lot as well, or leave the last day out."),
    "W4": _("Write why."),
    "U1": _("Write how much of what."),
    "U2": _("Choose the lot from the list."),
    "U3": _("Correct the amount; what is not on the waybill is received without a waybill."),
    "U4": _("Count anew."),
}
"""Rule -> what a clerk can do."""


def as_words(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Return faults for a page or a phone; in English in the book's own words, else in the clerk's language.

    A rule that no clerk should meet keeps its English words, so that somebody else can help.
    """
    own = (get_language() or "en").startswith("en")
    return [
        {
            "what": fault.what if own or fault.rule not in SAID else gettext(SAID[fault.rule]),
            "seen": fault.seen,
            "do": fault.do if own or fault.rule not in DO else gettext(DO[fault.rule]),
            "rule": fault.rule,
        }
        for fault in faults
        if fault.severity == "fault"
    ]
