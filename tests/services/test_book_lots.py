"""Lots that are good until the same period become one, and the plan stays what it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.economy.read import read
from muster.plan import share_out
from muster.services.book_lots import join_lots
from muster.services.economies import new_economy

STOCKS = """place,resource,quantity,lot,expires
depot,flour,4,A,2026-11-10
depot,flour,3,B,2026-11-28
depot,flour,5,C,2026-12-05
depot,flour,20,D,2027-04-01
depot,flour,8,E,2027-05-01
valley,flour,6,F,2026-11-20
valley,flour,1,G,2026-10-01
depot,coal,60,,
depot,diesel,3000,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return two villages whose flour lies in lots."""
    made = new_economy(tmp_path / "villages", example="two-villages")
    (made / "stocks.csv").write_text(STOCKS)
    return made


def test_join_lots_given_lots_of_one_period_then_one_stock_with_the_earliest_day(folder: Path) -> None:
    assert join_lots(folder) == 2
    rows = read(folder).stocks.select("place", "resource", "quantity", "lot", "expires").rows()
    told = [(*row[:4], "" if row[4] is None else row[4].isoformat()) for row in rows]
    assert told == [
        ("depot", "flour", 7.0, "A and 1 more", "2026-11-10"),
        ("depot", "flour", 5.0, "C", "2026-12-05"),
        ("depot", "flour", 28.0, "D and 1 more", ""),
        ("valley", "flour", 6.0, "F", "2026-11-10"),
        ("valley", "flour", 1.0, "G", "2026-10-01"),
        ("depot", "coal", 60.0, None, ""),
        ("depot", "diesel", 3000.0, None, ""),
    ]


def test_join_lots_given_an_economy_then_its_plan_is_as_it_was(folder: Path) -> None:
    before = share_out(read(folder)).met
    join_lots(folder)
    after = share_out(read(folder)).met
    assert before["delivered"].to_list() == pytest.approx(
        after["delivered"].to_list(), rel=1e-5
    )  # two months stand at one level: which has the last gram is left open
