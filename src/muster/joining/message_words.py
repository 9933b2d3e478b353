"""The words of a text message, whatever stands between them."""

from __future__ import annotations

import re
from unicodedata import normalize

from muster.joining.numbers import plain_digits
from muster.joining.packs import container_in

SEPARATOR = ";"

_UNITS = {"KG": "kg", "KGS": "kg", "KILO": "kg", "KILOS": "kg", "G": "g", "GR": "g", "T": "t", "MT": "t", "TON": "t"}
_UNITS |= {"TONS": "t", "L": "l", "LT": "l", "LTR": "l", "LITRE": "l", "LITRES": "l", "LITER": "l", "LITERS": "l"}
_UNITS |= {"ML": "ml", "PC": "piece", "PCS": "piece", "PIECE": "piece", "PIECES": "piece", "EA": "piece"}
_PACKS = {"B": ("bag", "kg"), "C": ("case", "piece"), "J": ("jerrycan", "l"), "D": ("drum", "l")}

_NUMBER = r"\d+(?:[.,]\d+)*"
_PACK = re.compile(r"([BCJD])(\d+(?:[.,]\d+)?)(KGS?|G|L|ML|PCS?)?", re.ASCII)
_GLUED = re.compile(rf"({_NUMBER})(X?[A-Z]+[\d.,]*[A-Z]*)", re.ASCII)
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)([A-Z]+)", re.ASCII)


class Words:
    """The words of a message, taken from the left."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0

    def peek(self, ahead: int = 0) -> str:
        """Return the next word without taking it; ``""`` at the end or before a separator."""
        at = self._at + ahead
        word = self._words[at] if at < len(self._words) else ""
        return "" if word == SEPARATOR else word

    def next(self) -> str:
        """Take the next word; ``""`` at the end."""
        word = self.peek()
        self._at += bool(word)
        return word

    def separator(self) -> bool:
        """Take a separator between items, and return whether there was one with something behind it."""
        taken = False
        while self._at < len(self._words) and self._words[self._at] == SEPARATOR:
            self._at += 1
            taken = True
        return taken and self._at < len(self._words)

    def until_number(self) -> list[str]:
        """Take the words before the next number."""
        taken = []
        while (word := self.peek()) and not _is_number(word):
            taken.append(self.next())
        return taken

    def number(self) -> tuple[str, tuple[str, str] | None] | None:
        """Take a number as decimal text; beside it the two ways to read it, where there are two."""
        word = self.peek()
        if not _is_number(word):
            return None
        self._at += 1
        signs = [sign for sign in word if sign in ".,"]
        parts = re.split(r"[.,]", word)
        if not signs:
            return str(int(word)), None
        grouped = all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3
        if len(signs) == 1 and grouped and parts[0].strip("0"):
            return word, ("".join(parts), f"{int(parts[0])}.{parts[1].rstrip('0') or '0'}")
        if len(signs) == 1:
            return f"{int(parts[0])}.{parts[1]}", None
        if len(set(signs)) == 1 and grouped:
            return str(int("".join(parts))), None
        whole, last = "".join(parts[:-1]), parts[-1]
        if signs[-1] not in signs[:-1] and all(len(part) == 3 for part in parts[1:-1]):
            return f"{int(whole)}.{last}", None
        return None

    def unit(self) -> tuple[str, str] | None:
        """Take a unit and its pack (``""``: none): ``("bag", "50 kg")`` for B50 and for BAGS OF 50 KG."""
        self._skip_cross()
        word = self.peek()
        if found := _PACK.fullmatch(word):
            self._at += 1
            container, measure = _PACKS[found[1]]
            size = found[2].replace(",", ".")
            return container, f"{size} {_UNITS.get(found[3] or '', measure)}"
        if word in _UNITS:
            self._at += 1
            return _UNITS[word], ""
        if container := container_in(word):
            ahead = 2 if self.peek(1) in ("OF", "X", "DE") else 1
            return self._size(container, ahead)
        return self._size("pack", 0)

    def _skip_cross(self) -> None:
        if self.peek() in ("X", "×", "*"):
            self._at += 1

    def _size(self, container: str, ahead: int) -> tuple[str, str] | None:
        """Take a container of a size that stands some words ahead: ``50KG``, ``50 KG``."""
        size, unit = self.peek(ahead), self.peek(ahead + 1)
        if (found := _SIZE.fullmatch(size)) and found[2] in _UNITS:
            self._at += ahead + 1
            return container, f"{found[1].replace(',', '.')} {_UNITS[found[2]]}"
        if _is_number(size) and unit in _UNITS:
            self._at += ahead + 2
            return container, f"{size.replace(',', '.')} {_UNITS[unit]}"
        return None

    def rest(self) -> list[str]:
        """Take all words that are left."""
        rest = [word for word in self._words[self._at :] if word != SEPARATOR]
        self._at = len(self._words)
        return rest

    def with_name(self, name: str, other: str) -> str:
        """Return the message with another name of a resource in place of ``name``."""
        return self._text().replace(f" {name} ", f" {other.upper()} ", 1)

    def with_number(self, number: str) -> str:
        """Return the message with another number in place of the last one taken."""
        words = [*self._words[: self._at - 1], number, *self._words[self._at :]]
        return " ".join(words).replace(f" {SEPARATOR}", SEPARATOR)

    def with_unit(self, unit: str) -> str:
        """Return the message up to the number taken last, with a unit behind it."""
        return " ".join([*self._words[: self._at], unit]).replace(f" {SEPARATOR}", SEPARATOR)

    def _text(self) -> str:
        return " ".join(self._words).replace(f" {SEPARATOR}", SEPARATOR)


def words_of(text: str) -> Words:
    """Return the words of a message: capitals, ASCII digits, nothing but spaces and separators between them.

    Example:
        >>> words_of("r WB123, maize  ۵۸۸b50.").rest()
        ['R', 'WB123', 'MAIZE', '588', 'B50']
    """
    plain = plain_digits(normalize("NFKC", text)).upper().replace("،", ",")
    plain = re.sub(r"[;؛\n\r&]+", f" {SEPARATOR} ", plain)
    words: list[str] = []
    for word in plain.split():
        word = word.strip(",.:!\"'()")
        if not word:
            continue
        glued = _GLUED.fullmatch(word)
        if glued and words:
            second = glued[2].removeprefix("X") if len(glued[2]) > 1 else glued[2]
            words += [glued[1], second]
        else:
            words.append(word)
    return Words(words)


def _is_number(word: str) -> bool:
    return re.fullmatch(_NUMBER, word, re.ASCII) is not None
