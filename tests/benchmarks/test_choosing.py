import xml.etree.ElementTree as ET

import pytest
from small_plans import flour, people, planned, road

from benchmarks.choosing import picture, steps
from benchmarks.choosing import planned as planned_with
from muster.plan import PlanOptions

SVG = "{http://www.w3.org/2000/svg}"
TWO = {
    "places": ["depot", "ada", "bor"],
    "people": people("ada", "bor"),
    "stocks": [flour(3.0, "depot")],
    "routes": [road("ada"), road("bor", capacity_t_per_day=0.5)],
}


def test_steps_given_a_plan_then_people_from_who_has_least_on() -> None:
    curve = steps(planned(**TWO), "norm")
    assert [level for level, _ in curve] == pytest.approx([0.25, 1.0])
    assert [share for _, share in curve] == [0.5, 1.0]


def test_picture_given_two_plans_then_an_svg_that_needs_nothing_else_with_a_legend() -> None:
    plan = planned(**TWO)
    drawn = ET.fromstring(picture({"one": plan, "<other>": plan}, "floor", name="two plans"))
    words = list(drawn.itertext())
    assert {"one", "<other>", "share of the survival minimum"} <= set(words)
    assert len(drawn.findall(f"{SVG}polyline")) == 2
    assert "prefers-color-scheme: dark" in (drawn.findtext(f"{SVG}style") or "")


def test_planned_given_choices_then_a_line_of_figures_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    plans = planned_with(planned(**TWO).economy, {"usual": PlanOptions(), "wide": PlanOptions(step=0.5)})
    assert list(plans) == ["usual", "wide"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["usual", "wide"]
    assert "below the floor   1,000" in lines[0]
