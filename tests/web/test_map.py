"""The map of a plan, period by period, and its pipeline."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import polars as pl
import pytest

from muster.pictures.spread import spread
from muster.services.plan_maps import map_sheet

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
PAGE = "/plan/two-villages/map"


def words(answer: object) -> str:
    """Return the words of a page, without its marks."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def widths(page: str) -> list[float]:
    """Return the widths of the lines on the map."""
    return [float(width) for width in re.findall(r'data-flow="\d+" stroke-width="([0-9.]+)"', page)]


def test_map_given_no_period_then_the_worst_of_the_whole_plan(client_of: Clients) -> None:
    answer = client_of("logistician").get(PAGE)
    page, said = answer.content.decode(), words(answer)
    assert "Whole plan: the worst moment of each place" in said
    assert "Hill: 92 % of the floor (Heat)" in said
    assert re.search(r"Depot Valley 69 Depot Hill 45", said)
    assert len(widths(page)) == 2
    assert "the widest line: 69 t" in said


def test_map_given_a_period_then_its_own_flows_by_width_on_one_scale_for_all_periods(client_of: Clients) -> None:
    client = client_of("logistician")
    first, second = (client.get(f"{PAGE}?at={at}").content.decode() for at in (1, 2))
    assert re.search(r'<h2 id="when">\s*November 2026\s*</h2>', first)
    assert len(widths(first)) == 2
    assert max(widths(first)) == 12.0
    assert len(widths(second)) == 1
    assert max(widths(second)) < 12.0, "less is sent than in the period with most"
    assert all("the widest line: 45\u00a0t" in unescape(page) for page in (first, second))


def test_map_given_levels_then_they_have_a_legend_a_hatching_and_a_number(client_of: Clients) -> None:
    page = client_of("logistician").get(f"{PAGE}?at=1").content.decode()
    for level in ("level-0", "level-1", "level-2", "level-none"):
        assert f'<pattern id="map-{level}"' in page
    for said in ("under 20 %", "20 to 39 %", "met in full", "nobody needs it then"):
        assert said in page
    assert re.search(r'data-label="hill"[^>]*>92<', page)


def test_map_given_no_script_then_a_link_to_each_period_and_a_button(client_of: Clients) -> None:
    page = client_of("logistician").get(f"{PAGE}?at=2").content.decode()
    assert [int(at) for at in re.findall(r'href="\?at=(\d+)&amp;need=', page)] == [0, 1, 2, 3]
    assert (
        '<input type="range" name="at" id="at" min="0" max="3" step="1" value="2" aria-valuetext="December 2026">'
        in page
    )
    assert "<button>Show</button>" in page


def test_map_given_a_need_then_only_that(client_of: Clients) -> None:
    said = words(client_of("logistician").get(f"{PAGE}?at=1&need=heat"))
    assert "of the floor (Food energy)" not in said
    assert "Hill: 92 % of the floor (Heat)" in said


@pytest.mark.parametrize("query", ["at=4", "at=-1", "at=x", "at=999999999", "at=١", "need=luck", "at=1&need=<b>"])
def test_map_given_what_is_not_there_then_says_so(client_of: Clients, query: str) -> None:
    answer = client_of("logistician").get(f"{PAGE}?{query}")
    assert answer.status_code in (400, 404)
    assert b"<b>" not in answer.content


def test_map_sheet_given_no_coordinates_then_places_are_laid_out_the_same_each_time(
    ready: Ready, tmp_path: Path
) -> None:
    plan = Path(copytree(ready.site.plans / "two-villages", tmp_path / "plan"))
    places = plan / "economy" / "places.csv"
    pl.read_csv(places).drop("latitude", "longitude").write_csv(places)
    (plan / "economy" / "places.geojson").unlink(missing_ok=True)
    found = map_sheet(plan)
    assert found.laid_out
    assert found.picture.count("data-key=") == 3
    assert found.picture.count("data-flow=") == 2
    assert found.picture == map_sheet(Path(copytree(plan, tmp_path / "again"))).picture


def test_map_sheet_given_coordinates_of_some_then_the_others_are_named(ready: Ready, tmp_path: Path) -> None:
    plan = Path(copytree(ready.site.plans / "two-villages", tmp_path / "plan"))
    places = plan / "economy" / "places.csv"
    frame = pl.read_csv(places)
    elsewhere = pl.col("place") == "hill"
    without = [pl.when(elsewhere).then(None).otherwise(pl.col(name)).alias(name) for name in ("latitude", "longitude")]
    frame.with_columns(without).write_csv(places)
    found = map_sheet(plan)
    assert (found.laid_out, found.unplaced) == (False, ("Hill",))


def test_spread_given_links_then_linked_places_lie_closer_than_others() -> None:
    keys = [*"abcdefgh"]
    at = spread(keys, [("a", "b"), ("b", "c"), ("c", "a"), ("e", "f"), ("x", "a")])

    def apart(one: str, other: str) -> float:
        return sum((p - q) ** 2 for p, q in zip(at[one], at[other], strict=True)) ** 0.5

    assert max(apart("a", "b"), apart("b", "c"), apart("e", "f")) < min(
        apart("a", "e"), apart("b", "f"), apart("d", "h")
    )
    assert all(0.0 <= p <= 1.0 for point in at.values() for p in point)
    assert spread([], []) == {}
    assert len(spread(["a"], [])) == 1


def test_pipeline_given_a_plan_then_what_arrives_when_it_breaks_and_who_is_short(client_of: Clients) -> None:
    said = words(client_of("logistician").get("/plan/two-villages/pipeline"))
    assert re.search(r"Flour t breaks in January 2027 27.9 7.8 \+12 0", said)
    assert re.search(r"Flour t Depot 12 Where it is short", said)
    assert re.search(r"January 2027 Heat 500 Hill 92 %", said)
