"""What is written is read back exactly, in all three forms."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from building import build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.economy import sheets
from muster.economy.economy import Economy
from muster.economy.format import PLACEHOLDERS
from muster.economy.read import parse
from muster.economy.tables import LINE, PERIODS, TABLES, Column
from muster.economy.write import replace_tables, write
from muster.errors import EconomyError

Make = Callable[..., Path]
FORMS = ("csv", "xlsx", "parquet")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SHAPES = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {"place": "hill", "name": "=ü \\ _x0041_ "}, "geometry": None}]
    * 500,
}


def target(folder: Path, form: str) -> Path:
    return folder / ("economy.xlsx" if form == "xlsx" else "economy")


def same(one: Economy, other: Economy) -> None:
    for name, frame in one.tables.items():
        back = other.tables[name]
        assert back.drop(LINE).equals(frame.drop(LINE)), f"{name}\n{frame}\n{back}"
    settings_of = [(each.title, each.horizon, each.goals, each.step, each.slack, each.shapes) for each in (one, other)]
    assert settings_of[0] == settings_of[1]
    assert one.sha256 == other.sha256


def round_trip(economy: Economy, folder: Path, form: str) -> None:
    back, faults = parse(write(economy, target(folder, form), form=form))  # type: ignore[arg-type]
    assert [fault.text() for fault in faults if fault.severity == "fault"] == []
    assert back is not None
    same(economy, back)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["two-villages", "afghan-winter", "wfp-syria"])
def test_write_given_an_example_then_it_is_read_back_exactly(tmp_path: Path, name: str, form: str) -> None:
    economy, _ = parse(EXAMPLES / name)
    assert economy is not None
    round_trip(economy, tmp_path, form)


@pytest.mark.parametrize("form", FORMS)
def test_write_given_shapes_longer_than_a_cell_then_they_are_read_back(tmp_path: Path, form: str) -> None:
    round_trip(build(resources=[], places=[{"place": "hill"}], options={"shapes": SHAPES}), tmp_path, form)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_write_given_the_same_economy_twice_then_the_same_bytes(make: Make, tmp_path: Path, form: str) -> None:
    economy, _ = parse(make())
    assert economy is not None
    written = []
    for name in ("a", "b"):
        path = write(economy, target(tmp_path / name, form), form=form)  # type: ignore[arg-type]
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        written.append([(file.name, file.read_bytes()) for file in files])
    assert written[0] == written[1]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
TEXTS = st.one_of(
    NAMES, st.sampled_from(["a,b;c\td", 'a "b"', "a\nb", "_x0041_", "1", "1e5", "NA", "2026-11-01", "#x", "sep=;"])
)
NUMBERS = st.one_of(
    st.floats(min_value=0, max_value=1e300), st.integers(0, 10**9).map(float), st.sampled_from([0.1 + 0.2, 5e-324])
)
DATES = st.one_of(st.dates(date(1900, 1, 1)), st.dates(date(1900, 2, 27), date(1900, 3, 2)))


def readable(text: str) -> bool:
    """Text that rule F10 allows, trimmed as polars trims it."""
    trimmed = pl.Series([text]).str.strip_chars()[0]
    allowed = text == trimmed and text[0] not in "=+-@" and text.lower() not in PLACEHOLDERS
    return allowed and not {"\ufffe", "\uffff"} & set(text)


LABELS = NAMES.filter(lambda name: readable(name) and not any(sign.isspace() or sign in ",;" for sign in name))


def cells(column: Column) -> st.SearchStrategy[Any]:
    most = column.most if column.most is not None else 1e300
    least = column.least if column.least is not None else 0.0
    values: st.SearchStrategy[Any] = {
        "text": TEXTS.filter(readable),
        "labels": st.lists(LABELS, min_size=1, max_size=3).map(" ".join),
        "number": NUMBERS.filter(lambda number: least <= number <= most),
        "whole": st.integers(int(least), 2**53),
        "date": DATES,
        "yes_no": st.booleans(),
        "choice": st.sampled_from(column.choices or ("",)),
    }[column.kind]
    optional = not column.required and column.default is None
    return st.none() | values if optional else values


def row_of_tags(row: dict[str, Any]) -> bool:
    """A first row that reads as HXL tags, e.g. ``#x`` alone: it is refused (see the test of it below)."""
    return all(value is None or str(value).startswith("#") for value in row.values())


def rows(name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries({column.name: cells(column) for column in TABLES[name].columns})
    filled = st.lists(row.filter(lambda row: any(value is not None for value in row.values())), max_size=4)
    return filled.filter(lambda found: not found or not row_of_tags(found[0]))


ECONOMIES = st.builds(
    lambda horizon, options, tables: build(
        start=horizon[0], period=horizon[1], periods=horizon[2], options=options, **tables
    ),
    st.tuples(st.dates(date(1900, 1, 1), date(3000, 1, 1)), st.sampled_from(PERIODS), st.integers(1, 5000)),
    st.fixed_dictionaries(
        {
            "goals": st.sampled_from([("floor",), ("norm", "floor"), ("reserve", "effort")]),
            "step": st.floats(1e-9, 1.0),
            "slack": st.floats(0.0, 0.499),
        }
    ),
    st.sets(st.sampled_from(sorted(TABLES)), min_size=1, max_size=3).flatmap(
        lambda names: st.fixed_dictionaries({name: rows(name) for name in sorted(names)})
    ),
)


def law(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    quick = settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    return lambda test: quick(given(economy=ECONOMIES)(test))


@law(examples=60)
def test_law_what_is_written_as_csv_is_read_back_exactly(
    economy: Economy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    round_trip(economy, tmp_path_factory.mktemp("law"), "csv")


@law(examples=30)
def test_law_what_is_written_as_xlsx_is_read_back_exactly(
    economy: Economy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    round_trip(economy, tmp_path_factory.mktemp("law"), "xlsx")


@law(examples=5)
def test_law_what_is_written_as_parquet_is_read_back_exactly(
    economy: Economy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    round_trip(economy, tmp_path_factory.mktemp("law"), "parquet")


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ({"place": " hill"}, "would not be read back as it is"),
        ({"place": "=1+1"}, 'begins with "="'),
        ({"place": "hill", "name": "a\rb"}, "hidden characters"),
        ({"place": "hill", "name": ""}, "would not be read back as it is"),
        ({"place": "hill", "name": "n/a"}, "placeholder"),
        ({"place": "hill", "latitude": 91.0}, "above 90"),
        ({"place": "hill", "latitude": float("nan")}, "placeholder"),
        ({"place": None, "name": "Hill"}, "must be filled"),
        ({"place": "hill", "kind": "x" * 40_000}, "too long"),
        ({"place": "#hill"}, "would not be read back as it is"),
    ],
)
def test_write_given_a_cell_that_would_not_come_back_then_nothing_is_written(
    tmp_path: Path, place: dict[str, Any], says: str
) -> None:
    with pytest.raises(EconomyError, match=says):
        write(build(places=[place]), tmp_path / "economy")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "rows",
    [[{"resource": "usd", "unit": "usd", "pooled": None}], [{"resource": "usd", "unit": "usd", "class": "a  b"}]],
)
def test_write_given_a_cell_that_was_not_read_then_nothing_is_written(
    tmp_path: Path, rows: list[dict[str, Any]]
) -> None:
    with pytest.raises(EconomyError, match="The table resources would not be read back"):
        write(build(resources=rows), tmp_path / "economy")


def test_write_given_a_row_of_nothing_then_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(EconomyError, match="a row without anything in it"):
        write(build(reserves=[{}]), tmp_path / "economy")


@pytest.mark.parametrize(
    "options",
    [
        {"shapes": {"type": "FeatureCollection", "features": [float("nan")]}},
        {"shapes": {1: "x"}},
        {"shapes": {"x": {1, 2}}},
        {"shapes": {"type": "FeatureCollection", "features": [{"properties": {}}]}},
        {"shapes": {"type": "FeatureCollection", "features": [{"properties": {"place": "a", 1: 2}}]}},
        {"goals": ("flor",)},
        {"step": 2.0},
    ],
)
def test_write_given_options_that_would_not_come_back_then_nothing_is_written(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    with pytest.raises(EconomyError):
        write(build(options=options), tmp_path / "economy")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", [" a", "=1", ""])
def test_write_given_a_title_that_would_not_come_back_then_nothing_is_written(tmp_path: Path, title: str) -> None:
    with pytest.raises(EconomyError):
        write(build(title=title), tmp_path / "economy")


def test_write_given_a_full_folder_then_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    with pytest.raises(EconomyError, match="Something is there already"):
        write(build(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["keep.txt"]


def test_write_given_a_folder_where_the_workbook_should_be_then_refused(tmp_path: Path) -> None:
    with pytest.raises(EconomyError, match="A folder is in the way"):
        write(build(), tmp_path, form="xlsx")


def test_write_given_an_older_workbook_then_it_is_replaced(tmp_path: Path) -> None:
    write(build(title="Old"), tmp_path / "x.xlsx", form="xlsx")
    write(build(title="New"), tmp_path / "x.xlsx", form="xlsx")
    economy, _ = parse(tmp_path / "x.xlsx")
    assert economy is not None
    assert economy.title == "New"
    assert [path.name for path in tmp_path.iterdir()] == ["x.xlsx"]


def test_write_given_more_rows_than_a_sheet_holds_then_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.economy.write.MOST_ROWS", 3)
    with pytest.raises(EconomyError, match="too long for a sheet"):
        write(build(places=[{"place": f"p{i}"} for i in range(3)]), tmp_path / "x.xlsx", form="xlsx")


def test_write_given_a_disk_that_fails_then_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("muster.economy.write._write_table", full)
    with pytest.raises(OSError, match="no space left"):
        write(build(), tmp_path / "economy")
    assert list(tmp_path.iterdir()) == []


def test_write_given_tables_without_rows_then_only_the_required_are_there(tmp_path: Path) -> None:
    names = sorted(path.name for path in write(build(), tmp_path / "economy").iterdir())
    assert names == ["economy.toml", "places.csv", "resources.csv"]


def test_exact_given_any_number_then_every_digit_it_needs() -> None:
    for number in itertools.chain([0.1 + 0.2, 1e22, 5e-324], (i / 7 for i in range(50))):
        assert float(f"{sheets._Exact(number):.16G}") == number


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_replace_tables_given_some_then_these_are_new_and_all_others_the_same_bytes(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "two-villages", tmp_path / "villages"))
    before, (economy, _) = files_of(folder), parse(folder)
    assert economy is not None
    fewer = replace(economy, stocks=economy.stocks.head(1), arrivals=economy.arrivals.clear())
    written = replace_tables(fewer, folder, tables=["stocks", "arrivals"])
    assert [file.name for file in written] == ["stocks.csv", "arrivals.csv"]
    after = files_of(folder)
    assert {name for name in after if after[name] != before.get(name)} == {"stocks.csv", "arrivals.csv"}
    back, faults = parse(folder)
    assert back is not None and [fault for fault in faults if fault.severity == "fault"] == []
    same(fewer, back)


def test_replace_tables_given_parquet_then_it_stays_parquet(tmp_path: Path) -> None:
    economy, _ = parse(EXAMPLES / "two-villages")
    assert economy is not None
    folder = write(economy, tmp_path / "villages", form="parquet")
    read_again, _ = parse(folder)
    assert read_again is not None
    fewer = replace(read_again, stocks=read_again.stocks.head(2))
    assert [file.name for file in replace_tables(fewer, folder, tables=["stocks"])] == ["stocks.parquet"]
    back, _ = parse(folder)
    assert back is not None
    same(fewer, back)


def test_replace_tables_given_what_cannot_be_read_back_then_nothing_is_written(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "two-villages", tmp_path / "villages"))
    before, (economy, _) = files_of(folder), parse(folder)
    assert economy is not None
    broken = replace(economy, stocks=economy.stocks.with_columns(lot=pl.lit("=1+1")))
    with pytest.raises(EconomyError):
        replace_tables(broken, folder, tables=["arrivals", "stocks"])
    assert files_of(folder) == before


def test_replace_tables_given_no_room_for_the_second_then_the_first_stays_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(EXAMPLES / "two-villages", tmp_path / "villages"))
    before, (economy, _) = files_of(folder), parse(folder)
    assert economy is not None
    writes, done = pl.DataFrame.write_csv, []

    def write_csv(frame: pl.DataFrame, file: Path) -> None:
        done.append(file)
        if len(done) == 2:
            raise OSError(28, "No space left on device")
        writes(frame, file)

    monkeypatch.setattr(pl.DataFrame, "write_csv", write_csv)
    with pytest.raises(OSError, match="No space left"):
        replace_tables(replace(economy, stocks=economy.stocks.head(1)), folder, tables=["stocks", "arrivals"])
    assert files_of(folder) == before
