"""The matrix of a region: how long it takes to build, and how much memory; beside it, linopy building the same program.

``python -m benchmarks.build SIZE BUILDER`` measures one of them once; its tables are in memory before the clock starts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from benchmarks.measure import Figures, alone, medians, now_mib, watch
from benchmarks.regions import SIZES, region
from muster.economy.economy import Economy
from muster.plan.program import build

BUILDERS = ("muster", "linopy", "linopy sparse")
BUILT = ("small", "medium", "large", "country")
PEERED = BUILT[:-1]
"""Sizes at which linopy builds too; a country is built by muster alone."""

SAME = ("rows", "columns", "entries", "weight")
"""What every builder must agree on."""


def figures(times: int) -> list[Figures]:
    """Measure every size and builder ``times`` times, taking turns, each in a process of its own.

    Returns:
        ``size``, ``builder``, ``rows``, ``columns``, ``entries``, and medians of ``wall_s``, ``cpu_s``, ``peak_mib``
        and ``added_mib``: what building adds to the peak before it.
    Raises:
        AssertionError: Two builders made different programs.
    """
    found = []
    for size in BUILT:
        builders = BUILDERS if size in PEERED else BUILDERS[:1]
        turns = [[alone("benchmarks.build", size, builder) for builder in builders] for _ in range(times)]
        found += [medians(runs) for runs in zip(*turns, strict=True)]
        mine, *others = found[-len(builders) :]
        for other in others:
            assert all(np.isclose(other[name], mine[name], rtol=1e-12) for name in SAME), (mine, other)
    return found


def once(size: str, builder: str) -> Figures:
    """Build one region once, in this process."""
    _work(region(SIZES["small" if size == "small" else "medium"]), builder)()  # loads what is loaded when first used
    work = _work(region(SIZES[size]), builder)
    before = now_mib()
    entries, taken = watch(work)
    rows, columns = entries.shape
    about = {"size": size, "builder": builder, "rows": rows, "columns": columns, "entries": entries.nnz}
    return {**about, "weight": float(np.abs(entries.data).sum()), **taken, "added_mib": taken["peak_mib"] - before}


def _work(economy: Economy, builder: str) -> Callable[[], sp.csc_array | sp.csr_array]:
    if builder == "muster":
        return lambda: build(economy).matrix.entries
    from benchmarks import with_linopy  # loaded for its own measurement only

    given = with_linopy.given(economy)
    return lambda: with_linopy.build(given, sparse=builder.endswith("sparse"))


if __name__ == "__main__":
    print(json.dumps(once(*sys.argv[1:])))
