"""Regions drawn at random: the same for the same seed, sound, scarce, and shared out like any other economy."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from benchmarks.regions import SCARCITY, SIZES, Size, region
from muster.economy.check import check
from muster.economy.economy import Economy
from muster.plan.proof import verify
from muster.plan.share import share_out


@pytest.fixture(scope="module")
def small() -> Economy:
    return region(SIZES["small"])


def supply(economy: Economy) -> pl.DataFrame:
    """Return ``resource``, ``at_start`` and ``later``, in tonnes."""
    days = 7 * economy.horizon.periods
    later = economy.arrivals.with_columns(later=pl.coalesce("quantity", pl.col("per_day") * days))
    return (
        economy.resources.select("resource")
        .join(economy.stocks.group_by("resource").agg(at_start=pl.col("quantity").sum()), on="resource", how="left")
        .join(later.group_by("resource").agg(pl.col("later").sum()), on="resource", how="left")
        .fill_null(0.0)
    )


def test_region_given_a_size_then_it_has_that_size(small: Economy) -> None:
    assert (small.places.height, small.resources.height, small.horizon.periods) == (50, 8, 6)
    assert small.needs["need"].to_list() == ["energy", "protein", "heat", "water"]
    assert (small.norms["floor"] < small.norms["norm"]).all()


def test_region_given_the_same_seed_then_the_same_cells_and_given_another_then_others(small: Economy) -> None:
    assert region(SIZES["small"], seed=0).sha256 == small.sha256
    assert region(SIZES["small"], seed=1).sha256 != small.sha256


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", ["tiny", "small"])
def test_region_given_any_seed_then_check_finds_no_fault(size: str, seed: int) -> None:
    assert [fault.text() for fault in check(region(SIZES[size], seed=seed)) if fault.severity == "fault"] == []


def test_region_then_every_place_can_be_reached_from_every_other_and_has_five_roads_or_more(small: Economy) -> None:
    index = {place: number for number, place in enumerate(small.places["place"])}
    tail, head = ([index[place] for place in small.routes[end]] for end in ("from", "to"))
    roads = csr_array((np.ones(len(tail)), (tail, head)), shape=(50, 50))
    assert connected_components(roads, connection="strong")[0] == 1
    assert roads.sum(axis=1).min() >= 5
    assert small.routes["capacity_t_per_day"].quantile(0.05) < 0.1 * small.routes["capacity_t_per_day"].median()


def test_region_then_there_is_four_fifths_of_what_the_norms_ask_for(small: Economy) -> None:
    tonnes = supply(small).with_columns(tonnes=pl.col("at_start") + pl.col("later"))
    served = (
        small.contents.join(tonnes, on="resource").group_by("need").agg((pl.col("amount") * pl.col("tonnes")).sum())
    )
    wanted = small.norms.select("need", wanted=pl.col("norm") * small.people["people"].sum() * 42)
    share = served.join(wanted, on="need").select("need", share=pl.col("amount") / pl.col("wanted"))
    found = dict(share.iter_rows())
    assert [found[need] for need in ("energy", "heat", "water")] == pytest.approx([SCARCITY] * 3, rel=1e-3)


def test_region_then_a_good_third_of_all_but_water_lies_there_at_the_start(small: Economy) -> None:
    found = supply(small).with_columns(share=pl.col("at_start") / (pl.col("at_start") + pl.col("later")))
    dry = found.filter(pl.col("resource") != "water")["share"]
    assert dry.is_between(0.349, 0.401).all()
    assert found.filter(pl.col("resource") == "water")["share"].item() == 0


def test_share_out_given_a_region_then_the_plan_verifies() -> None:
    economy = region(Size(10, 6, 3), seed=2)
    plan = share_out(economy)
    verdict = verify(economy, plan)
    assert [fault.text() for fault in verdict.faults] == []
    assert 0 < plan.met["met_norm"].min() < 1
