"""The logistician's plans and the manager's morning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from shutil import copytree, rmtree
from typing import TYPE_CHECKING

import polars as pl
import pytest
from python_calamine import load_workbook

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]


def words(answer: object) -> str:
    """Return the words of a page, without its marks."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.fixture
def other(ready: Ready) -> Iterator[Path]:
    """Put a second plan beside the first, in which Hill gets less; take it away afterwards."""
    plans = ready.site.plans
    less = plans / "less-for-hill"
    copytree(plans / "two-villages", less)
    met = pl.read_csv(less / "met.csv")
    lower = pl.when(pl.col("place") == "hill").then(pl.col("met_floor") * 0.5).otherwise(pl.col("met_floor"))
    met.with_columns(lower.alias("met_floor")).write_csv(less / "met.csv")
    yield less
    rmtree(less)


@pytest.mark.parametrize(
    "page", ["/plans", "/plan/two-villages", "/plan/two-villages/workbook", "/plans/compared", "/morning"]
)
@pytest.mark.parametrize("name", ["clerk", "chair", "auditor", "office"])
def test_pages_given_another_role_then_403(client_of: Clients, page: str, name: str) -> None:
    assert client_of(name).get(page).status_code == 403


def test_plans_given_one_then_who_is_worst_off(client_of: Clients) -> None:
    said = words(client_of("logistician").get("/plans"))
    assert re.search(
        r"two-villages Two villages, November 2026 to January 2027 .* Hill, 92 % of the survival floor", said
    )
    assert "Compare" not in said


def test_plans_given_one_that_was_changed_then_that_is_said(client_of: Clients, other: Path) -> None:
    assert "Changed after it was written: met.csv" in words(client_of("logistician").get("/plans"))


def test_plan_given_a_period_then_what_is_sent_in_it(client_of: Clients) -> None:
    said = words(client_of("logistician").get("/plan/two-villages?period=0"))
    assert re.search(r"Depot Hill truck Flour 16\.9 t 16\.9 t November 2026", said)
    assert "4 dispatches, " in said
    assert "Hill truck" not in words(client_of("logistician").get("/plan/two-villages?period=1"))


@pytest.mark.parametrize(
    "page", ["/plan/two-villages?period=3", "/plan/two-villages?period=x", "/plan/nowhere", "/plan/.."]
)
def test_plan_given_what_is_not_there_then_404_with_what_to_do(client_of: Clients, page: str) -> None:
    answer = client_of("logistician").get(page)
    assert answer.status_code == 404
    assert "Traceback" not in words(answer)


def test_workbook_given_a_plan_then_a_file_with_its_sheets(client_of: Clients) -> None:
    answer = client_of("logistician").get("/plan/two-villages/workbook")
    assert answer["Content-Disposition"] == 'attachment; filename="two-villages-plan.xlsx"'
    data = b"".join(answer.streaming_content)
    sheet = load_workbook(BytesIO(data)).get_sheet_by_name("dispatches").to_python()
    assert sheet[0][:2] == ["from", "from name"]
    assert len(sheet) > 4


def test_report_given_a_plan_then_the_page_to_open_from_the_disk(client_of: Clients) -> None:
    answer = client_of("logistician").get("/plan/two-villages/report")
    assert answer["Content-Disposition"] == 'attachment; filename="two-villages-report.html"'
    assert b"Two villages" in b"".join(answer.streaming_content)


def test_compared_given_two_plans_then_who_loses_by_name(client_of: Clients, other: Path) -> None:
    said = words(client_of("logistician").get(f"/plans/compared?before=two-villages&after={other.name}"))
    assert "0 places gain, 1 loses, 1 stands as before." in said
    assert re.search(r"Who loses .* Hill 500 92 % → 46 % −45\.9", said)
    assert "Both plans answer the very same tables." in said
    assert "Depot → Hill (truck) carries no more than 45 t" in said


def test_compared_given_no_plan_then_404(client_of: Clients) -> None:
    assert client_of("logistician").get("/plans/compared?before=two-villages").status_code == 404


def test_place_given_two_plans_then_the_history_over_both(client_of: Clients, other: Path) -> None:
    said = words(client_of("chair").get("/place?plan=two-villages"))
    assert re.search(
        r"In all plans .*less-for-hill 2026-11-01 Heat 46 % .*two-villages 2026-11-01 Heat 92 % 92 % 46 % 46 %", said
    )


def test_morning_given_a_manager_then_what_came_in_expires_travels_and_is_lacking(client_of: Clients) -> None:
    said = words(client_of("manager").get("/morning?days=30"))
    for title in ("What came in", "Has expired", "Within 3 days", "Within 14 days", "What is on the way to you"):
        assert title in said
    assert re.search(r"Hill 500 92 % Food energy, Heat, November 2026", said)
    assert re.search(r"7,625 kWh Heat from November 2026", said)
    assert "store:kabul" in said


def test_morning_given_days_that_are_not_offered_then_since_the_last_working_day(client_of: Clients) -> None:
    for days in ("0", "365", "x", "١"):
        page = client_of("manager").get("/morning", {"days": days}).content.decode()
        assert "selected" not in page
        assert "the last working day (" in page


def test_figure_given_small_numbers_then_as_many_digits_as_are_asked_for(ready: Ready) -> None:
    from muster.web.pages.templatetags.figures import figure

    assert [figure(0.0014), figure(0.0014, 4), figure(1.834, 4), figure(1284.2)] == ["0", "0.0014", "1.83", "1,284"]
