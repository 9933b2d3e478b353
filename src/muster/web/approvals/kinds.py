"""Kinds of requests: what each is called, who decides, and how it is carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from muster.web.people.person import Person

if TYPE_CHECKING:
    from muster.web.approvals.models import Request


def _nothing(request: Request) -> None:
    """Leave everything as it is."""


@dataclass(frozen=True)
class Kind:
    """A kind of request.

    Attributes:
        name: As it is kept.
        title: What people call it.
        carry_out: Does what was approved, ``carry_out(request, approver)``, and says what came of it. It may be called
            again for the same request where it was cut off, and then does nothing twice.
        refused: Cleans up after a refusal.
        roles: Who decides for every unit, beside administrators and managers of the unit.
    """

    name: str
    title: str
    carry_out: Callable[[Request, Person], str]
    refused: Callable[[Request], None] = _nothing
    roles: frozenset[str] = frozenset()


KINDS: dict[str, Kind] = {}
"""Every kind by name."""


def add(kind: Kind) -> Kind:
    """Make a kind known; each app does so for its own when it is loaded."""
    KINDS[kind.name] = kind
    return kind
