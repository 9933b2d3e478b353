"""A linear program as plain arrays in a file, so that any solver can be given it in a process of its own.

Nothing here loads a solver: two of those that are measured cannot live in one process.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ARRAYS = ("cost", "low", "high", "row_low", "row_high", "row_unit", "column", "per_unit", "offset")


@dataclass(frozen=True)
class Given:
    """Maximise cost · x with row_low ≤ entries · x ≤ row_high and low ≤ x ≤ high (M rows, K columns, J claims).

    Attributes:
        entries: M × K, compressed by column, scaled.
        cost, low, high: By column (K).
        row_low, row_high: By row (M).
        row_unit: Tonnes in one of each row (M); NaN where a row does not count tonnes.
        column, per_unit, offset: What each claim has is offset + per_unit · x[column] (J each).
    """

    entries: sp.csc_array
    cost: Floats
    low: Floats
    high: Floats
    row_low: Floats
    row_high: Floats
    row_unit: Floats
    column: NDArray[np.int32]
    per_unit: Floats
    offset: Floats

    def write(self, path: Path) -> None:
        """Write all arrays to one file."""
        a = self.entries
        arrays = {name: getattr(self, name) for name in ARRAYS}
        np.savez(path, shape=a.shape, indptr=a.indptr, indices=a.indices, data=a.data, **arrays)

    @classmethod
    def read(cls, path: Path) -> Given:
        """Read what ``write`` wrote."""
        with np.load(path) as file:
            entries = sp.csc_array((file["data"], file["indices"], file["indptr"]), shape=tuple(file["shape"]))
            return cls(entries, **{name: file[name] for name in ARRAYS})


def violations(given: Given, x: Floats) -> dict[str, Any]:
    """Return how far an answer misses the rows of a program, once every column is inside its bounds.

    Returns:
        ``tonnes``: the largest miss of a row that counts tonnes; ``relative``: the largest miss of any row, as a share
        of what goes through it (0.01 at least, in usual sizes: what hardly flows is not counted as all missing).
    """
    x = np.clip(x, given.low, given.high)
    done = given.entries @ x
    missed = np.maximum(np.maximum(done - given.row_high, given.row_low - done), 0.0)
    limits = [np.where(np.isfinite(each), np.abs(each), 0.0) for each in (given.row_low, given.row_high)]
    through = np.maximum(abs(given.entries) @ np.abs(x), np.maximum(*limits))
    tonnes = missed * given.row_unit
    return {
        "tonnes": float(np.nanmax(tonnes, initial=0.0)) if np.isfinite(tonnes).any() else 0.0,
        "relative": float((missed / np.maximum(through, 0.01)).max(initial=0.0)),
    }
