"""Rules between tables."""

from muster.economy.economy import Economy
from muster.errors import Fault


def check(economy: Economy) -> list[Fault]:
    """Return what breaks a rule between tables."""
    return []
