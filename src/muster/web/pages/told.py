"""What a page says where something cannot be done: the same five fields as everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from muster.errors import Fault, MusterError

NOT_THERE = frozenset({"P2", "P4", "U6", "U7", "O4"})
"""Rules that say: what was asked for is not there."""

SAID = {
    "P2": (_("There is no plan of this name."), _("Choose another plan.")),
    "P3": (_("The plan cannot be read."), _("Tell whoever made the plan.")),
    "P4": (_("The plan has no such place, need or period."), _("Go to your page and choose there.")),
}
"""Rule -> what it says to a chair, and what to do."""


def told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a view that shows the faults of what it could not do as a page (404 where it is not there, else 400)."""

    @wraps(view)
    def guarded(request: HttpRequest, *words: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *words, **named)
        except MusterError as error:
            absent = all(fault.rule in NOT_THERE for fault in error.faults)
            here = {"faults": [_in_words(fault) for fault in error.faults]}
            return render(request, "pages/faults.html", here, status=404 if absent else 400)

    return guarded


def _in_words(fault: Fault) -> dict[str, str]:
    """Return the five fields in the reader's language, where that is known; ``language``: what the words are in."""
    own = (get_language() or "en").startswith("en")
    what, do = (fault.what, fault.do) if own or fault.rule not in SAID else map(gettext, SAID[fault.rule])
    where = fault.where if own or fault.rule not in SAID else ""
    language = "" if own or fault.rule in SAID else "en"
    return {"what": what, "where": where, "seen": fault.seen, "do": do, "rule": fault.rule, "language": language}
