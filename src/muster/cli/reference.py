"""The pages of ``docs/`` that are made from the code: commands, tables and rules.

``python -m muster.cli.reference docs`` writes them; ``tests/cli/test_reference.py`` holds them up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from typer.main import get_command

from muster.cli.book_reference import BOOK_JSON, book_rules
from muster.cli.commands import app
from muster.cli.markdown import rows
from muster.cli.refusals import RULES
from muster.economy.rules_page import rules_page
from muster.economy.tables import OPTIONS, SHAPES, TABLES, Column, Table
from muster.plan.tables import PACKS, PLAN_TABLES

_FROM_CODE = "<!-- Made from the code by `python3 dev.py docs`; edit the code, not this page. -->"

JSON: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "new": {"economy": "the folder", "files": "names of what was written"},
        "check": {
            "title": "of the economy",
            "places": "how many",
            "people": "most people of all places together in any period",
            "resources": "how many",
            "periods": "how many",
            "span": "first and last period, in words",
            "rows": "rows by table",
            "faults": "faults and warnings, as above; the other keys are missing where a fault stands in the way",
        },
        "describe": {"descriptor": "the file"},
        "plan": {
            "title": "of the economy",
            "economy_sha256": "hash over the parsed tables",
            "periods": "how many",
            "claims": "how many",
            "step": "width of a band",
            "slack": "how far somebody may slip for others; 0 with `--exact`",
            "goals": "one object per goal, see below",
            "seconds": "wall time of planning",
            "peak_mib": "largest memory of the process, MiB",
            "solver": "name and version",
        },
        "verify": {
            "holds": "whether nothing at all is wrong",
            "balanced": "whether every balance and limit holds, so that the plan can be done",
            "gap": "the largest gap of any goal, proved: none can be more than this better (0 to 1, or `null`)",
            "worst": "the largest miss of a balance or limit: amount, unit, share of the row's throughput, where",
            "goals": "the goals' values computed again from the tables, each with its proved `gap`",
            "stages": "for every stage its `goal`, `round` and `kind`, the `value` reached, the `bound` and the `gap`",
            "exact": "whether the bounds were reckoned in fractions",
            "faults": "what is wrong, as above",
        },
        "compare": {
            "title": "of the economy",
            "economy_sha256": "hash over the parsed tables",
            "measure": "what people are measured by: floor, or norm where no claim has a floor",
            "policies": "one object per policy, see below",
            "price": "the price of fairness in sentences",
            "page": "the file, or null",
        },
        "report": {"report": "the file"},
        "why": {
            "place": "id of the place",
            "name": "its name",
            "nothing": "what to say where nothing is missing, or nobody has a claim; else blank",
            "answers": "one object for each need, or needs that stand as low as each other; see below",
        },
        "serve": {
            "address": "where it was; this is printed when the server has stopped",
            "data": "the folder",
            "accounts": "names of the accounts that were made or let in; what else is said goes to stderr",
            "backup": "with `--backup` only: the file",
        },
        "warn": {
            "people": "most distinct people below the floor in any one period",
            "most": "name of that period",
            "first": "name of the first period in which somebody is below",
            "periods": "one object per period: period, name, people, below",
            "places": "one object per place with somebody below, the worst first",
            "shortfall": "what is missing to all floors, in days of one person's floor of one need",
            "floors": "all floors, in the same unit",
            "possible": "what of the shortfall could at least be given as things are, without taking from anybody",
            "asked": "how many places were asked: in a large plan those that lack most, and others around them",
            "seen": "what of the shortfall is missing there",
            "things": "what would prevent most of it, one at a time; see below",
        },
    }
)
"""What ``--json`` prints, key by key."""

_EVERY_COMMAND = """\
Every command has `--help` with an example, and `--json`.

| exit status | means |
| --- | --- |
| 0 | done; warnings do not change that |
| 1 | a fault in what was given: the message on stderr says what, where, what was seen, what to do, and the rule |
| 2 | wrong usage, said in the same form |
| 70 | a mistake inside muster; set `MUSTER_DEBUG=1` to see where |
| 130, 143 | stopped by Ctrl-C, or by SIGTERM |

- **What is written appears whole or not at all.** A folder or file is written beside its place under a hidden name and
  then renamed. What lay there stays until then, and stays for good if anything stops the command.
- **Messages and progress go to stderr**, results to stdout. Progress is shown only after a second: one changing line on
  a terminal, plain lines in a file or pipe, and none at all after `MUSTER_PROGRESS=off`.
- **`--json` prints one object on stdout and nothing else there**; messages still go to stderr as text. Where a command
  could not do its work, the object is `{"faults": […]}`. Each fault has the keys `severity` (`fault` or `warning`),
  `what`, `where`, `seen`, `do`, `rule` and `count`."""

_GOALS = """\
Each goal is an object. `floor`, `reserve` and `norm` have `goal`, `max_min` (the best level that all can reach
together), `least` and `mean` (weighted by people) of the final plan, `below` (claims not met in full), `people_below`
(most distinct people in any one period), `rounds` (linear programs solved) and `gap` (how far from best any of
them can be, as [the proof](proof.md) shows; for a plan that was stopped, how much more there may be); `effort` has
`goal`, `value` and `tonne_km`. Levels are shares, 0 to 1. With `--packs` there is one key more, `packs`: how many
`dispatches` are of resources with packs, how many of them are `whole`, and how many `packs` and `trips` there are in
all."""

_POLICIES = """\
Each policy is an object: `policy`, `people` (most with a claim in any period), `people_below` the measure (most
distinct people in any one period), `worst` (the least share of it that a claim has), `mean` (of all claims, weighted
by people), `mean_norm` (the same of the full standard), `reserves` (the least met), `moved_t` (tonnes sent, each leg
counted), `tonne_km` (null where effort is no goal), `kept_t` (tonnes left at the end), `seconds`, `finished` (not
stopped early), `says` (what it does) and `curve`: people sorted by what they have, each with `level` (at their worst
moment, of the need met least), `people` and the people `up_to` it. What each policy is exactly:
[Policies side by side](compare.md)."""

PACK_MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "from": "Where it leaves.",
        "to": "Where it arrives.",
        "mode": "How it travels.",
        "resource": "What; blank: all that goes on the way together.",
        "period": "When it leaves.",
        "arrives": "When it can be used.",
        "quantity": "Units sent (blank in a row without a resource).",
        "pack": "Units in a pack (blank: the resource has no packs).",
        "packs": "How many packs; blank where it is not whole.",
        "trips": "How many vehicles carry all that goes on the way; blank where the mode's vehicle is not known.",
        "note": "Why it is not whole.",
    }
)
"""What every column of ``packs.csv`` says."""

_WHY = """\
Each answer has `needs`, `standard` (`floor` or `norm`), `level` (of its lowest claim), `could` (how high it could be
raised while nobody is brought below that or below what they have), `around` (ids of the places that were asked in a
large plan, all others doing what the plan says; none: all were), `claims` (rows of `met.csv`), `facts` (sentences by
their head), `limits` (as in `why.csv`, with `periods` by number; `worth` sums to 1), `served_before` (`place`, `need`,
`standard`, `least`, `most`, `worth`, `because`: `own`, `floor first`, `as low`, `same step` or `higher`) and `changes`
(`what`, `kind`, `where`, `resource`, `when`, `quantity`, `unit`, `before`, `after`), each worked out anew. Changes are
tried for the first answer: ask for another need by name."""

_WARN = """\
Each thing has `what`, `kind`, `where`, `resource`, `when`, `quantity`, `unit`, `share` (of the shortfall that it would
prevent), `prevents` (the same in days), `tonnes` (its weight, or what more is carried, stored or made; null where
it has none), `effort` and `per_tonne`. They stand in the order of `per_tonne`, those without weight last."""

_PLAN_RULES = """\
`muster verify` asks these of a plan, one message for each rule and table, worst row first, amounts in physical units.
[How a plan is proved](proof.md) says what stands behind V60 to V70."""

PLAN_MEANINGS: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {
        "met": (
            "What every claim gets: one row per place, group, need and period with people in it.",
            {
                "place": "Where.",
                "group": "Who.",
                "need": "What they must have.",
                "period": "0 is the first.",
                "start": "First day of the period.",
                "people": "How many.",
                "floor": "Survival minimum, per person and day.",
                "norm": "Full standard, per person and day.",
                "covered": "What they have of their own, per person and day.",
                "delivered": "What they are given, per person and day.",
                "met_floor": "(covered + delivered) ÷ floor, at most 1; 1 where the floor is 0.",
                "met_norm": "(covered + delivered) ÷ norm, at most 1.",
            },
        ),
        "given": (
            "What is handed to people.",
            {
                "place": "Where.",
                "group": "To whom.",
                "resource": "What.",
                "period": "When.",
                "quantity": "Units of the resource in the whole period.",
            },
        ),
        "dispatches": (
            "What is sent on its way.",
            {
                "from": "Where it leaves.",
                "to": "Where it arrives.",
                "mode": "How it travels.",
                "resource": "What.",
                "period": "When it leaves.",
                "arrives": "When it can be used; the number of periods = after the horizon.",
                "quantity": "Units sent.",
                "received": "Units that arrive: what is sent less the loss on the way.",
            },
        ),
        "runs": (
            "What is made.",
            {"place": "Where.", "recipe": "By which recipe.", "period": "When.", "runs": "How many runs."},
        ),
        "balances": (
            "Every stock, period by period: opening + arrived + received + made = used + sent + given + lost + "
            "closing. Opening is the last closing. Rows of zeros are left out.",
            {
                "place": "Where (blank: the pool of a pooled resource).",
                "resource": "What.",
                "period": "When.",
                "opening": "Held at the start of the period.",
                "arrived": "Stocks at the start, and arrivals.",
                "received": "From other places.",
                "made": "By recipes.",
                "used": "By recipes and modes.",
                "sent": "To other places.",
                "given": "To people.",
                "lost": "Spoiled, expired or left over without a place to lie.",
                "closing": "Held at the end of the period.",
            },
        ),
        "reserves": (
            "What is held back.",
            {
                "place": "Where (blank: all places together).",
                "need": "Which need (or a resource).",
                "resource": "Which resource (or a need).",
                "on": "Period at whose end it is held.",
                "wanted": "How much was asked for.",
                "held": "How much is held.",
                "met": "held ÷ wanted, at most 1.",
            },
        ),
        "levels": (
            "Who could not be raised further, at which level.",
            {
                "goal": "In which stage.",
                "round": "In which round of it.",
                "level": "The level reached, 0 to 1.",
                "place": "Where.",
                "group": "Who (blank: a reserve).",
                "need": "Which need (of a reserve: its need or its resource).",
                "period": "When.",
            },
        ),
        "why": (
            "Why a share is what it is, in sentences.",
            {
                "place": "Where.",
                "group": "Who.",
                "need": "Which need.",
                "period": "When.",
                "rank": "1 weighs most.",
                "kind": "Kind of limit: route, store, arrival, plant, ration, reserve …",
                "where": "Where the limit is.",
                "resource": "Of which resource.",
                "when": "In which period.",
                "worth": "Share of the explanation, 0 to 1.",
                "sentence": "The same in words.",
            },
        ),
        "lots": (
            "Goods that expire, followed flow by flow.",
            {
                "place": "Where.",
                "resource": "What.",
                "expires": "Good through that day.",
                "period": "When.",
                "flow": "given, used or sent.",
                "to": "Where it is sent (sent only).",
                "mode": "How it travels (sent only).",
                "arrives": "When it can be used there (sent only).",
                "quantity": "Units.",
            },
        ),
    }
)
"""What every table of a plan folder, and every column of it, says."""


def commands_page() -> str:
    """Return ``docs/commands.md``."""
    parts = [_FROM_CODE, "# Commands", _EVERY_COMMAND]
    parts += [_command(name, command) for name, command in every_command().items()]
    parts += ["## Rules of the command line", rows(["rule", "says"], RULES.items())]
    return "\n\n".join(parts) + "\n"


def every_command() -> dict[str, Any]:
    """Return every command by what is written after ``muster``; of a group, those in it."""
    found: dict[str, Any] = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found |= {name: command} if inner is None else {f"{name} {each}": inner[each] for each in inner}
    return found


def tables_page() -> str:
    """Return ``docs/tables.md``."""
    parts = [
        _FROM_CODE,
        "# Tables",
        "An economy is a folder of tables (CSV or Parquet), or one XLSX with a sheet per table. A plan is a folder of "
        "CSV files. ★ marks the key of a table: no two rows have the same. Tables without ★ add their rows up. Columns "
        "in *italics* may be left out.",
        "## An economy",
        f"Title, start, period, number of periods and goals stand in `{OPTIONS}.toml` (in an XLSX: sheet `{OPTIONS}`, "
        f"columns `key` and `value`). `{SHAPES}` holds shapes of places for maps (property `place`) and may be left "
        "out.",
        *(_table(table) for table in TABLES.values()),
        "## A plan",
        *(_plan_table(name) for name in PLAN_TABLES),
        "### packs.csv\n\nOnly after `muster plan --packs`: whole packs and trips, a row for each dispatch, and one "
        "for each way.\n\n" + rows(["column", "meaning"], ((f"`{name}`", PACK_MEANINGS[name]) for name in PACKS)),
    ]
    return "\n\n".join(parts) + "\n"


def plan_rules() -> str:
    """Return the part of the page of rules that lists those of ``muster verify``, as Markdown."""
    from muster.plan.proof import RULES as PROOF_RULES

    kinds = (
        ("It cannot be done, or cannot be understood", True),
        ("It says of itself what is not so", False),
    )
    parts = ["## Plans\n\n" + _PLAN_RULES]
    for title, physical in kinds:
        found = [
            (number, f"{rule.one[0] if rule.one.split()[0].endswith('.csv') else rule.one[0].upper()}{rule.one[1:]}.")
            for number, rule in PROOF_RULES.items()
            if rule.physical is physical
        ]
        parts.append(f"### {title}\n\n{rows(['rule', 'finds'], found)}")
    return "\n\n".join(parts) + "\n"


def _command(name: str, command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
    usage = " ".join(["muster", name, *(each.metavar for each in arguments), "[OPTIONS]"])
    given = [(f"`{each.metavar}`", each.help) for each in arguments]
    given += [(f"`{' '.join(filter(None, [each.opts[0], each.metavar]))}`", each.help) for each in options]
    examples = [f"`{line.strip()}`" for line in command.epilog.splitlines()[2:]]
    parts = [
        f"## muster {name}",
        command.help,
        f"    {usage}",
        rows(["", "means"], given),
        f"For example: {', or '.join(examples)}",
        "With `--json`:",
        rows(["key", "is"], ((f"`{key}`", meaning) for key, meaning in {**JSON, **BOOK_JSON}[name].items())),
    ]
    more = {"plan": [_GOALS], "compare": [_POLICIES], "why": [_WHY], "warn": [_WARN]}
    return "\n\n".join(parts + more.get(name, []))


def _table(table: Table) -> str:
    required = " Every economy has it." if table.required else ""
    told = [(_marked(column), column.unit or column.kind.replace("_", "/"), _says(column)) for column in table.columns]
    return f"### {table.name}\n\n{table.meaning}{required}\n\n{rows(['column', 'unit or kind', 'meaning'], told)}"


def _marked(column: Column) -> str:
    name = f"`{column.name}`" if column.required else f"*`{column.name}`*"
    return f"★ {name}" if column.key else name


def _says(column: Column) -> str:
    more = []
    if column.choices:
        more.append(f"One of: {', '.join(column.choices)}.")
    if column.default is not None:
        default = (
            {True: "yes", False: "no"}.get(column.default, column.default)
            if isinstance(column.default, bool)
            else column.default
        )
        more.append(f"Blank: {default:g}." if isinstance(default, float) else f"Blank: {default}.")
    if column.refers:
        more.append(f"One of [{column.refers}](#{column.refers}).")
    return " ".join([column.meaning, *more])


def _plan_table(name: str) -> str:
    meaning, columns = PLAN_MEANINGS[name]
    told = ((f"`{column}`", columns[column]) for column in PLAN_TABLES[name])
    return f"### {name}.csv\n\n{meaning}\n\n{rows(['column', 'meaning'], told)}"


PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "commands.md": commands_page,
        "tables.md": tables_page,
        "rules.md": lambda: f"{_FROM_CODE}\n\n{rules_page()}\n{plan_rules()}\n{book_rules()}",
    }
)
"""Generated pages by file name."""


def write(folder: Path) -> None:
    """Write every generated page into ``folder``."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
