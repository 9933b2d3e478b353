import json

import plans_on_a_map
import pytest
from plans_on_a_map import HOSTILE, level, place

from muster.report import data, facts
from muster.report.data import as_script, map_values, page_data
from muster.report.names import Names
from muster.report.words import whole_percent


def test_as_script_given_words_that_end_a_script_then_they_do_not() -> None:
    words = {"a": f"{HOSTILE}\u2028<!--"}
    written = as_script(words)
    assert not set(written) & set("<>&\u2028")
    assert json.loads(written) == words


def test_as_script_given_a_number_that_json_has_not_then_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        as_script({"a": float("nan")})


def test_page_data_given_a_plan_then_the_script_finds_what_is_met_at_its_place() -> None:
    plan = plans_on_a_map.plan(places=5, periods=2)
    found = page_data(plan, map_values(plan), names=Names(plan.economy), flows=[("depot", "p1")], bindings=[])
    shown, names = found["map"], found["names"]
    assert shown["key"] == [place(i) for i in range(5)]
    assert [names["need"][need] for need in shown["need"]] == ["Food energy", "Heat"]
    cells = [int(shown["floor"][at : at + 2], 16) for at in range(0, len(shown["floor"]), 2)]
    expected = [whole_percent(level(i, need, t)) for i in range(5) for need in ("energy", "heat") for t in range(2)]
    assert cells == expected
    (start, end), *_ = found["flows"]
    assert (names["place"][start], names["place"][end]) == ("Depot", "Place 1")


def test_page_data_given_explanations_then_each_claim_knows_its_own() -> None:
    plan = plans_on_a_map.plan(places=5)
    bindings = facts.bindings(plan)
    found = page_data(plan, map_values(plan), names=Names(plan.economy), flows=[], bindings=bindings)
    claims = found["tables"]["claims"]
    for need, met, why in zip(claims["need"], claims["met_floor"], claims["why"], strict=True):
        first = found["why"][why][0] if why >= 0 else ""
        heat = found["names"]["need"][need] == "Heat"
        assert first.endswith(("no more coal." if heat else "10 t a day.") if met < 100 else "")


def test_map_values_given_more_places_than_fit_then_the_worst_off_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "MOST_CELLS", 4 * 2 * 2 * 3)
    plan = plans_on_a_map.plan(places=20)
    values = map_values(plan)
    assert (len(values.places), values.left_out) == (4, 16)
    least = {i: min(level(i, need, t) for need in ("energy", "heat") for t in range(3)) for i in range(20)}
    kept = [least[int(key.removeprefix("p"))] for key in values.places]
    assert max(kept) <= sorted(least.values())[3]
