"""The record of changes: who changed what of accounts, units, choices and requests, for administrator and auditor."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from muster.web.people.models import Change


def note_change(by: str, what: str, *, whom: str = "", said: str = "") -> None:
    """Keep a change.

    Args:
        by: Who made it.
        what: In a few words: ``account made``.
        whom: Whose or which.
        said: What it was and is, or why; never a password or a code.
    """
    Change.objects.create(at=timezone.now(), by=by[:150], what=what[:100], whom=whom[:200], said=said)


def changes() -> QuerySet[Change]:
    """Return every change, the latest first."""
    return Change.objects.order_by("-id")
