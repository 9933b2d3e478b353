"""What holds for every policy, and for whole packs, on every economy that the format can express."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from hypothesis import given, note
from hypothesis import strategies as st
from law import LEVEL, law
from strategies import PER_T, economies, written

from muster.economy.economy import Economy
from muster.plan import share_out
from muster.plan.comparison import compare
from muster.plan.options import PlanOptions
from muster.plan.policies import LEXIMIN, POLICIES
from muster.plan.proof import verify
from muster.plan.values import MET

WHOLE = 1e-9


@law
@given(economies(most_places=3, most_periods=3))
def test_law_every_policy_ends_in_a_plan_that_can_be_done_and_says_what_it_is(economy: Economy) -> None:
    note(written(economy))
    for policy, plan in compare(economy).plans.items():
        verdict = verify(economy, plan)
        assert verdict.holds, policy + "\n" + "\n".join(fault.text() for fault in verdict.faults)


@law
@given(economies(most_places=3, most_periods=3))
def test_law_no_policy_leaves_the_worst_off_better_off_than_leximin(economy: Economy) -> None:
    note(written(economy))
    first = economy.goals[0] if economy.goals[0] != "reserve" else economy.goals[1]
    asked = (first, *(goal for goal in economy.goals if goal not in (first, "reserve")))
    economy = economy.with_options(goals=asked)
    plans = compare(economy, policies=POLICIES).plans
    least = {policy: float(plan.goals[0]["least"]) for policy, plan in plans.items()}
    slack = economy.slack * least[LEXIMIN]
    assert all(worst <= least[LEXIMIN] + slack + LEVEL for worst in least.values()), least
    assert least["equal"] >= least[LEXIMIN] - LEVEL


@law
@given(economies(most_places=3, most_periods=3), st.data())
def test_law_whole_packs_keep_every_balance_and_every_floor(economy: Economy, data: st.DataObject) -> None:
    packs = {
        resource: data.draw(st.sampled_from([None, 0.001, 0.01, 0.05])) for resource in economy.resources["resource"]
    }
    sizes = {resource: part and part * PER_T.get(resource, 1.0) for resource, part in packs.items()}
    pack = pl.col("resource").replace_strict(sizes, return_dtype=pl.Float64)
    economy = replace(
        economy,
        resources=economy.resources.with_columns(pack=pack),
        modes=economy.modes.with_columns(vehicle_t=pl.lit(0.02)),
    )
    note(written(economy))
    before, plan = share_out(economy), share_out(economy, options=PlanOptions(packs=True))
    verdict = verify(economy, plan)
    assert verdict.holds, "\n".join(fault.text() for fault in verdict.faults)
    for measure in ("met_floor", "met_norm"):
        was, now = (one.met.select("place", "group", "need", "period", measure) for one in (before, plan))
        both = was.join(now, on=["place", "group", "need", "period"], suffix="_now")
        lost = both.filter(pl.col(measure) >= MET, pl.col(f"{measure}_now") < MET - 1e-6)
        assert measure.removeprefix("met_") not in economy.goals or lost.is_empty(), lost
    assert plan.packs is not None
    sent = plan.packs.drop_nulls(["resource", "pack"])
    whole = sent.drop_nulls("packs")
    off = (whole["packs"] * whole["pack"] - whole["quantity"]).abs()
    assert (off <= WHOLE * whole["quantity"]).all()
    assert sent.filter(pl.col("packs").is_null())["note"].null_count() == 0


def test_law_is_about_all_policies() -> None:
    assert set(POLICIES) == {"leximin", "equal", "proportional", "priority", "first-come"}
