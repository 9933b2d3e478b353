"""Planning with all goals, and checking the plan: how long it takes, how much memory, how many linear programs.

``python -m benchmarks.plan CASE SECONDS`` measures once.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace

from benchmarks.measure import ROOT, Figures, TookTooLong, alone, medians, watch
from benchmarks.regions import SIZES, region
from muster.economy.economy import Economy, Horizon
from muster.economy.read import read
from muster.plan.options import PlanOptions
from muster.plan.proof import verify
from muster.plan.share import share_out

CASES = {"two-villages": 60, "afghan-winter": 180, "afghan-winter by week": 300, "small": 120, "medium": 310}
"""Examples and regions, and how many seconds a plan may take."""

LARGE = {"large, floor alone": 600}

WEEKS = 22
"""Weeks that cover the 151 days of the winter."""

QUICK = 60.0
"""What took less than this many seconds is measured again."""


def figures(times: int, cases: dict[str, int] = CASES) -> list[Figures]:
    """Plan every case in a process of its own.

    Args:
        times: How often what is ``QUICK`` is measured; the rest is measured once.
        cases: Which, and the seconds that each may take.
    Returns:
        ``case``, ``rows``, ``columns``, ``finished``, ``rounds``, ``gap`` (largest of any goal), ``wall_s``, ``cpu_s``
        and ``peak_mib`` of planning, ``verify_wall_s``, ``verify_cpu_s`` and ``faults`` of checking. What had to be
        killed has ``case``, ``finished`` and ``wall_s`` alone.
    """
    found = []
    for case, seconds in cases.items():
        runs: list[Figures] = []
        try:
            while len(runs) < times and (not runs or runs[-1]["wall_s"] < QUICK):
                runs.append(alone("benchmarks.plan", case, str(seconds), limit_s=2 * seconds + 120))
            found.append(medians(runs))
        except TookTooLong:
            found.append({"case": case, "finished": False, "wall_s": 2.0 * seconds + 120, "times": 1})
    return found


def large(times: int) -> list[Figures]:
    """Plan 3,000 × 30 × 12, floor alone: about a quarter of an hour."""
    return figures(times, LARGE)


def once(case: str, seconds: float) -> Figures:
    """Plan one case, stopping after so many seconds, and check the plan, in this process."""
    economy = economy_of(case)
    plan, taken = watch(lambda: share_out(economy, options=PlanOptions(limit_seconds=seconds)))
    verdict, checked = watch(lambda: verify(economy, plan))
    return {
        "case": case,
        "finished": taken["wall_s"] < seconds,
        "rounds": sum(goal["rounds"] for goal in plan.goals),
        "gap": max(float(goal["gap"]) for goal in plan.goals),
        **taken,
        "verify_wall_s": checked["wall_s"],
        "verify_cpu_s": checked["cpu_s"],
        "faults": len(verdict.faults),
    }


def economy_of(case: str) -> Economy:
    """Return the economy of a case: an example, one by week, or a region, with all goals or one alone."""
    name, _, alone_goal = case.partition(", ")
    if name in SIZES:
        economy = region(SIZES[name])
        return economy.with_options(goals=(alone_goal.split()[0],)) if alone_goal else economy
    folder, _, weekly = name.partition(" by ")
    economy = read(ROOT / "examples" / folder)
    return by_week(economy) if weekly else economy


def by_week(economy: Economy) -> Economy:
    """Return an economy of months cut into weeks instead; what a stock keeps in a month it keeps in a month still."""
    horizon = economy.horizon
    weeks = Horizon(horizon.start, "week", WEEKS)
    share = 7.0 * len(horizon.days) / sum(horizon.days)
    resources = economy.resources.with_columns(keep=economy.resources["keep"] ** share)
    return replace(economy, horizon=weeks, resources=resources)


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1], float(sys.argv[2]))))
