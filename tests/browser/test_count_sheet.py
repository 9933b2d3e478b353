"""The blind sheet: a store of twenty-five lots prints on one page."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from muster.report.count_sheet import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_sheet_given_twenty_five_lots_then_it_prints_on_one_page(chromium: Browser, tmp_path: Path) -> None:
    lines = [(f"fortified wheat flour, type {n}", f"LOT-2026-{n}", "2027-06-30") for n in range(25)]
    file = tmp_path / "sheet.html"
    file.write_text(render("store:kabul", lines, day=date(2024, 11, 27)), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    page.close()
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
