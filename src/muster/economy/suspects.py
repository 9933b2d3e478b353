"""Numbers that look like a placeholder: 9999 or 1000000 among much smaller ones, or one huge number again and again."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import polars as pl

from muster.economy.format import Advice, Place, fault_of_cells
from muster.economy.tables import LINE, TABLES
from muster.errors import Fault
from muster.units import mass_t

_ALIKE: Mapping[str, str] = MappingProxyType(
    {"contents": "need", "norms": "need"}
    | dict.fromkeys(("stocks", "arrivals", "recipes", "modes", "rations", "reserves"), "resource")
)
"""The column whose value says which numbers of a table are in the same unit."""

_USUAL_TIMES = 5.0
"""A usual placeholder stands out when it is so many times the largest other number …"""

_ANY_TIMES = 100.0
"""… and any other number when it is so many times as large, and is there at least so often:"""

_ANY_COUNT = 3
_FEWEST_OTHERS = 3
"""With fewer other numbers (where the number is no usual placeholder: other values), nothing is said to stand out."""


def stand_out(frames: Mapping[str, pl.DataFrame], files: Mapping[str, str]) -> list[Fault]:
    """Return a warning for each number that stands out from its column and looks like a placeholder.

    Args:
        frames: Tables by name; those that are missing are passed over.
        files: The file or sheet of each.
    """
    faults = []
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if column.kind in ("number", "whole") and column.most is None and column.least == 0:
                rows = _suspects(frame, column.name, _ALIKE.get(name))
                rows = _impure(rows, frame, frames) if name == "contents" else rows
                place = Place(files[name], column.name)
                faults += [_warning(place, part) for part in rows.partition_by("value", maintain_order=True)]
    return faults


def _warning(place: Place, rows: pl.DataFrame) -> Fault:
    number = f"{rows['value'][0]:.15g}"
    said = f'from the column; {number} is often written for "not available".'
    do = "leave the cell blank where the number is not known; if it is right, nothing needs to be done"
    advice = Advice(f"A number stands out {said}", f"{{n}} numbers stand out {said}", do, "F11", "warning")
    return fault_of_cells(place, advice, [(line, number) for line in rows[LINE]])


def _impure(rows: pl.DataFrame, contents: pl.DataFrame, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the rows that are not simply the whole mass of the resource, as 1,000,000 g of fat in a tonne of oil."""
    units = {
        table: dict(frames[table].select(key, "unit").iter_rows()) if table in frames else {}
        for table, key in (("resources", "resource"), ("needs", "need"))
    }

    def whole(resource: str, need: str, amount: float) -> bool:
        own, in_it = mass_t(units["resources"].get(resource) or ""), mass_t(units["needs"].get(need) or "")
        return own is not None and in_it is not None and own / in_it == Fraction(amount)

    named = rows.join(contents, on=LINE).select(LINE, "resource", "need", "value")
    lines = [line for line, *row in named.iter_rows() if whole(*row)]
    return rows.filter(~pl.col(LINE).is_in(lines))


def _suspects(frame: pl.DataFrame, name: str, alike: str | None) -> pl.DataFrame:
    """Return line and value of what is suspicious in a column, seen against all of it and against what is alike."""
    values = frame.select(LINE, value=pl.col(name).cast(pl.Float64), alike=pl.col(alike) if alike else pl.lit(""))
    values = values.drop_nulls().with_columns(usual=_usual(pl.col("value")))
    if not _worth_a_look(values):
        return values.clear().select(LINE, "value")
    found = [_against(values.with_columns(alike=pl.lit("")))]
    found += [_against(values)] if alike else []
    return pl.concat(found).unique(LINE).sort(LINE)


def _worth_a_look(values: pl.DataFrame) -> bool:
    """Return whether any number could be found to stand out, which few columns need be asked for closely."""
    if values.height <= _FEWEST_OTHERS:
        return False
    if values["usual"].any():
        return True
    numbers, times = np.unique(values["value"].to_numpy(), return_counts=True)
    least = numbers[numbers > 0].min(initial=np.inf)
    return bool((times[numbers >= _ANY_TIMES * least] >= _ANY_COUNT).any())


def _usual(value: pl.Expr) -> pl.Expr:
    """Nines only (999, 9999 …), or a power of ten from a million on."""
    power = 10.0 ** value.log10().round()
    return ((value >= 999) & (value + 1 == power)) | ((value >= 1e6) & (value == power))


def _against(values: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose value stands out from the other values with the same ``alike``."""
    value, usual = pl.col("value"), pl.col("usual")
    top = values.group_by("alike").agg(
        others=usual.not_().sum(),
        largest=value.filter(usual.not_()).max(),
        top=value.max(),
        next=value.filter(value < value.max()).max(),
        tops=(value == value.max()).sum(),
        kinds=value.n_unique(),
    )
    placeholder = usual & (value >= _USUAL_TIMES * pl.col("largest")) & (pl.col("others") >= _FEWEST_OTHERS)
    repeated = (value == pl.col("top")) & (pl.col("tops") >= _ANY_COUNT) & (pl.col("kinds") > _FEWEST_OTHERS)
    huge = (pl.col("next") > 0) & (value >= _ANY_TIMES * pl.col("next"))
    found = values.join(top, on="alike").filter(placeholder | (repeated & huge))
    return found.select(LINE, "value")
