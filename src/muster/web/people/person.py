"""Who asks: name, unit, roles, place."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("clerk", "chair", "manager", "logistician", "auditor", "admin")
"""Every role; each is a group of Django."""

APPROVING = frozenset({"manager", "admin"})
"""Roles of those who approve what others ask for: they log in with a second factor."""


@dataclass(frozen=True)
class Person:
    """Somebody with an account.

    Attributes:
        name: As recorder in the book.
        unit: Their unit.
        roles: Some of ``ROLES``.
        place: Of a chair: the place in the plan.
    """

    name: str
    unit: str
    roles: frozenset[str]
    place: str = ""

    def has(self, *roles: str) -> bool:
        """Return whether they have one of the roles."""
        return not self.roles.isdisjoint(roles)
