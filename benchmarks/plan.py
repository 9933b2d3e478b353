"""Planning with all four goals: how long it takes, how much memory, how many linear programs.

Beside it, in the same run, one cold HiGHS solve of the first of these programs, the highest level that all can reach
together. ``python -m benchmarks.plan CASE WHAT`` measures once; WHAT is ``goals`` or ``max-min``.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from benchmarks.measure import ROOT, Figures, alone, medians, watch
from benchmarks.regions import SIZES, region
from muster.economy.economy import Economy
from muster.economy.read import read
from muster.plan.goals import service_of
from muster.plan.leximin import Ladder, Standing, common_level, ladder_of
from muster.plan.program import Program, build
from muster.plan.share import share_out
from muster.plan.solver import Solution, Solver

CASES = ("two-villages", "afghan-winter", "small")
"""Examples, and a region drawn at random."""


def figures(times: int) -> list[Figures]:
    """Measure every case ``times`` times, each in a process of its own.

    Returns:
        ``case``, ``rows``, ``columns``, ``rounds``, medians of ``wall_s``, ``cpu_s``, ``peak_mib``, and of the
        ``cold_wall_s`` and ``cold_cpu_s`` of the first max-min alone.
    """
    found = []
    for case in CASES:
        runs = [
            alone("benchmarks.plan", case, "max-min") | alone("benchmarks.plan", case, "goals") for _ in range(times)
        ]
        found.append(medians(runs))
    return found


def once(case: str, what: str) -> Figures:
    """Plan one case, or solve its first max-min, in this process."""
    economy = region(SIZES[case]) if case in SIZES else read(ROOT / "examples" / case)
    if what == "goals":
        plan, taken = watch(lambda: share_out(economy))
        return {"case": case, "rounds": sum(goal["rounds"] for goal in plan.goals), **taken}
    program = build(economy)
    ladder = first_ladder(program, economy)
    _, taken = watch(lambda: max_min(ladder))
    rows, columns = program.matrix.entries.shape
    return {"rows": rows, "columns": columns, "cold_wall_s": taken["wall_s"], "cold_cpu_s": taken["cpu_s"]}


def first_ladder(program: Program, economy: Economy) -> Ladder:
    """Return the scaled program with the first goal alone."""
    nothing = np.zeros(program.matrix.entries.shape[1])
    return ladder_of(program.matrix, (service_of(program, economy.goals[0]),), effort=nothing, tonne_km=nothing)


def max_min(ladder: Ladder) -> Solution:
    """Return the highest level that everybody can reach together, by a solver that knows nothing yet."""
    standing = Standing(np.full(ladder.rungs, np.nan), np.zeros(ladder.columns))
    return Solver(ladder.entries).solve(common_level(ladder, standing, 0, 0.0))


if __name__ == "__main__":
    print(json.dumps(once(*sys.argv[1:])))
