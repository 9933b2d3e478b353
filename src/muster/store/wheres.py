"""Where the events of a long stream came from, in little memory: they mostly come line after line from one file."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence


class Wheres:
    """Remembers of each event that was written which line of the stream it was, and its ``file:line``."""

    def __init__(self) -> None:
        self._events = 0
        self._firsts: list[int] = []
        self._runs: list[tuple[int, str, int]] = []
        """Of the first event of each run: line of the stream, file, line of the file (-1: it was not said)."""

    def add_all(self, wheres: Sequence[str], line: int) -> None:
        """Remember where the next events came from, which are neighbouring lines of the stream, from ``line`` on."""
        file, _, text = wheres[0].rpartition(":")
        if text.isdecimal() and wheres == [f"{file}:{number}" for number in range(int(text), int(text) + len(wheres))]:
            self.add(wheres[0], line)
            self._events += len(wheres) - 1
        else:
            for number, where in enumerate(wheres, start=line):
                self.add(where, number)

    def add(self, where: str, line: int) -> None:
        """Remember where the next event came from."""
        file, colon, text = where.rpartition(":")
        number = int(text) if colon and text.isdecimal() else -1
        if number < 0:
            file = where
        if not self._runs or (line, file, number) != self._expected():
            self._firsts.append(self._events)
            self._runs.append((line, file, number))
        self._events += 1

    def of(self, event: int) -> tuple[int, str]:
        """Return which line of the stream an event was (1: the first that was written), and where that came from."""
        run = bisect_right(self._firsts, event - 1) - 1
        (line, file, number), behind = self._runs[run], event - 1 - self._firsts[run]
        return line + behind, file if number < 0 else f"{file}:{number + behind}"

    def _expected(self) -> tuple[int, str, int]:
        """Return what the next event is if the last run goes on."""
        (line, file, number), behind = self._runs[-1], self._events - self._firsts[-1]
        return line + behind, file, number if number < 0 else number + behind
