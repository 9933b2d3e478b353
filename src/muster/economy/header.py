"""Which column is which: by name, by HXL tag, by the p-code names of COD and HAPI files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from muster.economy.format import did_you_mean, shown
from muster.economy.grid import Grid
from muster.economy.tables import LINE, Table
from muster.errors import Fault

_TAG = re.compile(r"#\s*[a-z][a-z0-9_]*(\s*\+\s*[a-z][a-z0-9_]*)*", re.IGNORECASE)
_P_CODE = re.compile(r"(?:adm(?:in)?[ _]?(\d)?[ _]?)?(?:p[ _]?code)|adm(?:in)?[ _]?(\d)[ _]?code", re.IGNORECASE)

_TAGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "place": ("#adm5+code", "#adm4+code", "#adm3+code", "#adm2+code", "#adm1+code", "#loc+code", "#adm1", "#loc"),
        "name": ("#adm5+name", "#adm4+name", "#adm3+name", "#adm2+name", "#adm1+name", "#loc+name", "#item+name"),
        "latitude": ("#geo+lat",),
        "longitude": ("#geo+lon",),
        "people": ("#population", "#affected", "#inneed", "#targeted"),
        "group": ("#beneficiary+code", "#beneficiary"),
        "resource": ("#item+code", "#item"),
        "quantity": ("#output+num", "#indicator+num"),
        "from": ("#date+start",),
        "until": ("#date+end",),
        "on": ("#date+delivery", "#delivery+date"),
        "expires": ("#date+expires", "#date+expiry"),
    }
)
"""Standard HXL tags of columns, best first; a tag such as ``#resource`` names its column itself."""


def recognise(grid: Grid, table: Table) -> tuple[Grid, dict[str, int], list[Fault]]:
    """Return the grid without its HXL row, the position of every column that was recognised, and faults.

    A blank name over a blank column is skipped; a column that is there twice counts once.
    """
    grid, tags = _without_tags(grid)
    where = f"{grid.file}:{grid.line}"
    known = {column.name for column in table.columns}
    positions: dict[str, int] = {}
    others: list[int] = []
    faults: list[Fault] = []
    for i, name in enumerate(grid.header):
        if name in positions:
            do = "keep one of them; the first was read"
            faults.append(Fault("A column is there twice.", f"{where}, column {name}", name, do, "F4"))
        elif name in known:
            positions[name] = i
        elif name or grid.cells[str(i)].null_count() < grid.cells.height:
            others.append(i)
    others = _by_tag(positions, others, tags, known)
    others = _by_p_code(positions, others, grid.header, known)
    missing = [column.name for column in table.columns if column.required and column.name not in positions]
    faults += _unknown(grid, others, known, where)
    faults += [
        Fault(
            f'The column "{name}" is missing: {table.column(name).meaning.rstrip(".")[:60]}.',
            where,
            ", ".join(shown(each) for each in grid.header[:12]),
            f'add the column "{name}"; {table.name} has {", ".join(column.name for column in table.columns)}',
            "F4",
        )
        for name in missing
    ]
    return grid, positions, faults


def _without_tags(grid: Grid) -> tuple[Grid, list[str]]:
    """Return the grid without its row of HXL tags, and the tag of every column (``""`` where it has none)."""
    if any(grid.header) and all(_TAG.fullmatch(name) for name in grid.header if name):
        return grid, list(grid.header)
    first = grid.cells.drop(LINE).head(1)
    row = [value or "" for value in first.row(0)] if first.height else []
    if not any(row) or not all(_TAG.fullmatch(value) for value in row if value):
        return grid, [""] * len(grid.header)
    return replace(grid, cells=grid.cells[1:]), row


def _by_tag(positions: dict[str, int], others: list[int], tags: list[str], known: set[str]) -> list[int]:
    """Add the columns that their tag names; return those that are left."""
    parts = {i: re.sub(r"\s", "", tags[i].casefold()).split("+") for i in others if tags[i]}
    for name in known - positions.keys():
        for pattern in (f"#{name}", *_TAGS.get(name, ())):
            root, *attributes = pattern.split("+")
            fits = [i for i, (tag, *more) in parts.items() if tag == root and set(attributes) <= set(more)]
            if fits:
                positions[name] = fits[0]
                del parts[fits[0]]
                break
    return [i for i in others if i not in positions.values()]


def _by_p_code(positions: dict[str, int], others: list[int], header: tuple[str, ...], known: set[str]) -> list[int]:
    """Add the deepest p-code column as ``place`` where that is missing; return the columns that are left."""
    matches = {i: match for i in others if (match := _P_CODE.fullmatch(header[i]))}
    if "place" not in known or "place" in positions or not matches:
        return others
    positions["place"] = max(matches, key=lambda i: int(matches[i][1] or matches[i][2] or 0))
    return [i for i in others if i not in matches]


def _unknown(grid: Grid, others: list[int], candidates: set[str], where: str) -> list[Fault]:
    faults = []
    for i in others[:20]:
        name = grid.header[i]
        what = f"The {grid.table} table has no column of this name." if name else "A column has values and no name."
        do = (
            f"{did_you_mean(name, sorted(candidates))}correct the name, or delete the column"
            if name
            else "name it, or delete it"
        )
        seen = shown(name) if name else f"column {i + 1}"
        faults.append(Fault(what, where, seen, do, "F4"))
    if len(others) > 20:
        what = f"The {grid.table} table has {len(others) - 20:,} more unknown columns."
        faults.append(Fault(what, where, shown(grid.header[others[20]]), "delete them", "F4", count=len(others) - 20))
    return faults
