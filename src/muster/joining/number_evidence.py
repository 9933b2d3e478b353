"""How numbers are written, told from all numbers of a column: which sign stands before the decimals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from muster.joining.numbers import Signs, plain_digits, signs_of

_WRITTEN = re.compile(r"[+-]?\d[\d.,' \u00a0\u202f\u2009]*")


@dataclass(frozen=True)
class NumberEvidence:
    """How the numbers of a column are written.

    Attributes:
        choices: What fits; two where it must be asked.
        why: The evidence in plain words.
        numbers, others: Cells that look like numbers; filled cells that do not.
        example: A number that can be read in two ways.
    """

    choices: tuple[Signs, ...]
    why: str
    numbers: int
    others: int
    example: str = ""

    @property
    def sure(self) -> bool:
        """Whether there is one way only to read every number."""
        return len(self.choices) == 1


def number_evidence(values: Mapping[str, int]) -> NumberEvidence:
    """Return how numbers are written.

    Args:
        values: Text -> how many cells hold it, blank ones left out.
    Example:
        >>> number_evidence({"1.234,5": 1, "17": 4}).choices
        (Signs(written='1.234,5'),)
    """
    written = {plain_digits(value): count for value, count in values.items() if _WRITTEN.fullmatch(plain_digits(value))}
    numbers = sum(written.values())
    others = sum(values.values()) - numbers
    groups = next((sign for sign in ("'", " ") if any(_groups(value, sign) for value in written)), "")
    plain = {re.sub(r"[' \u00a0\u202f\u2009]", "", value): count for value, count in written.items()}
    as_decimal, as_thousands, doubtful = _uses(plain)
    for sign, other in ((".", ","), (",", ".")):
        if sign in as_decimal and sign in as_thousands:
            return NumberEvidence(
                (Signs("1,234.5"), Signs("1.234,5")),
                f"the {_name(sign)} stands before decimals in {as_decimal[sign]} and between thousands in "
                f"{as_thousands[sign]}",
                numbers,
                others,
                as_thousands[sign],
            )
        if sign in as_decimal or other in as_thousands:
            example = as_decimal.get(sign) or as_thousands[other]
            thousands = other if other in as_thousands or other in doubtful else groups
            return NumberEvidence((signs_of(sign, thousands),), f"as {example} shows", numbers, others)
    if doubtful:
        sign, example = next(iter(doubtful.items()))
        other = "," if sign == "." else "."
        choices = (signs_of(other, sign), signs_of(sign, groups))
        return NumberEvidence(choices, f"{example} can be read in two ways", numbers, others, example)
    why = "no number has decimals or groups" if not groups else f"groups of three as in {_first(written, groups)}"
    return NumberEvidence((signs_of(".", groups),), why, numbers, others)


def _uses(values: Mapping[str, int]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return an example for each sign: before decimals, between thousands, and where it could be either."""
    as_decimal: dict[str, str] = {}
    as_thousands: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    for value in values:
        signs = [sign for sign in value if sign in ".,"]
        if not signs:
            continue
        last, tail = signs[-1], re.split(r"[.,]", value)[-1]
        if len(set(signs)) == 2:
            as_decimal.setdefault(last, value)
            as_thousands.setdefault(signs[0], value)
        elif len(signs) > 1:
            as_thousands.setdefault(last, value)
        elif len(tail) != 3 or not 1 <= len(re.sub(r"\D", "", value.split(last)[0]).lstrip("0")) <= 3:
            as_decimal.setdefault(last, value)
        else:
            doubtful.setdefault(last, value)
    return as_decimal, as_thousands, doubtful


def _groups(value: str, sign: str) -> bool:
    spaces = r"[ \u00a0\u202f\u2009]" if sign == " " else "'"
    return re.fullmatch(rf"[+-]?\d{{1,3}}({spaces}\d{{3}})+([.,]\d+)?", value) is not None


def _first(values: Mapping[str, int], sign: str) -> str:
    return next(value for value in values if _groups(value, sign))


def _name(sign: str) -> str:
    return "point" if sign == "." else "comma"
