"""What a page says where something cannot be done: the same five fields as everywhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from muster.errors import MusterError

NOT_THERE = frozenset({"P2", "P4", "U6", "U7", "O4"})
"""Rules that say: what was asked for is not there."""


def told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return a view that shows the faults of what it could not do as a page (404 where it is not there, else 400)."""

    @wraps(view)
    def guarded(request: HttpRequest, *words: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *words, **named)
        except MusterError as error:
            absent = all(fault.rule in NOT_THERE for fault in error.faults)
            return render(request, "pages/faults.html", {"faults": error.faults}, status=404 if absent else 400)

    return guarded
