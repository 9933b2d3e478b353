"""Where the events of a long stream came from, in a few bytes each."""

from __future__ import annotations

from array import array


class Wheres:
    """Remembers of each event that was written which line it was, and its ``file:line``."""

    def __init__(self) -> None:
        self._lines = array("q")
        self._numbers = array("q")
        self._files: dict[str, int] = {}
        self._file_of = array("i")

    def add(self, where: str, line: int) -> None:
        """Remember where the next event came from, and which line of the stream it was."""
        file, colon, number = where.rpartition(":")
        if not (colon and number.isdecimal()):
            file, number = where, "-1"
        self._lines.append(line)
        self._numbers.append(int(number))
        self._file_of.append(self._files.setdefault(file, len(self._files)))

    def of(self, event: int) -> tuple[int, str]:
        """Return which line of the stream an event was (1: the first that was written), and where that came from."""
        number, file = self._numbers[event - 1], list(self._files)[self._file_of[event - 1]]
        return self._lines[event - 1], file if number < 0 else f"{file}:{number}"
