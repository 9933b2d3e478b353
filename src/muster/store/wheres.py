"""Where the events of a long stream came from, in a few bytes each."""

from __future__ import annotations

from array import array


class Wheres:
    """Remembers of each event that was written which line it was, and its ``file:line``.

    Args:
        first: Events that were there before.
    """

    def __init__(self, first: int) -> None:
        self._first = first
        self._lines = array("q")
        self._numbers = array("q")
        self._files: list[str] = []
        self._file_of = array("i")
        self._known: dict[str, int] = {}

    def add(self, where: str, line: int) -> None:
        """Remember where the next event came from, and which line of the stream it was."""
        self._lines.append(line)
        file, colon, number = where.rpartition(":")
        if not (colon and number.isdecimal()):
            file, number = where, "-1"
        place = self._known.setdefault(file, len(self._known))
        if place == len(self._files):
            self._files.append(file)
        self._file_of.append(place)
        self._numbers.append(int(number))

    def of(self, seq: int) -> tuple[int, str]:
        """Return which line of the stream an event was, and where that came from."""
        at = seq - self._first - 1
        file, number = self._files[self._file_of[at]], self._numbers[at]
        return self._lines[at], file if number < 0 else f"{file}:{number}"
