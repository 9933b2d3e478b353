"""How what was given is shown in a message."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_SHOWN = 60
"""Signs of a value in a message."""


class Wrong(ValueError):
    """A value that cannot be taken: what is wrong, what was seen, what to do, and the rule."""

    def __init__(self, what: str, seen: object, do: str, rule: str) -> None:
        super().__init__(what)
        self.what, self.seen, self.do, self.rule = what, shown(seen), do, rule


def shown(value: object) -> str:
    """Return a value as it can stand in a message: one line, not too long, nothing hidden."""
    text = value if isinstance(value, str) else repr(value)
    if not text:
        return "nothing"
    plain = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text[: LONGEST_SHOWN + 1])
    return plain if len(plain) <= LONGEST_SHOWN else f"{plain[: LONGEST_SHOWN - 1]}…"


def meant(name: object, known: Iterable[str]) -> str:
    """Return ``did you mean "x"? `` for the nearest known name, or nothing."""
    found = get_close_matches(str(name)[:LONGEST_SHOWN].casefold(), list(known), n=1, cutoff=0.6)
    return f'did you mean "{found[0]}"? ' if found else ""


def several(number: int, one: str, many: str = "") -> str:
    """Return ``1 line`` or ``1,000 lines``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def spoken(quantity: int, unit: str) -> str:
    """Return an amount of a smallest unit as people say it: ``29,400 kg`` for 29,400,000 g.

    Example:
        >>> spoken(29_400_000, "g"), spoken(5, "piece")
        ('29,400 kg', '5 piece')
    """
    larger = {"g": "kg", "ml": "l"}.get(unit)
    if larger is None or quantity < 1000:
        return f"{quantity:,} {unit}"
    whole, rest = divmod(quantity, 1000)
    decimals = f".{rest:03}".rstrip("0") if rest else ""
    return f"{whole:,}{decimals} {larger}"
