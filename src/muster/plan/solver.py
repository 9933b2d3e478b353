"""Stage -> solution; the only file that knows a solver."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.metadata import version

import highspy
import numpy as np
import scipy.sparse as sp

from muster.errors import Fault, PlanError
from muster.plan.stage import PATIENT, OutOfTime, Solution, Stage, Watch, bound

FEW_STEPS = 1_500
"""Dual simplex steps that are tried where the prices of the last stage still hold."""

TOLERANCE = 1e-8
"""How far a row of usual size 1 may be missed by the solver, before the plan is repaired."""

EXACT = 1e-9
"""The same, and what prices may be wrong by, in an exact climb: with 1e-8 and 1e-7 a first level that was 2e-8 too low
lifted the next by 1.1e-4 (240 claims, in which both 1e-9 and 1e-10 give the same levels to twelve places)."""


class Solver:
    """HiGHS on one matrix, warm-started from stage to stage.

    A status other than optimal is never read as an answer: the stage is tried another way, and if every way ends
    otherwise ``PlanError`` says which stage it was and what to try.
    """

    name = f"HiGHS {version('highspy')}"
    accuracy = 1e-7

    def __init__(self, entries: sp.csc_array, *, watch: Watch = PATIENT, exact: bool = False) -> None:
        """Load a matrix (M × K, well scaled).

        Args:
            entries: See above.
            watch: Until when there is time.
            exact: Whether each stage stands on the last bit of the one before.
        """
        self._usual = dict(_USUAL) | (dict.fromkeys(_TOLERANCES[:2], EXACT) if exact else {})
        self._entries = entries
        self._watch = watch
        self._loaded, self._dual_pays = False, True
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.HandleKeyboardInterrupt = True
        if watch.stop is not PATIENT.stop:
            for each in (self._highs.cbSimplexInterrupt, self._highs.cbIpmInterrupt):
                each.subscribe(self._heed)
        for option, value in (("output_flag", False), ("threads", 1), ("primal_feasibility_tolerance", TOLERANCE)):
            self._highs.setOptionValue(option, value)

    def solve(self, stage: Stage) -> Solution:
        """Return an optimal solution of a stage.

        Raises:
            OutOfTime: The time allowed is over.
            PlanError: No method reached an optimum.
        """
        fresh = not self._loaded
        self._load(stage)
        basis, seen = self._highs.getBasis(), []
        cold = _COLD if stage.inside_first else (_FIRST, *_COLD)
        self._dual_pays = self._dual_pays or not stage.same_prices
        for method, options in cold if fresh else _ways(stage, dual=self._dual_pays):
            status = self._run(method, options, basis)
            if status == highspy.HighsModelStatus.kOptimal:
                return self._read(stage)
            self._dual_pays = self._dual_pays and method != _DUAL
            seen.append(f"{method}: {self._highs.modelStatusToString(status).lower()}")
            if self._watch.over:
                raise OutOfTime
        raise PlanError(_unsolved(stage, seen))

    def _load(self, stage: Stage) -> None:
        rows, columns = self._entries.shape
        if not self._loaded:
            self._highs.passModel(_model(self._entries, stage))
            self._loaded = True
            return
        every, each = np.arange(columns, dtype=np.int32), np.arange(rows, dtype=np.int32)
        self._highs.changeColsCost(columns, every, stage.cost)
        self._highs.changeColsBounds(columns, every, stage.low, stage.high)
        self._highs.changeRowsBounds(  # type: ignore[attr-defined]  # there, but not in its stubs
            rows, each, stage.row_low, stage.row_high
        )

    def _run(
        self, method: str, options: Mapping[str, str | int | float], basis: highspy.HighsBasis
    ) -> highspy.HighsModelStatus:
        self._highs.clearSolver()
        if method.startswith("warm"):
            self._highs.setBasis(basis)
        for option, value in (self._usual | dict(options)).items():
            self._highs.setOptionValue(option, value)
        if self._watch.until is not None:
            left = max(self._watch.until - time.monotonic(), 0.0)
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + left)
        self._highs.solve()
        return self._highs.getModelStatus()

    def _heed(self, asked: highspy.HighsCallbackEvent) -> None:
        """End the solver's work where nobody waits for it any more."""
        if self._watch.stop():
            asked.interrupt()

    def _read(self, stage: Stage) -> Solution:
        solution = self._highs.getSolution()
        x, duals = np.array(solution.col_value), np.array(solution.row_dual)
        value = float(stage.cost @ x)
        return Solution(np.clip(x, stage.low, stage.high), duals, value, bound(self._entries, stage, duals))


DUAL, PRIMAL = 1, 4
"""HiGHS's numbers for the two simplex methods; from one stage to the next the old answer stays feasible: primal."""

_USUAL: Mapping[str, str | int | float] = {
    "solver": "simplex",
    "simplex_strategy": DUAL,
    "simplex_scale_strategy": 1,
    "presolve": "choose",
    "simplex_iteration_limit": 2**31 - 1,
    "dual_feasibility_tolerance": 1e-7,
    "primal_feasibility_tolerance": TOLERANCE,
}
_AS_GIVEN: Mapping[str, str | int | float] = {"simplex_scale_strategy": 0}
"""Without scaling a matrix that is well scaled already: on the small region of the benchmarks the norm's last pass
takes 10,150 steps from the last answer on in the place of 23,195, and all stages 25 s in the place of 56 s."""
_LOOSER: Mapping[str, str | int | float] = {"primal_feasibility_tolerance": 1e-6, "dual_feasibility_tolerance": 1e-6}
_DUAL = "warm dual simplex"
_Way = tuple[str, Mapping[str, str | int | float]]
_FIRST: _Way = ("first simplex", {"simplex_iteration_limit": 100_000})
_COLD: tuple[_Way, ...] = (
    ("interior point", {"solver": "ipx"}),
    ("cold simplex", {}),
    ("cold simplex without presolve", {"presolve": "off"}),
    ("interior point, looser", {"solver": "ipx", **_LOOSER}),
    ("simplex, looser", _LOOSER),
)


def _ways(stage: Stage, *, dual: bool) -> tuple[_Way, ...]:
    """Return how a stage is tried that follows another, the most promising way first.

    Args:
        stage: Whose prices may be those of the stage before.
        dual: Whether that was of use when it was last tried since the cost changed.
    """
    first: _Way = (_DUAL, {**_AS_GIVEN, "simplex_iteration_limit": FEW_STEPS})
    primal: _Way = (
        "warm simplex",
        {**_AS_GIVEN, "simplex_strategy": PRIMAL, "simplex_iteration_limit": stage.patience},
    )
    return (*((first,) if stage.same_prices and dual else ()), *((primal,) if stage.patience else ()), *_COLD)


def _model(entries: sp.csc_array, stage: Stage) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = entries.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_, model.col_lower_, model.col_upper_ = stage.cost, stage.low, stage.high
    model.row_lower_, model.row_upper_ = stage.row_low, stage.row_high
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = entries.indptr
    model.a_matrix_.index_ = entries.indices
    model.a_matrix_.value_ = entries.data
    return model


def _unsolved(stage: Stage, seen: list[str]) -> Fault:
    return Fault(
        what=f"the plan could not be worked out: {stage.name} has no trusted answer.",
        where=stage.name,
        seen="; ".join(seen),
        do="try --slack 0.005, or a larger --step; look in the tables for amounts that are a million times the others'",
        rule="P1",
    )


def central(entries: sp.csc_array, stage: Stage) -> Solution:
    """Return an answer from the middle of all optimal ones: by interior point, without moving to a corner.

    Prices of corners are arbitrary where several limits hold together; those from the middle are above zero for every
    limit that can hold at all. Nothing is taken out beforehand, so that none of these limits is lost.

    Raises:
        PlanError: No optimum was reached, not even to a looser tolerance.
    """
    seen = []
    for way, tolerance in (("interior point", 1e-8), ("interior point, looser", 1e-7)):
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.HandleKeyboardInterrupt = True
        for option, value in (*_CENTRAL.items(), *((name, tolerance) for name in _TOLERANCES)):
            highs.setOptionValue(option, value)
        highs.passModel(_model(entries, stage))
        highs.solve()
        status = highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            solution = highs.getSolution()
            x, duals = np.array(solution.col_value), np.array(solution.row_dual)
            return Solution(np.clip(x, stage.low, stage.high), duals, float(stage.cost @ x), np.inf)
        seen.append(f"{way}: {highs.modelStatusToString(status).lower()}")
    raise PlanError(_unsolved(stage, seen))


_CENTRAL: Mapping[str, str | int | float] = {
    "output_flag": False,
    "threads": 1,
    "solver": "ipx",
    "run_crossover": "off",
    "presolve": "off",
}
_TOLERANCES = ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "ipm_optimality_tolerance")
