"""Other people's solvers on a program from a file, one in a process.

``python -m benchmarks.peers SOLVER FILE ANSWER SECONDS`` solves once; the answer is written beside. Only what is asked
for is loaded: OR-Tools and HiGHS both bring a libhighs, and do not work in one process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measure import Figures, watch
from benchmarks.programs import Floats, Given

THREADS = 2
TOLERANCE = 1e-4
"""Relative, of first-order methods; simplex and interior points go on to what they are made for."""


def once(solver: str, path: Path, answer: Path, seconds: float) -> Figures:
    """Solve a program once, with the program in memory before the clock starts.

    Returns:
        ``status`` (``solved``, or what the solver calls it), ``value``, ``iterations``, and what it took.
    """
    given = Given.read(path)
    work = SOLVERS[solver](given, seconds)
    (x, found), taken = watch(work)
    if x is not None:
        np.save(answer, x)
    return {"solver": solver, **found, **taken}


Work = Callable[[], tuple[Floats | None, Figures]]


def _ortools(given: Given, seconds: float) -> Work:
    import scipy.sparse as sp
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp

    def work() -> tuple[Floats | None, Figures]:
        program = pdlp.QuadraticProgram()
        program.resize_and_initialize(len(given.cost), len(given.row_low))
        program.objective_vector = -given.cost
        program.constraint_matrix = sp.csc_matrix(given.entries)
        program.variable_lower_bounds, program.variable_upper_bounds = given.low, given.high
        program.constraint_lower_bounds, program.constraint_upper_bounds = given.row_low, given.row_high
        params = solvers_pb2.PrimalDualHybridGradientParams(num_threads=THREADS)
        wanted = params.termination_criteria
        wanted.simple_optimality_criteria.eps_optimal_relative = TOLERANCE
        wanted.simple_optimality_criteria.eps_optimal_absolute = 1e-6
        wanted.time_sec_limit = seconds
        done = pdlp.primal_dual_hybrid_gradient(program, params)
        reason = solve_log_pb2.TerminationReason.Name(done.solve_log.termination_reason)
        x = np.asarray(done.primal_solution)
        status = "solved" if reason == "TERMINATION_REASON_OPTIMAL" else _plain(reason)
        return x, {
            "status": status,
            "value": float(given.cost @ x),
            "iterations": float(done.solve_log.iteration_count),
        }

    return work


def _plain(reason: str) -> str:
    return reason.removeprefix("TERMINATION_REASON_").replace("_", " ").lower()


def _highs(solver: str) -> Callable[[Given, float], Work]:
    options: dict[str, Any] = {
        "simplex": {"solver": "simplex"},
        "interior point": {"solver": "ipx", "run_crossover": "off"},
        "PDLP": {"solver": "pdlp", "kkt_tolerance": TOLERANCE},
    }[solver]

    def prepare(given: Given, seconds: float) -> Work:
        import highspy

        def work() -> tuple[Floats | None, Figures]:
            highs = highspy.Highs()
            settings = {"output_flag": False, "threads": THREADS, "time_limit": seconds} | options
            for option, value in settings.items():
                highs.setOptionValue(option, value)
            highs.passModel(_model(given))
            highs.run()
            status, info = highs.getModelStatus(), highs.getInfo()
            solution = highs.getSolution()
            x = np.array(solution.col_value) if solution.value_valid else None
            counts = (info.simplex_iteration_count, info.ipm_iteration_count, info.pdlp_iteration_count)
            solved = status == highspy.HighsModelStatus.kOptimal
            return x, {
                "status": "solved" if solved else highs.modelStatusToString(status).lower(),
                "value": None if x is None else float(given.cost @ x),
                "iterations": float(max(*counts, 0)),
            }

        return work

    return prepare


def _model(given: Given) -> Any:
    import highspy

    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = given.entries.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_, model.col_lower_, model.col_upper_ = given.cost, given.low, given.high
    model.row_lower_, model.row_upper_ = given.row_low, given.row_high
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    entries = given.entries
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = (
        entries.indptr,
        entries.indices,
        entries.data,
    )
    return model


SOLVERS: dict[str, Callable[[Given, float], Work]] = {
    "OR-Tools PDLP": _ortools,
    **{f"HiGHS {name}": _highs(name) for name in ("simplex", "interior point", "PDLP")},
}


if __name__ == "__main__":
    print(json.dumps(once(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), float(sys.argv[4]))))
