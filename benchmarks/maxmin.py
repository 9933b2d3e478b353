"""The first max-min of a region, the highest level of the floor that all can reach together, by muster and by others.

Every solver gets the same scaled program, already in memory, in a process of its own; then every answer is judged in
the same way: by how much it misses the rows, and by what level is left when it has been made a plan that can be done.
``python -m benchmarks.maxmin export SIZE FILE``, ``… muster SIZE ANSWER SECONDS`` and ``… judge SIZE FILE ANSWER``
do one step once.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.measure import Figures, TookTooLong, alone, medians, watch
from benchmarks.programs import Floats, Given, violations
from benchmarks.regions import SIZES, region
from muster.economy.economy import Economy
from muster.plan.goals import service_of
from muster.plan.ladder import Ladder, ladder_of
from muster.plan.leximin import Standing, common_level
from muster.plan.mend import mender_of
from muster.plan.payers import payers_of
from muster.plan.prices import borne, passing, raised
from muster.plan.program import Program, build
from muster.plan.repair import repair
from muster.plan.solvers import LARGE, first_order, solver_for
from muster.plan.stage import OutOfTime, Solution, Stage, Watch

MUSTER = "muster"
PDLP = "OR-Tools PDLP"
PEERS = (PDLP, "HiGHS simplex", "HiGHS interior point", "HiGHS PDLP")
FIRST_ORDER = (PDLP, "HiGHS PDLP")

SECONDS = {"tiny": 60, "small": 60, "district": 60, "medium": 60, "province": 600, "large": 900, "country": 3600}
"""How long a solver may take; on ``medium`` muster and OR-Tools, which comes nearest, may take as long as above it."""

MANY = 1_000_000
"""Rows from which on an answer is only mended row by row before it is judged, and not in passes over all rows too:
they would take longer than what is judged."""

QUICK = 10.0
"""What took less than this many seconds is measured again."""


def figures(times: int, sizes: tuple[str, ...] = ("tiny", "small", "district", "medium")) -> list[Figures]:
    """Solve every size with every solver, one after another, each in a process of its own.

    Args:
        times: How often what is ``QUICK`` is measured; the rest is measured once.
        sizes: Which; above ``medium`` only first-order methods are tried, and on a country only muster.
    Returns:
        ``size``, ``solver``, ``rows``, ``columns``, ``entries``, ``status``, ``value``, ``bound``, ``iterations``,
        ``wall_s``, ``cpu_s``, ``peak_mib``, ``tonnes`` and ``relative`` (violations), ``level`` (once repaired) and
        ``gap`` (of that level to the lowest bound known). ``None``: there was no answer to judge.
    """
    found: list[Figures] = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            program, answer = Path(folder) / "program.npz", Path(folder) / "answer.npy"
            about = alone("benchmarks.maxmin", "export", size, str(program))
            runs = []
            for solver in (MUSTER, *_peers(size)):
                answer.unlink(missing_ok=True)
                solved = _solved(solver, size, program, answer, times=times)
                runs.append(about | solved | _judged(size, program, answer))
        found += with_gaps(runs)
    return found


def large(times: int) -> list[Figures]:
    """Solve 1,000 × 20 × 12 and 3,000 × 30 × 12, with first-order methods: up to an hour and a half."""
    return figures(times, ("province", "large"))


def country(times: int) -> list[Figures]:
    """Solve 20,000 × 30 × 12 with muster, for an hour."""
    return figures(times, ("country",))


def _peers(size: str) -> tuple[str, ...]:
    if size == "country":
        return ()
    return FIRST_ORDER if size in ("province", "large") else PEERS


def _solved(solver: str, size: str, program: Path, answer: Path, *, times: int) -> Figures:
    """Solve until it has been measured often enough; what is stopped has taken as long as it was allowed."""
    seconds = SECONDS["province" if size == "medium" and solver in (MUSTER, PDLP) else size]
    ours = ("benchmarks.maxmin", "muster", size, str(answer), str(seconds))
    theirs = ("benchmarks.peers", solver, str(program), str(answer), str(seconds))
    runs: list[Figures] = []
    while len(runs) < times:
        try:
            runs.append(alone(*(ours if solver == MUSTER else theirs), limit_s=1.5 * seconds + 60))
        except TookTooLong:
            nothing = dict.fromkeys(("value", "bound", "iterations", "cpu_s", "peak_mib"))
            return {"solver": solver, "status": "killed", "wall_s": float(seconds), "times": 1, **nothing}
        if runs[-1]["wall_s"] > QUICK:
            break
    return {"bound": None, **medians(runs)}


def _judged(size: str, program: Path, answer: Path) -> Figures:
    nothing = {"tonnes": None, "relative": None, "level": None}
    if not answer.exists():
        return nothing
    try:
        return alone("benchmarks.maxmin", "judge", size, str(program), str(answer), limit_s=600)
    except TookTooLong:
        return nothing


def with_gaps(runs: list[Figures]) -> list[Figures]:
    """Add to each run of one size its ``gap``: how far its level, once repaired, is below the lowest bound known.

    Where the repair took too long it is the gap of the value that the solver says.
    """
    bounds = [run["bound"] for run in runs if run["bound"] is not None]
    best = min(bounds, default=None)
    found = []
    for run in runs:
        reached = run["value"] if run["level"] is None else run["level"]
        gap = None if best is None or reached is None else max(0.0, best - reached) / best
        found.append(run | {"gap": gap})
    return found


def first_ladder(program: Program, economy: Economy) -> Ladder:
    """Return the scaled program with the first goal alone."""
    nothing = np.zeros(program.matrix.entries.shape[1])
    return ladder_of(program.matrix, (service_of(program, economy.goals[0]),), effort=nothing, tonne_km=nothing)


def first_stage(ladder: Ladder) -> Stage:
    """Return the stage that lifts everybody to the highest common level."""
    return common_level(ladder, Standing(np.full(ladder.rungs, np.nan), np.zeros(ladder.columns)), 0, 0.0)


def given_of(program: Program, ladder: Ladder, stage: Stage) -> Given:
    """Return a stage as arrays that any solver can be given."""
    tonnes = np.full(len(stage.row_low), np.nan)
    _, where = program.matrix.row_kind("balance")
    tonnes[where] = program.matrix.row_scale[where]  # every resource of a region is counted in tonnes
    bounds = (stage.cost, stage.low, stage.high, stage.row_low, stage.row_high)
    per_unit = ladder.per_unit * ladder.scale[ladder.column]
    return Given(ladder.entries, *bounds, tonnes, ladder.column, per_unit, ladder.offset)


def export(size: str, path: Path) -> Figures:
    """Write the first program of a region to a file."""
    economy = region(SIZES[size])
    program = build(economy)
    ladder = first_ladder(program, economy)
    given_of(program, ladder, first_stage(ladder)).write(path)
    rows, columns = ladder.entries.shape
    return {"size": size, "rows": rows, "columns": columns, "entries": ladder.entries.nnz}


def muster(size: str, answer: Path, seconds: float) -> Figures:
    """Solve the first program of a region with whatever solver muster chooses."""
    economy = region(SIZES[size])
    program = build(economy)
    ladder, payers = first_ladder(program, economy), payers_of(program)
    stage = first_stage(ladder)
    del program  # a solver is given the scaled program alone

    def work() -> Solution | None:
        solver = solver_for(ladder, lambda: payers, watch=Watch(time.monotonic() + seconds))
        try:
            return solver.solve(stage)
        except OutOfTime:  # simplex has nothing to show for it
            return None

    if large := ladder.entries.shape[0] >= LARGE:
        tiny_program = build(region(SIZES["tiny"]))
        tiny = first_ladder(tiny_program, region(SIZES["tiny"]))
        first_order(tiny, payers_of(tiny_program), watch=Watch()).solve(
            first_stage(tiny)
        )  # its loops are compiled once and kept
    solution, taken = watch(work)
    if solution is None:
        return {"solver": MUSTER, "status": "stopped", "value": None, "bound": None, "iterations": None, **taken}
    np.save(answer, solution.x)
    found = {
        "status": "solved" if solution.finished else "stopped",
        "value": solution.value,
        "bound": proved(build(economy), ladder, solution),
        "iterations": float(solution.iterations) if large else None,  # simplex steps are not told
    }
    return {"solver": MUSTER, **found, **taken}


def proved(program: Program, ladder: Ladder, solution: Solution) -> float:
    """Return the level that no plan exceeds, by the prices of an answer, once no column is worth more than it takes."""
    matrix, rungs = program.matrix, ladder.rung(0)
    lifting = np.maximum(-solution.duals[ladder.rows + rungs.start : ladder.rows + rungs.stop], 0.0)
    reach = float(lifting.sum())
    if reach <= 0:
        return 1.0
    price = np.maximum(solution.duals[: ladder.rows], 0.0) / matrix.row_scale / reach
    _, claim = matrix.row_kind("claim")
    _, delivered = matrix.column_kind("delivered")
    price[claim] = 0.0
    price[claim.start + (ladder.column - delivered.start)] = lifting / reach * ladder.per_unit
    payers, x = payers_of(program), solution.x[: ladder.columns] * matrix.column_scale
    bears = borne(payers, price, passing(matrix.entries, x), matrix.limit)
    price = raised(matrix.entries, np.zeros(ladder.columns), price, payers, bears=bears)
    return min(1.0, float(price @ matrix.limit) + float(lifting @ ladder.offset) / reach)


def judge(size: str, path: Path, answer: Path) -> Figures:
    """Return by how much an answer misses the rows, and the level that is left once it can be done."""
    given, x = Given.read(path), np.load(answer)
    return {
        **violations(given, x),
        "level": level(build(region(SIZES[size])), given, np.clip(x, given.low, given.high)),
    }


def level(program: Program, given: Given, x: Floats) -> float:
    """Return the lowest level of any claim in the best plan that an answer (scaled columns of the program) becomes."""
    matrix = program.matrix
    scaled = x[: len(matrix.column_scale)]
    done = [mender_of(matrix)(scaled) * matrix.column_scale]
    if len(matrix.limit) <= MANY:
        done.append(repair(matrix, scaled * matrix.column_scale))
    return max(_lowest(program, given, each) for each in done)


def _lowest(program: Program, given: Given, done: Floats) -> float:
    """Return the lowest level of any claim in a plan that can be done."""
    matrix = program.matrix
    claims, where = matrix.column_kind("delivered")
    _, rows = matrix.row_kind("claim")
    done[where] = 0.0
    delivered = np.minimum(-(matrix.entries @ done)[rows], claims.most) / matrix.column_scale[where]
    met = given.offset + given.per_unit * delivered[given.column - where.start]
    return float(np.minimum(met, 1.0).min(initial=1.0))


def main(step: str, *arguments: str) -> Figures:
    """Do one step, as the command line says."""
    if step == "export":
        return export(arguments[0], Path(arguments[1]))
    if step == "muster":
        return muster(arguments[0], Path(arguments[1]), float(arguments[2]))
    assert step == "judge", step
    return judge(arguments[0], Path(arguments[1]), Path(arguments[2]))


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
