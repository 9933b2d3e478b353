"""Plan: a frozen set of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.economy.economy import Economy


@dataclass(frozen=True, eq=False)
class Plan:
    """What to do: the answer to an economy, with its proof.

    Attributes:
        economy: What was planned.
        met, given, dispatches, runs, balances, reserves, levels, reasons, lots: Frames of the plan folder, columns as in
            ``PLAN_TABLES`` (``reasons`` is ``why.csv``).
        goals: One record per goal, as in ``muster plan --json``.
        proof: Arrays of the certificate, by name.
        solver: What solved it, with its version.
        seconds: Wall time of planning.
        peak_mib: Largest memory of the process while planning.
    """

    economy: Economy
    met: pl.DataFrame
    given: pl.DataFrame
    dispatches: pl.DataFrame
    runs: pl.DataFrame
    balances: pl.DataFrame
    reserves: pl.DataFrame
    levels: pl.DataFrame
    reasons: pl.DataFrame
    lots: pl.DataFrame
    goals: tuple[Mapping[str, Any], ...]
    proof: Mapping[str, NDArray[np.generic]] = field(default_factory=dict, repr=False)
    solver: str = ""
    seconds: float = 0.0
    peak_mib: float = 0.0
