"""What came of a file: its events, the rows that came back, and totals that add up."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from muster.errors import Fault
from muster.joining.problems import Problem


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that became an event.

    Attributes:
        line: Where it stands in the file.
        key: What tells it apart in its source.
        event: In the interchange form, without ``n``, which the recorder's book gives.
    """

    line: int
    key: tuple[str, ...]
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Returned:
    """A row that did not become an event.

    Attributes:
        line: Where it stands in the file.
        problems: Everything that is wrong with it, at least one; the first counts for the summary.
        left_out: The mapping leaves such rows out, and says why.
        key: What tells it apart in its source; empty where that cannot be read.
    """

    line: int
    problems: tuple[Problem, ...]
    left_out: bool = False
    key: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The reason in plain words."""
        return self.problems[0].reason


@dataclass(frozen=True, slots=True)
class Total:
    """What the rows of a file say of one resource, in its smallest unit; the first is the sum of the other three.

    Attributes:
        resource: As the book names it, or as the file does where its name is not known.
        unit: g, ml, Wh, minute, piece, …
        in_file, in_events, returned, left_out: Whole numbers of ``unit``.
    """

    resource: str
    unit: str
    in_file: int
    in_events: int
    returned: int
    left_out: int

    @property
    def balanced(self) -> bool:
        """Whether nothing was lost on the way."""
        return self.in_file == self.in_events + self.returned + self.left_out


@dataclass(frozen=True)
class Batch:
    """What came of a file: one atomic batch for the book.

    Attributes:
        source, file: Name of the source in the mapping; name of the file.
        rows: Rows of data in the file, blank ones not counted.
        taken, returned: In the order of the file; together every row once.
        totals: One for each resource and unit, by name.
        unmeasured: Amounts of returned rows that cannot be read as a quantity of something.
        said: What a reader should know: merged cells that were filled, blank cells.
    """

    source: str
    file: str
    rows: int
    taken: tuple[Taken, ...] = field(repr=False)
    returned: tuple[Returned, ...] = field(repr=False)
    totals: tuple[Total, ...] = field(repr=False)
    unmeasured: int = 0
    said: tuple[str, ...] = ()

    @property
    def events(self) -> list[Mapping[str, Any]]:
        """The events in the order of the file."""
        return [each.event for each in self.taken]

    @property
    def digest(self) -> str:
        """The id of the batch: SHA-256 (hex) over its events by id, as compact JSON lines with sorted keys."""
        ordered = sorted(self.events, key=lambda event: str(event["id"]))
        lines = (orjson.dumps(event, option=orjson.OPT_SORT_KEYS) + b"\n" for event in ordered)
        digest = hashlib.sha256()
        for line in lines:
            digest.update(line)
        return digest.hexdigest()

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows came back for each reason, most first; those left out by the mapping are among them."""
        return dict(Counter(each.reason for each in self.returned).most_common())

    @property
    def reconciled(self) -> bool:
        """Whether every row is there once, and every total is the sum of its parts."""
        return self.rows == len(self.taken) + len(self.returned) and all(total.balanced for total in self.totals)

    def faults(self) -> list[Fault]:
        """Return one message for each problem of the rows that came back; not of those that are left out."""
        return [
            problem.fault(f"{self.file}:{each.line}")
            for each in self.returned
            if not each.left_out
            for problem in each.problems
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return figures, reasons, totals and returned rows as JSON-ready values; the events are ``events``."""
        return {
            "source": self.source,
            "file": self.file,
            "batch": self.digest,
            "rows": self.rows,
            "events": len(self.taken),
            "returned": sum(not each.left_out for each in self.returned),
            "left_out": sum(each.left_out for each in self.returned),
            "reconciled": self.reconciled,
            "reasons": self.reasons,
            "unmeasured": self.unmeasured,
            "totals": [_total(total) for total in self.totals],
            "rows_returned": [row for each in self.returned for row in _rows(each)],
            "said": list(self.said),
        }


def numbered(events: Sequence[Mapping[str, Any]], *, first: int) -> list[dict[str, Any]]:
    """Return events with the running numbers of their recorder, from ``first`` on.

    A book gives them to the events that it does not know yet, so that the same file twice makes the same events.
    """
    return [{**event, "n": n} for n, event in enumerate(events, start=first)]


def _total(total: Total) -> dict[str, Any]:
    return {
        "resource": total.resource,
        "unit": total.unit,
        "in_file": total.in_file,
        "in_events": total.in_events,
        "returned": total.returned,
        "left_out": total.left_out,
    }


def _rows(each: Returned) -> list[dict[str, Any]]:
    return [
        {
            "line": each.line,
            "column": problem.column,
            "value": problem.value,
            "reason": problem.reason,
            "do": problem.do,
            "rule": problem.rule,
            "left_out": each.left_out,
        }
        for problem in each.problems
    ]


def batch_text(batch: Batch) -> str:
    """Return what came of a file as lines of text: rows, reasons, and the totals beside each other."""
    left_out = sum(each.left_out for each in batch.returned)
    came_back = len(batch.returned) - left_out
    lines = [f"{batch.file}: {batch.rows:,} rows = {len(batch.taken):,} events + {came_back:,} returned"]
    lines[0] += f" + {left_out:,} left out" if left_out else ""
    lines += [f"  {count:>7,}  {reason}" for reason, count in batch.reasons.items()]
    if batch.totals:
        wide = max(len(total.resource) for total in batch.totals)
        lines.append(f"{'resource':<{wide}}  {'in the file':>16}  {'in events':>16}  {'returned':>16}  unit")
        for total in batch.totals:
            back = total.returned + total.left_out
            lines.append(
                f"{total.resource:<{wide}}  {total.in_file:>16,}  {total.in_events:>16,}  {back:>16,}  {total.unit}"
            )
    if batch.unmeasured:
        lines.append(f"{batch.unmeasured:,} amounts of returned rows cannot be read as a quantity of something.")
    lines += batch.said
    lines.append(f"batch {batch.digest}")
    return "\n".join(lines)
