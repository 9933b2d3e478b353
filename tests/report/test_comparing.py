import re

import pytest
from small_plans import flour, people, road, small

from muster.plan.comparison import Comparison, compare
from muster.plan.policies import POLICIES
from muster.report.comparing import price, render
from muster.report.words import THIN

HOSTILE = "<script>alert('x')</script>"


@pytest.fixture(scope="module")
def found() -> Comparison:
    """Return five ways to share 3 t between three villages of 1 t floor, the last behind a road of 0.5 t a day."""
    economy = small(
        places=["depot", "ada", "bor", "cil"],
        people=people("ada", "bor", "cil"),
        stocks=[flour(3.0, "depot")],
        routes=[road("ada"), road("bor"), road("cil", capacity_t_per_day=0.5)],
        title=HOSTILE,
    )
    return compare(economy)


def test_price_given_a_policy_with_a_higher_average_then_both_are_named_with_their_figures(found: Comparison) -> None:
    # Worst-off first: 1, 1, 0.5 of the floor; nothing gives more on average. Equal: 0.5 for all.
    leximin, equal = (sentence.replace(THIN, " ") for sentence in price(found))
    assert leximin.startswith("Sharing worst-off first costs nothing here: none of these policies gives people more")
    assert re.search(r"\(83\.3 %\), and first come, first served leaves somebody at 0(\.1)? % where it leaves", leximin)
    assert leximin.endswith("where it leaves nobody below 50 %.")  # of the norm all ways to share give 3 t, too
    assert "people get 50 % of the survival minimum on average instead of the 83.3 %" in equal
    assert "33.3 points less; the worst-off have 50 % either way, and 3 000 people are below it" in equal


def test_price_given_one_policy_then_there_is_nothing_to_say(found: Comparison) -> None:
    assert price(compare(found.economy, policies=["leximin"])) == ()


def test_render_given_a_comparison_then_one_page_that_needs_nothing_else(found: Comparison) -> None:
    page = render(found)
    assert page.startswith("<!doctype html>")
    assert "http://" not in re.sub(r"http://www\.w3\.org/2000/svg", "", page) and "https://" not in page
    assert HOSTILE not in page and "&lt;script&gt;" in page
    assert all(f">{policy}<" in page for policy in POLICIES)
    assert page.count("<polyline") == len(POLICIES)
    assert render(found) == page


def test_render_given_a_comparison_then_every_policy_has_its_row_and_says_what_it_does(found: Comparison) -> None:
    page = render(found)
    assert all(says in page for says in POLICIES.values())
    table = page[page.index('id="side"') :]
    row = re.search(r'<th scope="row">equal</th>(.*?)</tr>', table)
    assert row is not None
    cells = [cell.replace(THIN, " ") for cell in re.findall(r">([^<]*)</td>", row[1])]
    assert cells == ["3 000", "50 %", "50 %", "25 %", "1.5", "1.5"]
