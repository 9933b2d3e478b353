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
from muster.plan.packs import KEPT_BACK, Packed, in_packs, packing
from muster.plan.plan import Plan
from muster.plan.program import Program, build
from muster.plan.proof import gaps
from muster.plan.readout import read_out
from muster.plan.repair import counted, repair
from muster.plan.settle import settled
from muster.plan.stage import PATIENT
from muster.plan.values import levels, records
from muster.plan.why import reasons

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
    economy = chosen(economy, options)
    listen(Progress("", 0, 0.0, 0.0, "reading the economy into rows and columns"))
    program = build(economy)
    slack = economy.slack * (1.0 - KEPT_BACK if options.packs else 1.0)
    until = None if options.limit_seconds is None else began + options.limit_seconds
    choice = Choice(economy.goals, economy.step, slack, options.exact, until, options.stop)
    outcome = pursue(program, choice, listen)
    packed = None
    if options.packs:
        listen(Progress("packs", 0, 0.0, 0.0, "packs: making every dispatch whole"))
        outcome, packed = in_packs(program, outcome, watch=choice.watch(PATIENT.tell))
    listen(Progress("proof", 0, 0.0, 0.0, "proof: making the plan exact, and showing how far from best it may be"))
    return _plan(program, outcome, packed, began=began)


def chosen(economy: Economy, options: PlanOptions) -> Economy:
    """Return an economy with the goals, step and slack of ``options`` where they say any."""
    return economy.with_options(
        goals=economy.goals if options.goals is None else options.goals,
        step=economy.step if options.step is None else options.step,
        slack=0.0 if options.exact else economy.slack if options.slack is None else options.slack,
    )


def _plan(program: Program, outcome: Outcome, packed: Packed | None, *, began: float) -> Plan:
    x = first_out(program, repair(program.matrix, outcome.x))
    economy, scale = program.sets.economy, program.matrix.column_scale
    borne_out = settled(
        outcome.ladder, outcome.climbs, counted(program.matrix, x) / scale, step=economy.step, slack=economy.slack
    )
    outcome = replace(outcome, climbs=borne_out)
    tables = read_out(program, x)
    plan = Plan(
        economy=program.sets.economy,
        **tables,
        levels=levels(program, outcome),
        reasons=reasons(program, tables),
        goals=records(program, outcome, tables, x),
        proof=certificate(program, outcome),
        packs=None if packed is None else packing(tables, program, packed),
        solver=outcome.solver,
        seconds=0.0,
        peak_mib=0.0,
        altered=(),
    )
    return done(plan, began=began)


def done(plan: Plan, *, began: float) -> Plan:
    """Return a plan that says of itself what its own checker can show, no more and no less, and what it took.

    Args:
        plan: Whose proof is whole; one without a proof says that nothing is proved of it.
        began: When planning began, by the monotonic clock.
    """
    proved = gaps(plan.economy, plan)
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
