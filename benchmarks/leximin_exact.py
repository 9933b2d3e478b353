"""Exact leximin of 240 claims: muster's climb of one program a level, and cvxpy-leximin's saturation, the same method.

``python -m benchmarks.leximin_exact muster LEVELS`` and ``… export FILE`` and ``… cvxpy-leximin FILE LEVELS`` do one
step once; levels are written beside, in rising order.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measure import Figures, TookTooLong, alone, medians, watch
from benchmarks.programs import Floats, Given
from benchmarks.regions import Size, region
from muster.economy.economy import Economy

SIZE, SEED = Size(10, 4, 6), 1
"""10 places × 4 needs × 6 weeks: 240 claims. On several other seeds the peer breaks off, whatever its tolerances."""

UPPER, LOWER = 1.000001, 1.0
"""The peer's tolerances: who can rise above the lowest level times ``UPPER``, the others keeping it times ``LOWER``, is
not stuck. With its defaults, 1.01 and 0.999, everybody can, and it finds nobody who is stuck."""

TOLERANCES = ("primal_feasibility_tolerance", "dual_feasibility_tolerance")
"""What HiGHS is asked to keep below 1e-9 for the peer: a slip of 1e-7, its default, moves a level by 6e-4 here."""

SECONDS = 900
"""How long the peer may take."""


def figures(times: int) -> list[Figures]:
    """Share out once with each, muster ``times`` times, each time in a process of its own.

    Returns:
        ``solver``, ``claims``, ``status``, ``wall_s``, ``cpu_s``, ``peak_mib``, ``levels`` (how many different ones)
        and ``apart``: the largest difference between the sorted levels of the two.
    """
    with tempfile.TemporaryDirectory() as folder:
        program, ours, theirs = (Path(folder) / name for name in ("program.npz", "ours.npy", "theirs.npy"))
        mine = medians([alone("benchmarks.leximin_exact", "muster", str(ours)) for _ in range(times)])
        alone("benchmarks.leximin_exact", "export", str(program))
        steps = ("benchmarks.leximin_exact", "cvxpy-leximin", str(program), str(theirs))
        try:
            peer = medians([alone(*steps, limit_s=SECONDS)])
        except TookTooLong:
            nothing = {"cpu_s": None, "peak_mib": None, "levels": None}
            peer = {"solver": steps[1], "status": "killed", "wall_s": float(SECONDS), "times": 1, **nothing}
        apart = float(np.abs(np.load(ours) - np.load(theirs)).max()) if theirs.exists() else None
    return [run | {"apart": apart} for run in (mine, peer)]


def _economy() -> Economy:
    return region(SIZE, seed=SEED).with_options(goals=("norm",))


def muster(levels: Path) -> Figures:
    """Share out exactly: from the tables to the plan."""
    from muster.plan.options import PlanOptions
    from muster.plan.share import share_out

    economy = _economy()
    plan, taken = watch(lambda: share_out(economy, options=PlanOptions(exact=True)))
    found = np.sort(plan.levels["level"].to_numpy())
    np.save(levels, found)
    return {"solver": "muster", "status": "solved", "levels": different(found), **taken}


def export(path: Path) -> Figures:
    """Write the first program of the same economy to a file."""
    from benchmarks.maxmin import first_ladder, first_stage, given_of
    from muster.plan.program import build

    program = build(_economy())
    ladder = first_ladder(program, _economy())
    given_of(program, ladder, first_stage(ladder)).write(path)
    return {"claims": ladder.rungs}


def cvxpy_leximin(path: Path, levels: Path) -> Figures:
    """Share out with cvxpy-leximin and HiGHS: from the arrays of the program to the levels."""
    import cvxpy  # type: ignore[import-not-found]
    from cvxpy_leximin.objective import Leximin  # type: ignore[import-not-found]
    from cvxpy_leximin.problem import Problem  # type: ignore[import-not-found]

    given = Given.read(path)
    claims = len(given.column)
    columns, rows = len(given.cost) - 1 - 2 * claims, len(given.row_low) - claims - 2
    entries, limit = given.entries[:rows, :columns].tocsr(), given.row_high[:rows]
    bounded = np.flatnonzero(np.isfinite(given.high[:columns]))

    def work() -> Floats | None:
        x = cvxpy.Variable(columns, nonneg=True)
        holds = [entries @ x <= limit, x[bounded] <= given.high[bounded]]
        each = zip(given.offset, given.per_unit, given.column, strict=True)
        met = [float(offset) + float(unit) * x[int(column)] for offset, unit, column in each]
        problem = Problem(Leximin(met), holds, upper_tolerance=UPPER, lower_tolerance=LOWER)
        try:
            problem.solve(method="saturation", solver=cvxpy.HIGHS, **dict.fromkeys(TOLERANCES, 1e-9))
        except (cvxpy.SolverError, ValueError) as broken:
            print(broken, file=sys.stderr)
            return None
        return np.sort([float(one.value) for one in met])

    found, taken = watch(work)
    if found is None:
        return {"solver": "cvxpy-leximin", "status": "broke off", "levels": None, **taken}
    np.save(levels, found)
    return {"solver": "cvxpy-leximin", "status": "solved", "levels": different(found), **taken}


def different(levels: Floats) -> int:
    """Return how many levels, in rising order, are a millionth or more above the one before.

    Example:
        >>> different(np.array([0.25, 0.25, 0.5, 0.5 + 1e-9, 1.0]))
        3
    """
    return 1 + int(np.count_nonzero(np.diff(levels) > 1e-6))


def main(step: str, *paths: str) -> Figures:
    """Do one step, as the command line says."""
    steps = {"muster": muster, "export": export, "cvxpy-leximin": cvxpy_leximin}
    return steps[step](*map(Path, paths))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
