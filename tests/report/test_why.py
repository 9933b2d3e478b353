"""What is said about a place: in plain words, on one sheet."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
from plans_on_a_map import HOSTILE
from small_plans import EXACT, flour, people, planned, road, small

from muster.economy.read import read
from muster.plan import PlanOptions, share_out
from muster.plan.plan import Plan
from muster.plan.policies import share_by
from muster.plan.warn import warn
from muster.plan.why import explain
from muster.report.names import Names
from muster.report.warn import missing, thing
from muster.report.why import Account, account, amount, in_short, nothing_holds, percent
from muster.report.why_page import render

VILLAGES = Path(__file__).resolve().parents[2] / "examples" / "two-villages"
OF_SOLVERS = (
    r"\b(lp|linear|program|dual|duals|price|prices|constraints?|solver|objective|variables?|infeasible|feasible|optimal"
    r"|optimum|leximin|slack|bound|bounds|simplex|interior|primal|basis|column|matrix|rent|rents|guard|tolerance)\b"
)


@pytest.fixture(scope="module")
def villages() -> Plan:
    return share_out(read(VILLAGES), options=EXACT)


def accounts(plan: Plan, place: str) -> tuple[Account, ...]:
    return tuple(account(plan, why) for why in explain(plan, place))


def everything(said: Account) -> str:
    parts = [said.title, said.note, *said.before, *said.idle]
    parts += [f"{head}: {fact}" for head, fact in said.facts]
    parts += [sentence for _, sentence in said.holds]
    return "\n".join([*parts, *(f"{what} {effect}" for what, effect in said.helps)])


def words_of(page: str) -> str:
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", body)).replace("\u202f", " ")


def test_account_of_two_villages_then_the_sentences(villages: Plan) -> None:
    (hill,) = accounts(villages, "hill")
    facts = dict(hill.facts)
    assert hill.title == "Food energy and Heat in Hill"
    assert facts["What counted as need"] == (
        "500 people in Hill, November 2026 to January 2027; Food energy: 1,400 kcal a person and day to live, 2,100 "
        "kcal as the full standard; Heat: 2 kWh a person and day to live, 4 kWh as the full standard."
    )
    assert facts["What came"] == (
        "Food energy 1,284 kcal a person and day from 16.9 t Flour; Heat 1.83 kWh a person and day from 28.1 t Coal."
    )
    assert facts["How much that is"].startswith("91.7 % of the survival floor and ")
    assert facts["What others have"].startswith("Food energy at least 100 % of the survival floor")
    assert facts["How far it could go"].startswith("As things are nobody can be raised here unless")
    assert hill.holds == ((1.0, "Depot → Hill (truck) carries no more than 45 t (November 2026)."),)
    assert hill.before == ()
    assert hill.helps == (("0.1 t a day more on Depot → Hill (truck), November 2026 (now 1.5)", "91.7 % → 97.8 %"),)
    assert hill.idle[0] == "10 t more Flour in Depot at the start (now 42)"
    assert "nobody is brought below it" in hill.note


def test_account_then_who_was_served_before_and_why(villages: Plan) -> None:
    heat, energy = accounts(villages, "valley")
    assert heat.before == (
        "People below or at their survival floor, which comes before anybody's full standard: "
        "Heat in Hill (91.7 % of the survival floor).",
    )
    assert energy.title == "Food energy in Valley"
    assert in_short(explain(villages, "valley")[1:], villages) == (
        "Food energy: 78.1 % of the full standard; most of all: Flour: all there is in Depot at the start is 42 t.",
    )


def test_account_of_a_plan_that_was_stopped_then_that_is_said(villages: Plan) -> None:
    stopped = share_out(villages.economy, options=PlanOptions(limit_seconds=0))
    (hill,) = accounts(stopped, "hill")
    assert dict(hill.facts)["How far it could go"].startswith("The plan was stopped early: as things are this could")
    assert "from nothing" in dict(hill.facts)["What came"]


def test_account_of_a_plan_by_another_rule_then_it_was_not_stopped_early() -> None:
    economy = small(
        places=["depot", "ada", "bor"],
        people=people("ada", "bor"),
        stocks=[flour(2.0, "depot")],
        routes=[road("ada"), road("bor")],
    )
    (bor,) = accounts(share_by("first-come", economy, options=EXACT, progress=lambda progress: None), "bor")
    assert "The rule by which this plan was made does not raise whoever has least first." in everything(bor)
    assert "stopped early" not in everything(bor)


@pytest.mark.parametrize("place", ["hill", "valley"])
def test_account_then_no_word_of_solvers(villages: Plan, place: str) -> None:
    for said in accounts(villages, place):
        assert not re.findall(OF_SOLVERS, everything(said).lower())
    page = render(villages, place, accounts(villages, place), nothing="")
    assert not re.findall(OF_SOLVERS, words_of(page).lower())
    warned = warn(villages)
    assert not re.findall(OF_SOLVERS, " ".join([missing(warned), *map(thing, warned.things)]).lower())


def test_nothing_holds_then_what_there_is_to_say(villages: Plan) -> None:
    enough = planned(stocks=[flour(2)])
    assert nothing_holds(enough, "village") == (
        "Nothing holds village back: 1,000 people there have the full standard of every need, all the time."
    )
    assert nothing_holds(enough, "village", need="food", period=0).endswith("standard of food in 2 November 2026.")
    assert nothing_holds(villages, "depot") == (
        "Nobody in Depot has a claim to any need: there are no people with a norm of it there."
    )
    assert nothing_holds(villages, "depot", need="heat", period=1).startswith(
        "Nobody in Depot has a claim to Heat in Dec"
    )


def test_account_where_nothing_gets_there_then_that_is_what_holds() -> None:
    plan = planned(places=["depot", "village"], stocks=[flour(5, "depot")])
    (village,) = accounts(plan, "village")
    assert village.holds[0][0] == 1.0
    assert village.holds[0][1].startswith("Nothing that serves this need can get there in time")


def test_render_then_one_page_without_script_and_with_every_part(villages: Plan) -> None:
    page = render(villages, "hill", accounts(villages, "hill"), nothing="")
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
    assert "script-src 'none'" in html.unescape(page)
    said = words_of(page)
    for part in ("Why Hill has what it has", "What counted as need", "What holds it", "100 %", "What would change it"):
        assert part in said
    assert "no change" in said
    assert page == render(villages, "hill", accounts(villages, "hill"), nothing="")


def test_render_where_nothing_is_missing_then_a_sentence() -> None:
    plan = planned(stocks=[flour(2)])
    said = words_of(render(plan, "village", (), nothing=nothing_holds(plan, "village")))
    assert "Nothing holds village back" in said
    assert "What holds it" not in said


def test_render_names_that_are_markup_then_they_are_words() -> None:
    places = [{"place": "depot", "name": HOSTILE}, {"place": "village", "name": HOSTILE + "2"}]
    economy = replace(
        small(
            places=["depot", "village"],
            people=people("village"),
            stocks=[flour(9, "depot")],
            routes=[road(capacity_t_per_day=0.5)],
        )
    )
    frame = economy.places.with_columns(name=economy.places["place"].replace({p["place"]: p["name"] for p in places}))
    plan = share_out(replace(economy, places=frame), options=EXACT)
    page = render(plan, "village", accounts(plan, "village"), nothing="")
    assert HOSTILE not in page
    assert HOSTILE in words_of(page)
    assert Names(plan.economy).place["depot"] == HOSTILE


def test_percent_and_amount_then_as_people_write_them() -> None:
    assert [percent(share) for share in (0, 0.4979, 0.9999, 1)] == ["0 %", "49.7 %", "99.9 %", "100 %"]
    assert [amount(number) for number in (0.5, 12.34, 1815)] == ["0.5", "12.3", "1,815"]
