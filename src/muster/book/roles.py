"""The roles a person can have in a unit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ROLES: Mapping[str, str] = MappingProxyType(
    {
        "clerk": "records what happens in the own unit, counts, and closes what others counted",
        "manager": "does all that, registers people, stores and packs of the own unit, and approves exceptions",
        "auditor": "reads everything and records nothing",
        "admin": "registers people, stores, packs and mappings for every unit",
    }
)
"""What each role does."""

RECORDING = frozenset({"clerk", "manager"})
"""Roles that record events and close counts."""
