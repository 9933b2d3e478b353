"""Another way to the middle of a linear program: a plain interior-point method on dense arrays, to compare with."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from muster.plan.solver import Stage

Floats = NDArray[np.float64]


def middle(entries: sp.csc_array, stage: Stage, *, rounds: int = 200) -> tuple[Floats, Floats, float]:
    """Maximise cost · x with row limits and bounds; small programs only.

    Every bound is written as a row ``G x + s = h``; the central path is followed with short steps and full centring, so
    that the answer is in the middle of all optimal ones.

    Returns:
        x (K), prices of the rows (M; above 0 where the upper limit binds), and the value.
    """
    a = entries.toarray()
    rows = [(a, stage.row_high, 1.0), (-a, -stage.row_low, -1.0)]
    eye = np.eye(a.shape[1])
    rows += [(eye, stage.high, 0.0), (-eye, -stage.low, 0.0)]
    g = np.vstack([each for each, _, _ in rows])
    h = np.concatenate([limit for _, limit, _ in rows])
    sign = np.concatenate([np.full(len(limit), s) for _, limit, s in rows])
    at = np.concatenate([np.arange(len(limit)) for _, limit, _ in rows])
    real = np.isfinite(h)
    g, h, sign, at = g[real], h[real], sign[real], at[real]
    x = np.where(np.isfinite(stage.high), (stage.low + np.minimum(stage.high, stage.low + 2)) / 2, stage.low + 1.0)
    s, z = np.maximum(h - g @ x, 1.0), np.ones(len(h))
    for _ in range(rounds):
        mu = s @ z / len(h)
        if mu < 1e-13 and np.abs(g @ x + s - h).max() < 1e-10 and np.abs(stage.cost - g.T @ z).max() < 1e-10:
            break
        dual, primal = stage.cost - g.T @ z, h - g @ x - s
        centre = 0.3 * mu - s * z
        weight = z / s
        normal = g.T @ (weight[:, None] * g) + 1e-14 * np.eye(len(x))
        step = np.linalg.solve(normal, dual - g.T @ ((centre - z * primal) / s))
        ds = primal - g @ step
        dz = (centre - z * ds) / s
        length = min(1.0, 0.9 * _most(s, ds), 0.9 * _most(z, dz))
        x, s, z = x + length * step, s + length * ds, z + length * dz
    prices = np.zeros(a.shape[0])
    np.add.at(prices, at[sign != 0], (sign * z)[sign != 0])
    return x, prices, float(stage.cost @ x)


def _most(value: Floats, step: Floats) -> float:
    shrinking = step < 0
    return float((-value[shrinking] / step[shrinking]).min()) if shrinking.any() else 2.0
