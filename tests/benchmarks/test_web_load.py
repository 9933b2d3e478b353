"""The load of the web application, at a small size: a real server, and the page says what came of it."""

from __future__ import annotations

import pytest

pytest.importorskip("gunicorn", reason="needs the web extra")

from benchmarks import web_load
from benchmarks.measure import alone
from benchmarks.sections import TABLES
from benchmarks.web_demands import web_demands


def test_web_load_given_few_people_then_no_error_and_nothing_lost_or_doubled() -> None:
    found = alone("benchmarks.web_load", "SQLite", "5", "1", "2", "1", "two-villages", limit_s=150)
    for run, people in zip(found["load"], (5, 2), strict=True):
        assert (run["people"], run["errors"], run["lost"], run["doubled"]) == (people, 0, 0, 0)
        assert 0 < run["p50_ms"] <= run["p95_ms"] <= run["max_ms"]
    assert [run["what"] for run in found["weights"]] == list(web_load.PAGES)
    rows = {"web_load": {"found": found["load"] + found["weights"]}}
    told = {demand: verdict for demand, _, verdict in web_demands(rows)}
    assert list(told.values()).count("reached") == 3
    assert "5 clerks sync" in TABLES["web_load"][1](rows["web_load"]["found"])


def test_demands_given_an_error_or_a_loss_then_missed() -> None:
    run = {"what": "clerks sync", "database": "SQLite", "errors": 0, "lost": 0, "doubled": 0, "p95_ms": 1.0}
    for fault in ("errors", "lost", "doubled"):
        (row, *_) = web_demands({"web_load": {"found": [run | {fault: 1}]}})
        assert row[2] == "**missed**"
    assert web_demands({"web_load": {"found": [run]}})[0][2] == "reached"
    assert web_demands({})[0][1] == "not measured"
