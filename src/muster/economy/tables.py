"""The schema of every table of an economy, as data.

Reading, writing, checking, the Frictionless descriptor and the reference in ``docs/`` all come from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import polars as pl

Kind = Literal["text", "labels", "number", "whole", "date", "yes_no", "choice"]

LINE = "_line"
"""Column of every frame: the row's line in its own file (1 is the first line of the file)."""

DTYPES: Mapping[Kind, pl.DataType] = MappingProxyType(
    {
        "text": pl.String(),
        "labels": pl.String(),
        "number": pl.Float64(),
        "whole": pl.Int64(),
        "date": pl.Date(),
        "yes_no": pl.Boolean(),
        "choice": pl.String(),
    }
)


@dataclass(frozen=True)
class Column:
    """One column: what it means, what may stand in it, and what a blank stands for.

    Attributes:
        name: As in the header.
        kind: ``labels`` is text of one or several words separated by spaces.
        meaning: One sentence for the reference.
        unit: Unit of measure, for the reference.
        key: Part of the table's key.
        required: The column must exist and a blank is a fault.
        default: What a blank or a missing column stands for (``None``: nothing is said).
        choices: The words allowed, for ``choice``.
        least, most: Bounds of a number; ``None`` is no bound.
        refers: Table whose first key column must hold the value.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    key: bool = False
    required: bool = False
    default: str | float | int | bool | None = None
    choices: tuple[str, ...] = ()
    least: float | None = 0.0
    most: float | None = None
    refers: str | None = None

    @property
    def dtype(self) -> pl.DataType:
        """The polars type of the column in a frame."""
        return DTYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table: its columns in order and what a row says.

    Attributes:
        name: File and sheet name without ending.
        meaning: What one row says.
        columns: In the order they are written.
        required: An economy without this table is a fault.
        unique: The key columns identify a row (else rows add up).
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    required: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key columns; empty where rows add up."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Names and polars types of a frame of this table, with the line column last."""
        return {column.name: column.dtype for column in self.columns} | {LINE: pl.Int64()}

    def column(self, name: str) -> Column:
        """Return the column called ``name`` (``KeyError`` if there is none)."""
        return {column.name: column for column in self.columns}[name]

    def empty(self) -> pl.DataFrame:
        """Return the table without rows."""
        return pl.DataFrame(schema=self.schema)


def _text(name: str, meaning: str, **more: object) -> Column:
    return Column(name, "text", meaning, **more)  # type: ignore[arg-type]


def _number(name: str, meaning: str, unit: str, **more: object) -> Column:
    return Column(name, "number", meaning, unit, **more)  # type: ignore[arg-type]


def _date(name: str, meaning: str, **more: object) -> Column:
    return Column(name, "date", meaning, **more)  # type: ignore[arg-type]


_ALL = (
    Table(
        "resources",
        "Anything that is counted: wheat, diesel, labour-hours, truck-hours, a mill, money.",
        (
            _text("resource", "Id of the resource.", key=True, required=True),
            _text("name", "Name for people; the id where blank."),
            _text("unit", "Unit it is counted in: t, kg, l, kWh, h, piece, usd …", required=True),
            Column(
                "class", "labels", "One or several labels, separated by spaces; used by rations, stores and carries."
            ),
            _number(
                "mass_t",
                "Mass of one unit. Known for units of mass; otherwise blank = cannot travel, and 0 must be written "
                "for what travels without weight.",
                "t per unit",
            ),
            _number(
                "keep",
                "Fraction of a stock left after one period; 0 = cannot be stored (labour-hours).",
                "fraction",
                default=1.0,
                most=1.0,
            ),
            Column("pooled", "yes_no", "One pool for the whole economy (a budget).", default=False),
            _number("effort", "Weight of one unit used up, in the last goal.", "per unit", default=0.0),
            _number(
                "pack",
                "Units in one pack: 0.05 for bags of 50 kg of what is counted in t (blank: no packs). "
                "`muster plan --packs` sends whole packs.",
                "units per pack",
            ),
        ),
        required=True,
    ),
    Table(
        "places",
        "A point or area: district, depot, port, camp.",
        (
            _text("place", "Id of the place; a p-code where one exists.", key=True, required=True),
            _text("name", "Name for people; the id where blank."),
            _text("parent", "Place of which this one is a part.", refers="places"),
            _number("latitude", "For the map.", "degrees", least=-90.0, most=90.0),
            _number("longitude", "For the map.", "degrees", least=-180.0, most=180.0),
            _text("kind", "Depot, province, town, camp …"),
        ),
        required=True,
    ),
    Table(
        "groups",
        "A kind of people with the same norms.",
        (
            _text("group", "Id of the group.", key=True, required=True),
            _text("name", "Name for people; the id where blank."),
            Column("tier", "whole", "1 is first; used by the priority policy and shown in reports.", least=1.0),
        ),
    ),
    Table(
        "people",
        "How many people of a group are at a place from a date on; nobody before the first row.",
        (
            _text("place", "Where they are.", key=True, required=True, refers="places"),
            _text("group", "Their group.", key=True, required=True, refers="groups"),
            _date("from", "First day (blank: the start).", key=True),
            _number("people", "How many, from then on.", "persons", required=True),
        ),
    ),
    Table(
        "needs",
        "What people must have.",
        (
            _text("need", "Id of the need.", key=True, required=True),
            _text("name", "Name for people; the id where blank."),
            _text("unit", "Unit of the need, per person and day: kcal, g, kWh, l …", required=True),
        ),
    ),
    Table(
        "norms",
        "How much of a need a person must have each day. A row that names the place wins over one that does not, "
        "then one that names the group, then the latest date.",
        (
            _text("group", "Blank: every group.", key=True, refers="groups"),
            _text("need", "Which need.", key=True, required=True, refers="needs"),
            _text("place", "Blank: every place.", key=True, refers="places"),
            _date("from", "First day (blank: the start).", key=True),
            _number("floor", "Survival minimum.", "need per person and day", required=True),
            _number("norm", "Full standard; not below the floor.", "need per person and day", required=True),
            _number("covered", "What people have of their own.", "need per person and day", default=0.0),
        ),
    ),
    Table(
        "contents",
        "How much of a need one unit of a resource provides; a unit given serves all its needs at once.",
        (
            _text("resource", "Which resource.", key=True, required=True, refers="resources"),
            _text("need", "Which need.", key=True, required=True, refers="needs"),
            _number("amount", "Units of the need in one unit of the resource.", "need per unit", required=True),
        ),
    ),
    Table(
        "rations",
        "The most of a resource, or of a class together, that a person may be given a day. All rows that fit apply.",
        (
            _text("group", "Blank: every group.", key=True, refers="groups"),
            _text("resource", "Which resource (or a class, not both).", key=True, refers="resources"),
            _text("class", "Which class (or a resource, not both).", key=True),
            _number("most", "Units of the resource, or tonnes of the class.", "per person and day", required=True),
        ),
    ),
    Table(
        "stocks",
        "What is held at the start, whole in the first period.",
        (
            _text("place", "Where it lies (blank: pooled).", refers="places"),
            _text("resource", "What it is.", required=True, refers="resources"),
            _number("quantity", "How much.", "unit of the row, else of the resource", required=True),
            _text("unit", "Unit of this row, converted exactly to the resource's."),
            _text("lot", "Mark of the lot."),
            _date("expires", "Good through that day (blank: does not expire)."),
        ),
    ),
    Table(
        "arrivals",
        "What becomes available: once (quantity and on), or steadily (per_day, with from and until).",
        (
            _text("place", "Where it arrives (blank: pooled).", refers="places"),
            _text("resource", "What it is.", required=True, refers="resources"),
            _number("quantity", "How much, once.", "unit of the row, else of the resource"),
            _date("on", "The day it arrives."),
            _number("per_day", "How much each day.", "unit per day"),
            _date("from", "First day (blank: the start)."),
            _date("until", "First day without (blank: to the end)."),
            _text("unit", "Unit of this row, converted exactly to the resource's."),
        ),
    ),
    Table(
        "stores",
        "How much a place can hold at the end of a period.",
        (
            _text("place", "Which place.", key=True, required=True, refers="places"),
            _text("class", "Which class (blank: everything).", key=True),
            _number("capacity_t", "Most that can lie there.", "t", required=True),
        ),
    ),
    Table(
        "routes",
        "A directed connection and when it is open; several rows may give several openings.",
        (
            _text("from", "Where it leaves.", key=True, required=True, refers="places"),
            _text("to", "Where it arrives.", key=True, required=True, refers="places"),
            _text("mode", "How it is travelled.", key=True, required=True),
            _date("opens", "First open day (blank: always was).", key=True),
            _date("closes", "First closed day (blank: never)."),
            _number("distance_km", "Length of the way.", "km", default=0.0),
            Column("lead_days", "whole", "Days from leaving to arriving.", "days", default=0),
            _number(
                "capacity_t_per_day", "Most that can leave a day, all resources together (blank: no limit).", "t/day"
            ),
            _number("loss", "Fraction lost of what is sent.", "fraction", default=0.0, most=1.0),
            Column("both", "yes_no", "The same in both directions, each with its own capacity.", default=False),
        ),
    ),
    Table(
        "modes",
        "What travelling in a mode consumes or occupies, drawn at the sending place or from the pool.",
        (
            _text("mode", "Which mode.", required=True),
            _text("resource", "What it takes.", required=True, refers="resources"),
            Column(
                "use",
                "choice",
                "consumed: used up; occupied: a durable thing, in resource-days.",
                required=True,
                choices=("consumed", "occupied"),
            ),
            _number("per_t_km", "For each tonne and kilometre.", "units per t km", default=0.0),
            _number("per_t", "For each tonne sent.", "units per t", default=0.0),
            _number(
                "vehicle_t",
                "What one vehicle of the mode carries, the same in all its rows (blank: trips are not counted). "
                "`muster plan --packs` counts trips.",
                "t per trip",
            ),
        ),
    ),
    Table(
        "carries",
        "What a mode carries; a mode without rows carries everything that can travel.",
        (
            _text("mode", "Which mode.", required=True),
            _text("class", "Which class (blank: everything)."),
        ),
    ),
    Table(
        "recipes",
        "What one run of an activity takes, occupies and gives.",
        (
            _text("recipe", "Which recipe.", required=True),
            _text("resource", "What goes in or comes out.", required=True, refers="resources"),
            Column(
                "use",
                "choice",
                "input: used up; output: made; occupied: a durable thing, in resource-days.",
                required=True,
                choices=("input", "output", "occupied"),
            ),
            _number("quantity", "How much for one run.", "units per run", required=True),
            Column("after_days", "whole", "Days after the last day of the period it ran (outputs only).", "days"),
            Column("after_periods", "whole", "Periods after the one it ran in (outputs only).", "periods"),
        ),
    ),
    Table(
        "plants",
        "Capacity to run a recipe at a place; a recipe runs only where it has a plant.",
        (
            _text("place", "Where.", required=True, refers="places"),
            _text("recipe", "Which recipe.", required=True, refers="recipes"),
            _number("runs_per_day", "Most runs a day (blank: no limit).", "runs/day"),
            _date("from", "First day (blank: the start)."),
            _date("until", "First day without (blank: to the end)."),
        ),
    ),
    Table(
        "reserves",
        "Stock to be held back at the end of a period: days of a need, or a quantity of a need or of a resource.",
        (
            _text("place", "Where (blank: all places together).", refers="places"),
            _text("need", "Which need (or a resource, not both).", refers="needs"),
            _text("resource", "Which resource (or a need, not both).", refers="resources"),
            _number("days", "Days of the full norm of the people there (needs only).", "days"),
            _number("quantity", "Units of the need or of the resource.", "unit"),
            _date("on", "A day of the period at whose end it is held (blank: end of the horizon)."),
        ),
    ),
    Table(
        "sources",
        "Which numbers are real and which assumed; shown at the foot of the report.",
        (
            _text("table", "Table the numbers stand in.", required=True),
            _text("what", "Which numbers.", required=True),
            Column("kind", "choice", "real or assumed.", required=True, choices=("real", "assumed")),
            _text("source", "Where a real number comes from; the reason for an assumed one.", required=True),
        ),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _ALL})
"""Every table by name, in the order they are written."""

SHAPES = "places.geojson"
"""Shapes of places (property ``place``), for maps; optional."""

OPTIONS = "economy"
"""Name of the file (``economy.toml``) or sheet that holds title, horizon and goals."""

PERIODS = ("day", "week", "month", "year")
GOALS = ("floor", "reserve", "norm", "effort")
