"""What ``muster compare`` prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from muster.cli.answer import columns, large, people, percent
from muster.plan.policies import POLICIES
from muster.report.comparing import MEASURES
from muster.report.words import THIN
from muster.services.comparisons import Compared

MARKS = 24
"""Letters of a sorted curve on a terminal: the people in equal parts, the worst-off first."""

_TALL = "▁▂▃▄▅▆▇█"


def compare_text(compared: Compared) -> str:
    """Return the policies side by side for people: the table, the sorted curves, the price of fairness."""
    found = compared.comparison
    horizon = found.economy.horizon
    first, last = horizon.name(0), horizon.name(horizon.periods - 1)
    measure = MEASURES[found.measure]
    rows = [["policy", "below", "worst off", "on average", "of the norm", "t moved", "t kept"]]
    rows += [
        [
            row["policy"],
            people(row["people_below"], noun=False),
            percent(row["worst"]),
            percent(row["mean"]),
            percent(row["mean_norm"]),
            large(row["moved_t"]),
            large(row["kept_t"]),
        ]
        for row in found.table.iter_rows(named=True)
    ]
    most = max(found.table["people"], default=0.0)
    said = f"Of {people(most)}; below, worst off and on average: of the {measure}."
    curves = [[policy, _curve(found.curve.filter(policy=policy).rows(named=True))] for policy in found.plans]
    parts = [
        f"{found.economy.title}, {first}" + (f" to {last}" if last != first else ""),
        f"{columns(rows, right=range(1, 7))}\n{said}",
        "Everybody, from who has least to who has most, at their worst moment (full height: all of it)\n"
        + columns([["policy", ""], *curves]).split("\n", 1)[1],
        "\n".join(f"{policy}: {POLICIES[policy]}" for policy in found.plans),
        "\n".join(plain(sentence) for sentence in compared.price),
        _where(compared),
    ]
    return "\n\n".join(part for part in parts if part)


def compare_data(compared: Compared) -> dict[str, Any]:
    """Return what ``muster compare --json`` prints."""
    found = compared.comparison
    policies = []
    for row in found.table.iter_rows(named=True):
        curve = found.curve.filter(policy=row["policy"]).drop("policy").rows(named=True)
        policies.append({**row, "says": POLICIES[row["policy"]], "curve": curve})
    return {
        "title": found.economy.title,
        "economy_sha256": found.economy.sha256,
        "measure": found.measure,
        "policies": policies,
        "price": [plain(sentence) for sentence in compared.price],
        "page": None if compared.page is None else str(compared.page),
    }


def plain(sentence: str) -> str:
    """Return a sentence of the page as a terminal shows it: commas between thousands.

    Example:
        >>> plain(f"1{THIN}500 people at 91.7{THIN}%")
        '1,500 people at 91.7 %'
    """
    return re.sub(rf"(?<=\d){THIN}(?=\d)", ",", sentence).replace(THIN, " ")


def _curve(steps: Sequence[dict[str, Any]]) -> str:
    """Return a sorted curve as letters of eight heights; what is met in full, and nothing else, has the full one."""
    whole = sum(step["people"] for step in steps)
    letters, at = [], 0
    for part in range(MARKS):
        middle = whole * (part + 0.5) / MARKS
        while at < len(steps) - 1 and steps[at]["up_to"] < middle:
            at += 1
        level = steps[at]["level"] if steps else 1.0
        letters.append(_TALL[7 if level >= 1 - 1e-6 else min(6, int(level * 8))])
    return "".join(letters)


def _where(compared: Compared) -> str:
    lines = [f"plans    {compared.folder}"] if compared.folder else []
    return "\n".join([*lines, f"page     {compared.page}"] if compared.page else lines)
