"""Planning as a job in a process of its own: ``python -m muster.services.planning_jobs``, with the order on stdin.

Whoever started it hears of it in lines of JSON: ``{"progress": …}`` while it goes on, and at last ``{"made": …}``,
``{"faults": …}`` or ``{"nothing": …}``. Told ``stop`` it makes the best plan so far, or nothing where there is none.
It ends at once when its standard input is closed, so it never outlives who wanted it.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from muster.economy.folder import OPTIONS_FILE
from muster.economy.tables import GOALS
from muster.errors import Fault, MusterError
from muster.plan.options import PlanOptions, Progress
from muster.plan.policies import LEXIMIN
from muster.services.book_economy import economy_from_book
from muster.services.book_lots import join_lots
from muster.services.comparisons import compare_policies
from muster.services.plans import plan_economy

PLAN, COMPARE = "plan", "compare"
"""Kinds of orders; what is compared is compared whole or not at all, so only a plan is made of what there is so far."""

STOP = "stop"
"""The line that asks for what there is so far."""

MOST_TOLD = 200
"""Lines of what a book leaves out, and warnings, that are kept of a job."""

BETWEEN_S = 0.2
"""Messages that come closer to each other are passed over."""


@dataclass(frozen=True)
class Order:
    """What is to be planned.

    Attributes:
        kind: ``plan``: one plan; ``compare``: the policies side by side.
        economy: Folder of the economy; it is not changed.
        to: Folder that is to be; it appears when it is whole.
        work: Folder for what is needed in between; whoever ordered takes it away.
        book, as_of: Address of a book and a day: its counts take the place of the economy's. ``""``: they do not.
        goals: Stages; none: those of the economy.
        step, limit_seconds: As in ``PlanOptions``; for a comparison the seconds are for each policy.
        policies: Of a comparison.
    """

    kind: str
    economy: str
    to: str
    work: str
    book: str = ""
    as_of: str = ""
    goals: tuple[str, ...] = ()
    step: float | None = None
    limit_seconds: float | None = None
    policies: tuple[str, ...] = ()

    def as_json(self) -> str:
        """Return the order as one line."""
        return json.dumps(asdict(self))


def order_of(line: str) -> Order:
    """Return the order that ``as_json`` wrote."""
    said = json.loads(line)
    return Order(**{**said, "goals": tuple(said["goals"]), "policies": tuple(said["policies"])})


@dataclass(frozen=True)
class Standing:
    """Where an order stands: the share of its work that is done (0 to 1), and the planner's own words.

    Stages weigh the same, and within a stage the linear programs that it may still take; so it is no share of the time.
    """

    share: float
    message: str


class NothingYetError(Exception):
    """It was stopped before there was a plan."""


def carry_out(order: Order, tell: Callable[[Standing], None], stop: threading.Event) -> dict[str, Any]:
    """Plan, and return what was made: where, of what, and what was left out of the book.

    Args:
        order: What is to be planned.
        tell: Told where it stands.
        stop: Set by whoever wants what there is by then; ``early`` of what is returned says how far from best each goal
            may be.
    Raises:
        NothingYetError: It was stopped before there was a plan.
        EconomyError: The tables have faults, or the book does not fit to them.
        BookError: The book cannot be opened.
        PlanError: No plan could be made.
        OSError: The folder cannot be written.
    """
    economy, found = Path(order.economy), {}
    if order.book:
        tell(Standing(0.0, f"taking over what the book holds on {order.as_of}"))
        economy = Path(shutil.copytree(economy, Path(order.work) / economy.name))
        found = _from_book(economy, order)
    goals, limit = order.goals or None, order.limit_seconds
    options = PlanOptions(goals=goals, step=order.step, limit_seconds=limit, stop=stop.is_set)
    listen = _Listener(_stages(order, economy), tell, stop)
    if order.kind == COMPARE:
        compared = compare_policies(
            economy, policies=order.policies, to=Path(order.to), options=options, progress=_of_policies(listen)
        )
        return found | {"economy_sha256": compared.comparison.economy.sha256}
    planned = plan_economy(economy, to=Path(order.to), options=options, progress=listen)
    warnings = [*found.get("warnings", ()), *(fault.as_dict() for fault in planned.warnings)][:MOST_TOLD]
    about = {"economy_sha256": planned.plan.economy.sha256, "warnings": warnings}
    if listen.early:
        about["early"] = [[goal["goal"], goal["gap"]] for goal in planned.plan.goals]
    return found | about


class _Listener:
    """Hears what planning says, and tells how much of all is done; that never falls.

    Attributes:
        early: Whether the goals were left before they were reached, because of ``stop``.
    """

    def __init__(self, stages: Sequence[str], tell: Callable[[Standing], None], stop: threading.Event) -> None:
        self._stages, self._tell, self._stop = stages, tell, stop
        self._share, self._reached, self.early = 0.0, False, False

    def __call__(self, said: Progress) -> None:
        self._reached = self._reached or said.round > 0
        if said.goal in self._stages:
            self._share = max(self._share, (self._stages.index(said.goal) + said.done) / len(self._stages))
        elif self._stop.is_set():  # before the goals there is nothing yet, after them there is what they reached
            if not self._reached:
                raise NothingYetError
            self.early = True
        self._tell(Standing(self._share, said.message))


def _from_book(economy: Path, order: Order) -> dict[str, Any]:
    made = economy_from_book(economy, book=order.book, as_of=date.fromisoformat(order.as_of))
    join_lots(economy)
    return {
        "as_of": order.as_of,
        "known_at": made.known_at,
        "stocks": len(made.stocks),
        "on_the_road": len(made.on_the_road),
        "left_out": [row._asdict() for row in made.left_out[:MOST_TOLD]],
        "warnings": [fault.as_dict() for fault in made.warnings],
    }


def _stages(order: Order, economy: Path) -> tuple[str, ...]:
    """Return what is gone through one after the other: goals of a plan, policies of a comparison."""
    if order.kind == COMPARE:
        return order.policies
    if order.goals:
        return order.goals
    try:
        said = tomllib.loads((economy / OPTIONS_FILE).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):  # it is told with all other faults when the economy is read
        return GOALS
    goals = said.get("goals", GOALS)
    return tuple(map(str, goals)) if isinstance(goals, Sequence) and goals else GOALS


def _of_policies(listen: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Return a listener for policies: what speaks of a goal is said by the policy that has goals, worst-off first."""

    def told(said: Progress) -> None:
        fair = said.goal in GOALS
        stage, done = (LEXIMIN, (GOALS.index(said.goal) + said.done) / len(GOALS)) if fair else (said.goal, said.done)
        listen(replace(said, goal=stage, done=done))

    return told


def main() -> None:
    """Carry out the order on the first line of stdin; tell of it on stdout."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints is none of what is told
    first = sys.stdin.readline()
    stop = threading.Event()
    threading.Thread(target=_heed, args=(sys.stdin, stop), daemon=True).start()
    try:
        told = _sparing(lambda said: _tell(out, "progress", asdict(said)))
        _tell(out, "made", carry_out(order_of(first), told, stop))
    except NothingYetError:
        _tell(out, "nothing", {})
    except MusterError as error:
        _tell(out, "faults", [fault.as_dict() for fault in error.faults[:MOST_TOLD]])
    except OSError as error:
        _tell(out, "faults", [_of_system(error).as_dict()])


def _heed(stream: IO[str], stop: threading.Event) -> None:
    for line in stream:
        if line.strip() == STOP:
            stop.set()
    os._exit(0)


def _sparing(tell: Callable[[Standing], None]) -> Callable[[Standing], None]:
    last = [-BETWEEN_S]

    def told(said: Standing) -> None:
        now = time.monotonic()
        if now - last[0] >= BETWEEN_S:
            last[0] = now
            tell(said)

    return told


def _tell(out: IO[str], what: str, said: Mapping[str, Any] | Sequence[Any]) -> None:
    out.write(json.dumps({what: said}) + "\n")
    out.flush()


def _of_system(error: OSError) -> Fault:
    do = "see that the disk has room and that the folder may be written, then order it again"
    return Fault("A file could not be read or written.", str(error.filename or ""), error.strerror or "", do, "O3")


def fault_of(said: Mapping[str, Any]) -> Fault:
    """Return a fault that was told as JSON."""
    return Fault(**said)


if __name__ == "__main__":
    main()
