"""Parts of pages for htmx: a page that htmx asks for is its main part alone, without what stands around it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from django.http import HttpRequest

CONFIG = MappingProxyType(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "refreshOnHistoryMiss": True,
        "scrollIntoViewOnBoost": False,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "4..", "swap": True, "target": "#main", "select": "#main", "swapOverride": "outerHTML"},
            {"code": "5..", "swap": False, "error": True},
        ],
    }
)
"""What htmx is told: it runs no text as code and writes no style, as the policy forbids; it keeps no page in the
browser, as the next person may not see it; and a refusal takes the place of the whole main part, so that it is seen."""


def holds(asked: str, *said: str) -> bool:
    """Return whether one of the words of a row has in it what somebody looks for, whatever its case."""
    return any(asked.casefold() in each.casefold() for each in said)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template the name of the ``frame`` that it stands in."""
    asked_for_a_part = bool(getattr(request, "htmx", False))
    return {"frame": "fragment.html" if asked_for_a_part else "base.html"}
