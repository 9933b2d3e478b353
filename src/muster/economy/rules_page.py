"""The page of ``docs/`` that lists every rule of an economy, made from the rules themselves."""

from __future__ import annotations

from muster.economy.check import RULES
from muster.economy.format import FORMAT_RULES
from muster.economy.rules.rule import Rule

_HEAD = """# Rules

`muster check` reads an economy and asks every rule below; the last line of each message names the rule. All faults are
shown at once, up to a hundred, faults before warnings and those that say how many people are hit before other warnings.
A fault stops the work (exit status 1); a warning does not: look at it, and go on if it is meant.
"""

_FORMAT = """## Format

What a file, a row or a cell breaks by itself. All of them are faults but F11.
"""

_ROWS = """## Rows and what they name

Asked even where cells could not be read; such cells are passed over. Rules that would take them for blank wait until
the table can be read.
"""

_WHOLE = """## The economy as a whole

Asked only where nothing above found a fault: a single wrong id would make them speak of things that are not so. They
are hopeful where they cannot be sure, so that what they say is true: quantities and capacities are left out of account,
and a place counts as reached if a single kilogram could get there.
"""


def rules_page() -> str:
    """Return the page as Markdown."""
    lines = [f"| {number} | {says} |" for number, says in FORMAT_RULES.items()]
    formats = "\n".join(["| rule | says |", "| --- | --- |", *lines])
    rows = [_section(rule) for rule in RULES if rule.scope in ("rows", "blanks")]
    whole = [_section(rule) for rule in RULES if rule.scope in ("people", "whole")]
    return "\n".join([_HEAD, _FORMAT, f"{formats}\n", _ROWS, *rows, _WHOLE, *whole])


def _section(rule: Rule) -> str:
    return f"### {rule.number} · {rule.title}\n\n*{rule.finds.capitalize()}.* {rule.why}\n"
