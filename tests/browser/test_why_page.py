"""The page about a place: one sheet of paper, and nothing wider than a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_plans import EXACT

from muster.economy.read import read
from muster.plan import share_out
from muster.plan.why import explain
from muster.report.why import Account, account
from muster.report.why_page import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VILLAGES = Path(__file__).resolve().parents[2] / "examples" / "two-villages"
LONG = "Of what is needed in the living room, the kitchen and the stable of every house in the upper valley "


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return the page of Hill, and one with very long names."""
    plan = share_out(read(VILLAGES), options=EXACT)
    hill = tuple(account(plan, why) for why in explain(plan, "hill"))
    longest = Account(
        title=LONG.strip(),
        needs=LONG.strip(),
        facts=tuple((head, LONG * 2) for head, _ in hill[0].facts),
        holds=tuple((0.14, LONG) for _ in range(7)),
        before=tuple(LONG * 2 for _ in range(3)),
        helps=tuple((LONG, "49.8 % → 56.9 %") for _ in range(3)),
        idle=(LONG, LONG),
        note=hill[0].note,
    )
    folder = tmp_path_factory.mktemp("why")
    for name, accounts in (("hill", hill), ("long", (longest, *hill, *hill))):
        (folder / f"{name}.html").write_text(render(plan, "hill", accounts, nothing=""), encoding="utf-8")
    return [folder / "hill.html", folder / "long.html"]


def test_why_page_then_it_prints_on_one_sheet(chromium: Browser, pages: list[Path]) -> None:
    for path in pages:
        page = chromium.new_page()
        page.goto(path.as_uri())
        paper = page.pdf(format="A4", prefer_css_page_size=True)
        page.close()
        assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1, path.name


@pytest.mark.parametrize("width", [360, 1440])
def test_why_page_then_nothing_is_wider_than_the_screen_and_nothing_is_asked_for(
    chromium: Browser, pages: list[Path], width: int
) -> None:
    for path in pages:
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
        page.close()
