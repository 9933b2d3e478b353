"""Routes and modes as arrays: who may carry what, when, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from muster.plan.sets import Bools, Floats, Ints, Sets, positions, windows


@dataclass(frozen=True)
class Modes:
    """How it is travelled (M modes, U uses).

    Attributes:
        ids: In the order routes name them (M).
        carries: Which resources a mode carries (M × R); never what is pooled or cannot travel.
        mode, resource: Whose use it is, and of what (U).
        per_t_km, per_t: Units for each tonne-kilometre and tonne (U).
        occupied: In resource-days rather than used up (U).
    """

    ids: tuple[str, ...]
    carries: Bools
    mode: Ints
    resource: Ints
    per_t_km: Floats
    per_t: Floats
    occupied: Bools


@dataclass(frozen=True)
class Openings:
    """Rows of ``routes``, those of both directions twice (A openings, T periods).

    Attributes:
        tail, head, mode: Positions (A).
        distance_km, loss: As in the table (A).
        capacity: Tonnes a day; infinite where there is no limit (A).
        days: Open days in each period (A × T).
        arrives: Period in which a dispatch of each period arrives; T or more is after the horizon (A × T).
        modes: What travelling takes.
    """

    tail: Ints
    head: Ints
    mode: Ints
    distance_km: Floats
    loss: Floats
    capacity: Floats
    days: Floats
    arrives: Ints
    modes: Modes

    def per_tonne(self, use: int) -> Floats:
        """Return what a tonne on each opening takes of use ``use`` (A); 0 where the mode is another."""
        amount = self.modes.per_t_km[use] * self.distance_km + self.modes.per_t[use]
        return np.where(self.mode == self.modes.mode[use], amount, 0.0)


def openings_of(sets: Sets) -> Openings:
    """Return the openings of an economy, in the order of the table, the way back behind the way there."""
    frame = sets.economy.routes
    ids = tuple(dict.fromkeys(frame["mode"]))
    back = frame.filter("both").rename({"from": "to", "to": "from"}).select(frame.columns)
    every = pl.concat([frame, back])
    starts = np.array(sets.horizon.starts, dtype="datetime64[D]")
    first, days = windows(sets.horizon, every["opens"], every["closes"])
    lead = every["lead_days"].to_numpy().astype("timedelta64[D]")
    arrives = np.searchsorted(starts, (first + lead[:, None]).ravel(), side="right") - 1
    return Openings(
        tail=positions(every["from"], sets.places),
        head=positions(every["to"], sets.places),
        mode=positions(every["mode"], ids),
        distance_km=every["distance_km"].to_numpy(),
        loss=every["loss"].to_numpy(),
        capacity=every["capacity_t_per_day"].fill_null(np.inf).to_numpy(),
        days=days,
        arrives=arrives.reshape(first.shape).astype(np.int32),
        modes=_modes(sets, ids),
    )


def _modes(sets: Sets, ids: tuple[str, ...]) -> Modes:
    travels = ~np.isnan(sets.mass) & ~sets.pooled
    carries = np.zeros((len(ids), len(sets.resources)), dtype=bool)
    for m, mode in enumerate(ids):
        labels = sets.economy.carries.filter(pl.col("mode") == mode)["class"].to_list() or [None]
        for label in labels:
            carries[m] |= travels & sets.of_class(label or "")
    uses = (
        sets.economy.modes.filter(pl.col("mode").is_in(list(ids)))
        .group_by("mode", "resource", "use", maintain_order=True)
        .agg(pl.col("per_t_km").sum(), pl.col("per_t").sum())
    )
    return Modes(
        ids=ids,
        carries=carries,
        mode=positions(uses["mode"], ids),
        resource=positions(uses["resource"], sets.resources),
        per_t_km=uses["per_t_km"].to_numpy(),
        per_t=uses["per_t"].to_numpy(),
        occupied=(uses["use"] == "occupied").to_numpy(),
    )
