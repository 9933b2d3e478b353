"""How a section of a mapping describes its keys: a frozen value whose fields carry their meaning."""

from __future__ import annotations

from dataclasses import Field, field, fields
from typing import Any


def entry(default: Any = "", *, meaning: str, choices: tuple[str, ...] = ()) -> Any:
    """Return a field of a section: its default, what it means, and the words it may have."""
    metadata = {"meaning": meaning, "choices": choices}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=metadata)
    return field(default=default, metadata=metadata)


def toml_name(field_name: str) -> str:
    """Return the key of TOML for a field: ``from`` for ``from_``, which Python keeps for itself."""
    return field_name.rstrip("_")


def keys_of(section: type[Any]) -> dict[str, Field[Any]]:
    """Return the keys of a section as they stand in TOML, with their fields."""
    return {toml_name(each.name): each for each in fields(section)}


def default_of(each: Field[Any]) -> Any:
    """Return what a key holds where it is not written."""
    return {} if callable(each.default_factory) else each.default
