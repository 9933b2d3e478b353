"""Large plans: a place is asked about with those around it, and all else does what the plan says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_plans import EXACT, flour, people, planned, road, small

from muster.economy.read import read
from muster.plan import PlanOptions, nearby, share_out
from muster.plan.plan import Plan
from muster.plan.warn import warn
from muster.plan.why import Why, explain

FLOOR = PlanOptions(exact=True, goals=("floor",))
VILLAGES = Path(__file__).resolve().parents[2] / "examples" / "two-villages"


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Every plan counts as large."""
    monkeypatch.setattr(nearby, "MOST_AT_ONCE", 0)
    yield monkeypatch


def only(large: pytest.MonkeyPatch, first: int, most: int) -> None:
    """Ask so few at once, in entries: a village of a chain has some ten with its roads."""
    large.setattr(nearby, "FIRST", first)
    large.setattr(nearby, "MOST", most)


def chain(count: int, *, narrow: int, **more: Any) -> dict[str, Any]:
    """Return a depot, villages ``p1``, ``p2`` … behind it, people at the last; the road to ``narrow`` carries 0.5 t."""
    places = ["depot", *(f"p{number}" for number in range(1, count))]
    roads = [road(to, since, capacity_t_per_day=0.5 if to == f"p{narrow}" else 5) for since, to in pairwise(places)]
    usual = {"places": places, "people": people(places[-1]), "stocks": [flour(9, "depot")], "routes": roads}
    return usual | more


def the_set(why: Why) -> dict[tuple[str, str, str, str], float]:
    return {(each.limit.kind, each.limit.where, each.limit.resource, each.when): each.worth for each in why.limits}


def test_explain_where_all_places_fit_then_the_same_as_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = share_out(read(VILLAGES), options=EXACT)
    for place in ("hill", "valley"):
        before = explain(plan, place)
        monkeypatch.setattr(nearby, "MOST_AT_ONCE", 0)
        after = explain(plan, place)
        monkeypatch.undo()
        assert [each.around for each in after] == [()] * len(after)
        for whole, part in zip(before, after, strict=True):
            assert the_set(part) == pytest.approx(the_set(whole), abs=1e-3)
            assert (part.could, part.level) == pytest.approx((whole.could, whole.level), abs=1e-6)
            assert [each.what for each in part.changes] == [each.what for each in whole.changes]
            assert [each.after for each in part.changes] == pytest.approx(
                [each.after for each in whole.changes], abs=1e-3
            )


def test_explain_a_road_nearby_then_places_further_off_are_not_asked(large: pytest.MonkeyPatch) -> None:
    only(large, 30, 60)
    (village,) = explain(planned(FLOOR, **chain(20, narrow=17)), "p19")
    assert the_set(village) == {("route", "p16 → p17", "", "2 November 2026"): 1.0}
    assert village.level == village.could == pytest.approx(0.5, abs=1e-6)
    assert "p17" in village.around
    assert "p1" not in village.around


def test_explain_a_road_further_off_then_it_is_found_step_by_step(large: pytest.MonkeyPatch) -> None:
    only(large, 30, 1000)
    told: list[str] = []
    (village,) = explain(planned(FLOOR, **chain(20, narrow=5)), "p19", tell=told.append)
    assert the_set(village) == {("route", "p4 → p5", "", "2 November 2026"): 1.0}
    assert {"p4", "p5"} <= set(village.around)
    assert sum("places" in each for each in told) > 1


def test_explain_a_road_too_far_off_then_what_comes_from_there_is_the_limit(large: pytest.MonkeyPatch) -> None:
    only(large, 30, 60)
    (village,) = explain(planned(FLOOR, **chain(20, narrow=2)), "p19")
    ((kind, where, resource, _),) = the_set(village)
    assert (kind, resource) == ("beyond", "flour")
    since, to = where.split(" → ")
    assert to in village.around
    assert since not in village.around
    assert village.limits[0].sentence.startswith("flour on")
    assert village.limits[0].sentence.endswith("0.5 t come from places further off, as in the plan (2 November 2026).")
    assert not any(each.kind == "beyond" for each in village.changes)


def test_explain_what_goes_further_off_then_it_is_kept(large: pytest.MonkeyPatch) -> None:
    # the depot is in the middle: what it sends on to the left stays what the plan sends there
    left = [road(f"l{n}", f"l{n - 1}" if n > 1 else "depot") for n in range(1, 9)]
    tables = {
        "places": ["depot", "village", *(f"l{n}" for n in range(1, 9))],
        "people": people("village", "l8"),
        "stocks": [flour(1, "depot")],
        "routes": [road(), *left],
    }
    only(large, 20, 30)
    (village,) = explain(planned(FLOOR, **tables), "village")
    assert "l8" not in village.around
    kinds = {kind: (where, worth) for (kind, where, _, _), worth in the_set(village).items()}
    assert kinds["stock"][1] == pytest.approx(1 / 1.5, abs=1e-3)
    assert kinds["beyond"][1] == pytest.approx(0.5 / 1.5, abs=1e-3)
    more = next(each for each in village.changes if each.helps)
    # 0.1 t of flour for 1,000 people; l8 keeps what it has, though half of it would be fair
    assert (more.kind, more.after - more.before) == ("stock", pytest.approx(more.quantity, abs=1e-6))


def test_warn_of_a_large_plan_then_the_same_where_all_places_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = share_out(read(VILLAGES), options=EXACT)
    whole = warn(plan)
    monkeypatch.setattr(nearby, "MOST_AT_ONCE", 0)
    part = warn(plan)
    assert (part.shortfall, part.floors) == (whole.shortfall, whole.floors)
    assert [each.change.what for each in part.things] == [each.change.what for each in whole.things]
    assert [each.days for each in part.things] == pytest.approx([each.days for each in whole.things], rel=1e-4)


def test_warn_of_a_large_plan_then_each_place_that_lacks_is_asked(large: pytest.MonkeyPatch) -> None:
    # two ends of a chain that know nothing of each other, each behind a narrow road of its own
    only(large, 20, 40)
    middle = [f"m{n}" for n in range(12)]
    tables = {
        "places": ["east", "e1", *middle, "w1", "west"],
        "people": people("east", "west"),
        "stocks": [flour(9, "e1"), flour(9, "w1")],
        "routes": [
            road("east", "e1", capacity_t_per_day=0.5),
            road("west", "w1", capacity_t_per_day=0.2),
            *(road(to, since) for since, to in zip(["e1", *middle], [*middle, "w1"], strict=True)),
        ],
    }
    warned = warn(planned(FLOOR, **tables))
    assert warned.shortfall == pytest.approx(500 + 800)
    assert warned.seen == pytest.approx(500 + 800)
    assert warned.asked < len(tables["places"])
    assert {each.change.where: each.days for each in warned.things} == {
        "w1 → west": pytest.approx(0.2 * 1000, rel=1e-4),
        "e1 → east": pytest.approx(0.5 * 1000, rel=1e-4),
    }


@pytest.fixture(scope="module")
def grid() -> Plan:
    """A plan of 6 × 6 villages that have some flour, more or less, and narrow roads to their neighbours."""
    draw, side = np.random.default_rng(7), 6
    names = [[f"v{row}{column}" for column in range(side)] for row in range(side)]
    pairs = [pair for line in (*names, *zip(*names, strict=True)) for pair in pairwise(line)]
    ways = [way for one, other in pairs for way in ((one, other), (other, one))]
    every = [name for line in names for name in line]
    tables = {
        "places": every,
        "people": people(*every),
        "stocks": [flour(round(float(draw.uniform(0.05, 1.2)), 3), place) for place in every],
        "routes": [road(to, since, capacity_t_per_day=float(draw.choice([0.01, 0.03, 0.1]))) for since, to in ways],
    }
    return planned(PlanOptions(goals=("floor",)), **tables)


def test_law_explain_around_a_place_then_never_more_than_of_the_whole_and_the_same_where_limits_are_near(
    grid: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = grid.met.filter(grid.met["met_floor"] < 1 - 1e-6).sort("met_floor")["place"].to_list()[::4]
    whole = {place: explain(grid, place)[0] for place in short}
    only(monkeypatch, 40, 120)
    monkeypatch.setattr(nearby, "MOST_AT_ONCE", 0)
    near, far = [], []
    for place in short:
        (part, *_), all_of_it = explain(grid, place), whole[place]
        assert len(part.around) < 36
        assert part.could <= all_of_it.could + 1e-6
        assert sum(each.worth for each in part.limits) == pytest.approx(1, abs=1e-6)
        (far if any(each.limit.kind == "beyond" for each in part.limits) else near).append(place)
        if place in near:
            assert part.could == pytest.approx(all_of_it.could, abs=1e-3)
            assert the_set(part) == pytest.approx(the_set(all_of_it), abs=2e-3)
    assert len(near) > 1
    assert len(far) > 1


def test_explain_where_nothing_comes_yet_then_those_who_could_send_are_asked(large: pytest.MonkeyPatch) -> None:
    plan = share_out(small(**chain(20, narrow=5)), options=PlanOptions(limit_seconds=0))
    only(large, 30, 1000)
    (village,) = explain(plan, "p19")
    assert (village.level, village.could) == (0, pytest.approx(0.5, abs=1e-6))  # what the road to p5 carries
