"""A small economy as files, of which a test changes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

TABLES = {
    "economy.toml": 'title = "Small"\nstart = 2026-11-01\nperiod = "month"\nperiods = 3\n',
    "resources.csv": "resource,unit\nflour,t\ndiesel,l\n",
    "places.csv": "place,name\ndepot,Depot\nhill,Hill\n",
    "groups.csv": "group\nall\n",
    "needs.csv": "need,unit\nenergy,kcal\n",
    "norms.csv": "group,need,floor,norm\nall,energy,1400,2100\n",
    "people.csv": "place,group,people\nhill,all,500\n",
    "contents.csv": "resource,need,amount\nflour,energy,3500000\n",
    "stocks.csv": "place,resource,quantity\ndepot,flour,42\nhill,flour,6\n",
    "routes.csv": "from,to,mode,distance_km\ndepot,hill,truck,50\n",
}

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return a function that writes the small economy, changed: ``make({"stocks.csv": "…"})``; ``None`` leaves out."""

    def written(changes: dict[str, str | bytes | None] | None = None) -> Path:
        folder = tmp_path / "economy"
        folder.mkdir()
        for name, content in {**TABLES, **(changes or {})}.items():
            if content is not None:
                (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return folder

    return written
