"""The descriptor is what the ``frictionless`` tool itself accepts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from muster.economy.describe import describe
from muster.economy.read import parse
from muster.economy.write import write
from muster.errors import EconomyError

frictionless = pytest.importorskip("frictionless")

Make = Callable[..., Path]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def problems(descriptor: Path) -> list[tuple[str, str]]:
    """Return table and type of everything the tool finds."""
    report = frictionless.validate(str(descriptor))
    found = [("", error.type) for error in report.errors]
    return found + [(task.name, error.type) for task in report.tasks for error in task.errors]


def schema(descriptor: Path, table: str) -> dict[str, Any]:
    resources = {each["name"]: each for each in json.loads(descriptor.read_text(encoding="utf-8"))["resources"]}
    return resources[table]["schema"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["two-villages", "afghan-winter", "wfp-syria"])
def test_describe_given_an_example_then_the_tool_finds_it_sound(tmp_path: Path, name: str) -> None:
    economy, _ = parse(EXAMPLES / name)
    assert economy is not None
    assert problems(describe(write(economy, tmp_path / name))) == []


@pytest.mark.parametrize(
    ("table", "line", "kind"),
    [
        ("stocks", "depott,flour,1", "foreign-key"),
        ("places", "hill,Again", "primary-key"),
        ("stocks", "depot,flour,many", "type-error"),
        ("stocks", "depot,flour,-1", "constraint-error"),
        ("stocks", "depot,flour,", "constraint-error"),
    ],
)
def test_describe_given_a_table_that_is_broken_afterwards_then_the_tool_finds_it(
    make: Make, table: str, line: str, kind: str
) -> None:
    folder = make()
    descriptor = describe(folder)
    with (folder / f"{table}.csv").open("a") as file:
        file.write(f"{line}\n")
    assert problems(descriptor) == [(table, kind)]


def test_describe_given_other_separators_encodings_tags_and_names_then_the_tool_reads_them(make: Make) -> None:
    changes = {
        "stocks.csv": "\ufeffADM1_PCODE;resource;quantity\n#adm1+code;#item+code;#quantity\ndepot;flour;42\n",
        "places.csv": "\n\nADM1_PCODE,name\ndepot,Depot\nhill,Hill\n",
        "needs.csv": "need\tunit\nenergy\tkcal\n".encode("utf-16"),
        "groups.csv": "group,name,tier\nall,,\n",
        "resources.csv": "resource,unit,pooled,keep\nflour,t,YES,\ndiesel,l,0,1\n",
        "places.geojson": '{"type":"FeatureCollection","features":[]}',
    }
    descriptor = describe(make(changes))
    assert problems(descriptor) == []
    assert schema(descriptor, "stocks")["foreignKeys"][0] == {
        "fields": ["ADM1_PCODE"],
        "reference": {"resource": "places", "fields": ["ADM1_PCODE"]},
    }


def test_describe_given_a_table_then_its_columns_keys_bounds_and_meaning(make: Make) -> None:
    norms = schema(describe(make()), "norms")
    assert [field["name"] for field in norms["fields"]] == ["group", "need", "floor", "norm"]
    assert norms["primaryKey"] == ["group", "need"]
    assert norms["missingValues"] == [""]
    assert norms["fields"][2] == {
        "name": "floor",
        "type": "number",
        "description": "Survival minimum.",
        "unit": "need per person and day",
        "constraints": {"required": True, "minimum": 0.0},
    }
    references = [key["reference"]["resource"] for key in norms["foreignKeys"]]
    assert references == ["groups", "needs"]


def test_describe_given_tables_that_are_missing_then_only_those_there(make: Make) -> None:
    descriptor = describe(make({"groups.csv": None, "norms.csv": None}))
    names = [each["name"] for each in json.loads(descriptor.read_text())["resources"]]
    assert "groups" not in names
    assert [key["reference"]["resource"] for key in schema(descriptor, "people")["foreignKeys"]] == ["places"]


def test_describe_given_it_twice_then_the_same_bytes(make: Make) -> None:
    folder = make()
    first = describe(folder).read_bytes()
    assert describe(folder).read_bytes() == first
    assert parse(folder)[1] == []


def test_describe_given_parquet_then_it_is_named_as_such(make: Make) -> None:
    folder = make({"stocks.csv": None})
    pl.DataFrame({"place": ["hill"], "resource": ["flour"], "quantity": [1.5]}).write_parquet(folder / "stocks.parquet")
    resources = json.loads(describe(folder).read_text())["resources"]
    [stocks] = [each for each in resources if each["name"] == "stocks"]
    assert (stocks["path"], stocks["format"]) == ("stocks.parquet", "parquet")


def test_describe_given_a_fault_of_the_format_then_nothing_is_written(make: Make) -> None:
    folder = make({"stocks.csv": "place,resource,quantity\ndepot,flour,x\n"})
    with pytest.raises(EconomyError, match="not a number"):
        describe(folder)
    assert not (folder / "datapackage.json").exists()


def test_describe_given_no_folder_then_an_error(tmp_path: Path) -> None:
    with pytest.raises(EconomyError, match="no such folder"):
        describe(tmp_path / "nowhere")


def test_describe_given_a_workbook_then_says_what_to_do(make: Make, tmp_path: Path) -> None:
    economy, _ = parse(make())
    assert economy is not None
    with pytest.raises(EconomyError, match="save its sheets as CSV"):
        describe(write(economy, tmp_path / "x.xlsx", form="xlsx"))
