"""Economy -> plan: the whole way in one function."""

from __future__ import annotations

import math
import resource
import sys
import time
from dataclasses import replace

from muster.economy.economy import Economy
from muster.plan.certificate import certificate
from muster.plan.goals import Choice, Outcome, pursue
from muster.plan.lots import first_out
from muster.plan.options import Listener, PlanOptions, Progress
from muster.plan.plan import Plan
from muster.plan.program import Program, build
from muster.plan.proof import gaps
from muster.plan.readout import read_out
from muster.plan.rents import reasons
from muster.plan.repair import repair
from muster.plan.values import levels, records

_AS_THE_ECONOMY_SAYS = PlanOptions()


def share_out(
    economy: Economy, *, options: PlanOptions = _AS_THE_ECONOMY_SAYS, progress: Listener | None = None
) -> Plan:
    """Share what there is among the claims, worst-off first.

    Args:
        economy: Checked tables: P places, R resources, T periods, C claims.
        options: Goals, step, slack, exactness and time, where they differ from the economy's.
        progress: Told where planning stands after every round.
    Returns:
        A plan that can be done: every balance and limit holds to 1e-9 of its throughput. ``met`` has one row per claim
        (C rows; ratios from 0 to 1).
    Raises:
        PlanError: A stage has no trusted answer; it says which and what to try.
    Example:
        >>> from muster.economy.read import read
        >>> plan = share_out(read("examples/two-villages"), options=PlanOptions(exact=True))
        >>> round(plan.met["met_floor"].min(), 4)
        0.9171

    Source:
        Leximin by successive linear programs: S. J. Willson, Fair division using linear programming, 1998, part 6.
    """
    began = time.monotonic()
    listen = progress or _nobody
    economy = economy.with_options(
        goals=economy.goals if options.goals is None else options.goals,
        step=economy.step if options.step is None else options.step,
        slack=0.0 if options.exact else economy.slack if options.slack is None else options.slack,
    )
    listen(Progress("", 0, 0.0, 0.0, "reading the economy into rows and columns"))
    program = build(economy)
    until = None if options.limit_seconds is None else began + options.limit_seconds
    outcome = pursue(program, Choice(economy.goals, economy.step, economy.slack, options.exact, until), listen)
    return _plan(program, outcome, began)


def _plan(program: Program, outcome: Outcome, began: float) -> Plan:
    x = first_out(program, repair(program.matrix, outcome.x))
    tables = read_out(program, x)
    plan = Plan(
        economy=program.sets.economy,
        **tables,
        levels=levels(program, outcome),
        reasons=reasons(program, outcome),
        goals=records(program, outcome, tables, x),
        proof=certificate(program, outcome),
        solver=outcome.solver,
        seconds=0.0,
        peak_mib=0.0,
        altered=(),
    )
    proved = gaps(plan.economy, plan)  # a plan says of itself what its own checker can show, no more and no less
    goals = tuple({**record, "gap": _stated(proved[record["goal"]])} for record in plan.goals)
    return replace(plan, goals=goals, seconds=time.monotonic() - began, peak_mib=_peak_mib())


def _stated(gap: float) -> float:
    """Return a gap as it is stated: rounded up in the tenth place, so that the same plan has the same bytes."""
    return min(math.ceil(gap * 1e10) / 1e10, 1.0)


def _peak_mib() -> float:
    """Return the largest memory of this process so far; the system counts in kibibytes, on a Mac in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024.0 * (1024.0 if sys.platform == "darwin" else 1.0))


def _nobody(progress: Progress) -> None:
    """Listen to nothing."""
