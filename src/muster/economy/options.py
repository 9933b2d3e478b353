"""economy.toml, or the sheet ``economy``: title, horizon, goals."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from unicodedata import category

from muster.economy.csv_text import decode
from muster.economy.economy import Economy, Horizon
from muster.economy.format import did_you_mean, shown
from muster.economy.tables import GOALS, PERIODS
from muster.errors import Fault

KEYS = ("title", "start", "period", "periods", "goals", "step", "slack")
UNTITLED = "Untitled economy"
MOST_PERIODS = 10_000
_EXAMPLES = {
    "title": '"Two villages"',
    "start": "2026-11-01",
    "period": '"month"',
    "periods": "5",
    "goals": '["floor", "reserve", "norm", "effort"]',
    "step": "0.05",
    "slack": "0.001",
}


@dataclass(frozen=True)
class Options:
    """What stands beside the tables. See ``Economy`` for the meaning."""

    title: str
    horizon: Horizon
    goals: tuple[str, ...] = GOALS
    step: float = 0.05
    slack: float = 0.001


def settings(given: Economy | Options) -> dict[str, Any]:
    """Return the settings of an economy by key, in the order they are written."""
    horizon = given.horizon
    bounds = {"goals": given.goals, "step": given.step, "slack": given.slack}
    return {"title": given.title, "start": horizon.start, "period": horizon.period, "periods": horizon.periods} | bounds


def toml(given: Economy | Options) -> str:
    """Return the settings as the text of ``economy.toml``."""
    return "".join(f"{key:<7} = {_toml_value(value)}\n" for key, value in settings(given).items())


def _toml_value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


class _Wrong(ValueError):
    """What is wrong with a value, and what to do."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(what)
        self.what, self.do = what, do


def from_toml(data: bytes, *, file: str) -> tuple[Options | None, list[Fault]]:
    """Return the options in a TOML file and its faults; ``None`` where there is no horizon to go by."""
    text, faults = decode(data, file=file)
    if text is None or faults:
        return None, faults
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as broken:
        match = re.search(r"\(at line (\d+)", str(broken))
        line = int(match[1]) if match else max(1, text.rstrip().count("\n") + 1)
        seen = shown(text.split("\n")[line - 1].strip())
        do = 'write one setting a line, e.g. start = 2026-11-01 and period = "month"'
        return None, [Fault("A line of the settings cannot be read.", f"{file}:{line}", seen, do, "F12")]
    lines: dict[str, int] = {}
    for number, line_text in enumerate(text.split("\n"), start=1):
        if match := re.match(r"\s*\[*\s*[\"']?([\w-]+)", line_text):
            lines.setdefault(match[1], number)
    return from_values(values, where=lambda key: f"{file}:{lines.get(key, 1)}")


def from_values(values: Mapping[str, Any], *, where: Callable[[str], str]) -> tuple[Options | None, list[Fault]]:
    """Return the options in ``values`` and their faults, each at ``where(key)``.

    Where period or periods are at fault the options are still returned, with 12 months, so that the tables are
    checked too.
    """
    faults = [
        Fault(
            f'There is no setting "{shown(key)}".',
            where(key),
            shown(str(values[key])),
            f"{did_you_mean(key, KEYS)}the settings are {', '.join(KEYS)}",
            "F12",
        )
        for key in values
        if key not in KEYS
    ]
    read: dict[str, Any] = {}
    for key in KEYS:
        if key not in values:
            if key in ("start", "period", "periods"):
                do = f"add a line, e.g. {key} = {_EXAMPLES[key]}"
                faults.append(Fault(f'The setting "{key}" is missing.', where(key), "nothing", do, "F12"))
            continue
        try:
            read[key] = _READERS[key](values[key])
        except _Wrong as wrong:
            faults.append(Fault(wrong.what, f"{where(key)}, {key}", shown(str(values[key])), wrong.do, "F12"))
    if "start" not in read:
        return None, faults
    horizon = Horizon(read.pop("start"), read.pop("period", "month"), read.pop("periods", 12))
    try:
        assert horizon.starts
    except (ValueError, OverflowError):
        do = "take fewer periods, or check the year of start"
        faults.append(Fault("The horizon ends after the year 9999.", where("periods"), str(horizon.periods), do, "F12"))
        return None, faults
    return Options(read.pop("title", UNTITLED), horizon, **read), faults


def _title(value: object) -> str:
    if not isinstance(value, str):
        raise _Wrong("The title is not text.", f"write it in quotes, e.g. title = {_EXAMPLES['title']}")
    text = " ".join(value.split())
    hidden = any(category(sign) in ("Cc", "Cn") for sign in text)
    if text[:1] in {"=", "+", "-", "@"} or hidden or len(text) > 1_000:
        raise _Wrong("The title looks like a formula or has hidden characters.", "begin with a letter or a digit")
    return text or UNTITLED


def _start(value: object) -> date:
    if isinstance(value, str):
        try:
            value = datetime.strptime(value.strip(), "%Y-%m-%d").date()
        except ValueError:
            value = None
    if isinstance(value, datetime) or not isinstance(value, date) or value.year < 1900:
        raise _Wrong("The start is not a date.", f"write the first day, e.g. start = {_EXAMPLES['start']}")
    return value


def _period(value: object) -> str:
    if value not in PERIODS:
        near = did_you_mean(str(value), PERIODS)
        raise _Wrong(
            "The period is none that is known.", f"{near}write {', '.join(PERIODS[:-1])} or {PERIODS[-1]}, in quotes"
        )
    return str(value)


def _periods(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= MOST_PERIODS or value % 1:
        raise _Wrong(
            f"The number of periods is not a whole number from 1 to {MOST_PERIODS:,}.", "write e.g. periods = 5"
        )
    return int(value)


def _goals(value: object) -> tuple[str, ...]:
    names = re.split(r"[,;\s]+", value.strip(" []")) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise _Wrong("The goals are not a list of words.", f"write e.g. goals = {_EXAMPLES['goals']}")
    for name in names:
        if name not in GOALS:
            raise _Wrong(
                f'There is no goal "{shown(name)}".', f"{did_you_mean(name, GOALS)}the goals are {', '.join(GOALS)}"
            )
    if len(set(names)) < len(names):
        raise _Wrong("A goal is there twice.", "name each goal once, the most important first")
    if "effort" in names[:-1]:
        raise _Wrong(
            "The goal effort is not the last.",
            "put effort at the end: it chooses among plans that serve people equally well",
        )
    return tuple(names)


def _step(value: object) -> float:
    return _bounded(value, "The step", lambda number: 0 < number <= 1, "above 0 and at most 1, e.g. step = 0.05")


def _slack(value: object) -> float:
    return _bounded(value, "The slack", lambda number: 0 <= number < 0.5, "from 0 to below 0.5, e.g. slack = 0.001")


def _bounded(value: object, name: str, within: Callable[[float], bool], do: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not within(value):
        raise _Wrong(f"{name} is not a number within its bounds.", f"write a number {do}")
    return float(value) + 0.0


_READERS: Mapping[str, Callable[[object], Any]] = {
    "title": _title,
    "start": _start,
    "period": _period,
    "periods": _periods,
    "goals": _goals,
    "step": _step,
    "slack": _slack,
}
