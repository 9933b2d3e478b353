"""economy.toml: what it may say, and what is said where it does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from muster.economy.economy import Horizon
from muster.economy.options import Options, from_toml, toml
from muster.economy.read import parse
from muster.errors import Fault

Make = Callable[..., Path]
START = "start = 2026-11-01\n"
WHOLE = START + 'period = "month"\nperiods = 5\n'


def told(text: str | bytes) -> tuple[Options | None, list[Fault]]:
    return from_toml(text.encode() if isinstance(text, str) else text, file="economy.toml")


def only(text: str | bytes) -> Fault:
    _, faults = told(text)
    assert len(faults) == 1, "\n".join(fault.text() for fault in faults)
    assert faults[0].where.startswith("economy.toml:")
    return faults[0]


def test_from_toml_given_only_the_horizon_then_the_defaults() -> None:
    options, faults = told(WHOLE)
    assert faults == []
    assert options == Options("Untitled economy", Horizon(date(2026, 11, 1), "month", 5))
    assert options is not None
    assert (options.goals, options.step, options.slack) == (("floor", "reserve", "norm", "effort"), 0.05, 0.001)


def test_from_toml_given_everything_then_everything() -> None:
    text = 'title = "Zwei  Dörfer"\nstart = "2026-11-01"\nperiod = "week"\nperiods = 20.0\n'
    options, faults = told(text + 'goals = ["norm", "effort"]\nstep = 1\nslack = 0\n')
    assert faults == []
    assert options == Options("Zwei Dörfer", Horizon(date(2026, 11, 1), "week", 20), ("norm", "effort"), 1.0, 0.0)


@pytest.mark.parametrize("text", ["\ufeff" + WHOLE, WHOLE.replace("\n", "\r\n"), WHOLE.replace("\n", "\r")])
def test_from_toml_given_another_form_of_text_then_the_same(text: str) -> None:
    assert told(text) == told(WHOLE)


def test_from_toml_given_a_persian_title_then_its_joiners_stay() -> None:
    options, faults = told(WHOLE + 'title = "برنامه\u200cها"\n')
    assert faults == []
    assert options is not None
    assert options.title == "برنامه\u200cها"


def test_toml_given_options_then_they_are_read_back() -> None:
    options = Options('A "b" \\ ü', Horizon(date(2026, 1, 31), "day", 3), ("floor",), 1e-5, 0.49)
    assert told(toml(options)) == (options, [])


@pytest.mark.parametrize(
    ("line", "says", "do"),
    [
        ("step = 0", "The step is not a number within its bounds", "above 0 and at most 1"),
        ("step = 1.01", "The step is not a number within its bounds", "above 0 and at most 1"),
        ("step = nan", "The step is not a number within its bounds", "above 0 and at most 1"),
        ("step = true", "The step is not a number within its bounds", "above 0 and at most 1"),
        ('step = "0.05"', "The step is not a number within its bounds", "above 0 and at most 1"),
        ("slack = 0.5", "The slack is not a number within its bounds", "from 0 to below 0.5"),
        ("slack = -0.1", "The slack is not a number within its bounds", "from 0 to below 0.5"),
        ("goals = []", "not a list of words", "write e.g. goals"),
        ("goals = 3", "not a list of words", "write e.g. goals"),
        ("goals = [1]", "not a list of words", "write e.g. goals"),
        ('goals = ["flor"]', 'There is no goal "flor"', 'did you mean "floor"?'),
        ('goals = ["floor", "floor"]', "A goal is there twice", "each goal once"),
        ('goals = ["effort", "floor"]', "effort is not the last", "at the end"),
        ("title = 3", "The title is not text", "in quotes"),
        ('title = "=1+1"', "looks like a formula", "begin with a letter"),
        ('title = "a\\u0007"', "hidden characters", "begin with a letter"),
        ("peroids = 5", 'There is no setting "peroids"', 'did you mean "periods"?'),
        ("[floor]", 'There is no setting "floor"', "the settings are title, start"),
    ],
)
def test_from_toml_given_a_setting_at_fault_then_its_line_and_the_others_are_read(
    line: str, says: str, do: str
) -> None:
    fault = only(f"{WHOLE}\n{line}\n")
    assert says in fault.what
    assert do in fault.do
    assert fault.where.startswith("economy.toml:5")
    assert fault.rule == "F12"
    options, _ = told(f"{WHOLE}\n{line}\n")
    assert options is not None
    assert options.horizon.periods == 5


@pytest.mark.parametrize(
    ("line", "says", "do"),
    [
        ('period = "months"', "The period is none that is known", 'did you mean "month"?'),
        ("period = 3", "The period is none that is known", "day, week, month or year"),
        ("period = []", "The period is none that is known", "day, week, month or year"),
        ("", 'The setting "period" is missing', 'period = "month"'),
    ],
)
def test_from_toml_given_a_period_at_fault_then_the_tables_can_still_be_checked(line: str, says: str, do: str) -> None:
    options, faults = told(f"{START}{line}\nperiods = 5\n")
    assert says in faults[0].what
    assert do in faults[0].do
    assert options is not None
    assert options.horizon == Horizon(date(2026, 11, 1), "month", 5)


@pytest.mark.parametrize("value", ["0", "-1", "10001", "2.5", '"5"', "true", "inf", "nan", "1e400", "[]"])
def test_from_toml_given_no_count_of_periods_then_says_so(value: str) -> None:
    fault = only(f'{START}period = "month"\nperiods = {value}\n')
    assert fault.what == "The number of periods is not a whole number from 1 to 10,000."


@pytest.mark.parametrize("value", ["2026", '"1.11.2026"', "2026-11-01T00:00:00", "1899-12-31", "true"])
def test_from_toml_given_no_date_to_start_from_then_nothing_can_be_built(value: str) -> None:
    options, faults = told(WHOLE.replace("2026-11-01", value))
    assert options is None
    assert [fault.what for fault in faults] == ["The start is not a date."]


def test_from_toml_given_no_start_then_nothing_can_be_built() -> None:
    options, faults = told('period = "month"\nperiods = 3\n')
    assert options is None
    assert [fault.what for fault in faults] == ['The setting "start" is missing.']


def test_from_toml_given_a_horizon_beyond_the_calendar_then_says_so() -> None:
    options, faults = told('start = 2026-11-01\nperiod = "year"\nperiods = 9000\n')
    assert options is None
    assert (faults[0].what, faults[0].where) == ("The horizon ends after the year 9999.", "economy.toml:3")


@pytest.mark.parametrize(
    ("text", "where", "seen"),
    [
        (START + "period = month\n", "economy.toml:2", "period = month"),
        (START + "start = 2026-11-02\n", "economy.toml:2", "start = 2026-11-02"),
        (START + 'title = "open\n', "economy.toml:2", 'title = "open'),
        ("start = 2026-31-11\n", "economy.toml:1", "start = 2026-31-11"),
        ("goals = " + "[" * 50_000, "economy.toml:1", "goals = [[["),
    ],
)
def test_from_toml_given_what_is_no_toml_then_the_line(text: str, where: str, seen: str) -> None:
    options, faults = told(text)
    assert options is None
    assert faults[0].what == "A line of the settings cannot be read."
    assert faults[0].where == where
    assert faults[0].seen.startswith(seen)


def test_from_toml_given_latin_1_then_how_to_save_it() -> None:
    assert "not written in UTF-8" in only((WHOLE + 'title = "Dörfer"\n').encode("latin-1")).what


def test_parse_given_no_settings_then_the_tables_are_looked_at_all_the_same(make: Make) -> None:
    changes = {"economy.toml": None, "stocks.csv": "place,resource,quantity\ndepot,flour,x\n"}
    economy, faults = parse(make(changes))
    assert economy is None
    assert [fault.rule for fault in faults] == ["F1", "F7"]
    assert "muster new" in faults[0].do
