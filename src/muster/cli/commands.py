"""Every command: parse, call one service, show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from math import isnan, nan
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from muster import __version__
from muster.cli import serve as serve_command
from muster.cli.answer import DONE, FAULT, Answer, counted, faults_as_data
from muster.cli.book import book_app
from muster.cli.options import AsJson, example, page_file
from muster.cli.refusals import CannotUse
from muster.cli.waiting import waiting

# Services are imported inside the commands: `muster --help` answers in a tenth of a second that way.

app = typer.Typer(
    name="muster",
    help="Count what there is, share it out needs-first, and prove it.",
    epilog="Every command: muster COMMAND --help shows an example.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

EconomyFolder = Annotated[
    Path, typer.Argument(metavar="DIR", show_default=False, help="Folder of tables (or one XLSX file).")
]
PlanFolder = Annotated[
    Path, typer.Argument(metavar="PLAN", show_default=False, help="Folder that `muster plan` wrote.")
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"muster {__version__}")
        raise typer.Exit


@app.callback()
def muster(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Count what there is, share it out needs-first, and prove it."""


@app.command(epilog=example("muster new my-winter --example two-villages"))
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False, help="Folder to make.")],
    example: Annotated[str | None, typer.Option(metavar="NAME", help="Start from a shipped example.")] = None,
    json: AsJson = False,
) -> Answer:
    """Make an economy to start from: empty tables with headers, or a shipped example."""
    from muster.services.economies import new_economy

    made = new_economy(folder, example=example)
    files = sorted(path.name for path in made.iterdir() if path.is_file())
    text = (
        f"{made}: {counted(len(files), 'file')} to start from.\nnext    fill in the tables, then: muster check {made}"
    )
    return Answer(text, {"economy": str(made), "files": files})


@app.command(epilog=example("muster check examples/two-villages"))
def check(folder: EconomyFolder, json: AsJson = False) -> Answer:
    """Read and check an economy: shows every fault and warning, and what was read."""
    from muster.services.economies import check_economy

    with waiting(f"reading {folder}"):
        reading = check_economy(folder)
    severe = sum(fault.severity == "fault" for fault in reading.faults)
    found = f"{counted(severe, 'fault')}, {counted(len(reading.faults) - severe, 'warning')}"
    status = FAULT if severe or reading.contents is None else DONE
    if reading.contents is None:
        text = f"{folder}: {found}. Correct the faults and check again."
        return Answer(text, faults_as_data(reading.faults), reading.faults, status)
    read = reading.contents
    text = (
        f"{read.title}: {counted(read.places, 'place')}, {counted(read.people, 'person', 'people')}, "
        f"{counted(read.resources, 'resource')}, {counted(read.periods, 'period')} ({read.span}). {found.capitalize()}."
    )
    data = asdict(read) | faults_as_data(reading.faults)
    return Answer(text, data, reading.faults, status)


@app.command(epilog=example("muster describe examples/two-villages"))
def describe(folder: EconomyFolder, json: AsJson = False) -> Answer:
    """Write datapackage.json beside the tables, so that other tools understand them (Frictionless)."""
    from muster.services.economies import describe_economy

    with waiting(f"describing {folder}"):
        written = describe_economy(folder)
    return Answer(f"descriptor  {written}", {"descriptor": str(written)})


def _goals(words: str) -> str:
    """Return goals with a comma between them, from ``floor,norm`` or ``"floor norm"``."""
    from difflib import get_close_matches

    from muster.economy.tables import GOALS

    wanted = tuple(words.replace(",", " ").split())
    for goal in wanted:
        if goal not in GOALS:
            near = get_close_matches(goal, GOALS, n=1)
            raise CannotUse(goal, do=f"did you mean {near[0]}?" if near else f"choose from {', '.join(GOALS)}")
    if not wanted or len(set(wanted)) < len(wanted):
        raise CannotUse(words, do=f"name each goal once, e.g. {','.join(GOALS)}")
    return ",".join(wanted)


def _number(least: float, most: float) -> Callable[[str], float]:
    """Return a reader of numbers from ``least`` to ``most``."""

    def read(word: str) -> float:
        try:
            value = float(word)
        except ValueError:
            value = nan
        if not least <= value <= most:  # true for nan
            raise CannotUse(word, do=f"write a number from {least:g} to {most:g}, with a decimal point")
        return value

    return read


def _report_file(word: str) -> Path:
    file = Path(word)
    if file.suffix not in (".html", ".xlsx"):
        raise CannotUse(word, do="name a file that ends in .html or .xlsx")
    return file


@app.command(epilog=example("muster plan examples/two-villages --to my-plan"))
def plan(
    folder: EconomyFolder,
    to: Annotated[
        Path | None,
        typer.Option(metavar="PLAN", help="Folder for the plan (NAME-plan here); a plan in it is replaced."),
    ] = None,
    goals: Annotated[
        str | None,
        typer.Option(metavar="GOALS", parser=_goals, help="Goals in order, e.g. floor,norm,effort."),
    ] = None,
    step: Annotated[
        float | None, typer.Option(metavar="S", parser=_number(0.001, 1), help="Width of a band of fairness (0.05).")
    ] = None,
    slack: Annotated[
        float | None,
        typer.Option(metavar="E", parser=_number(0, 1), help="How far somebody may slip for others (0.001)."),
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="One linear program per level, no bands; small cases.")
    ] = False,
    packs: Annotated[
        bool, typer.Option("--packs", help="Dispatches in whole packs; what cannot be whole is listed in packs.csv.")
    ] = False,
    limit_seconds: Annotated[
        float | None,
        typer.Option(metavar="N", parser=_number(0, 1e9), help="Stop after about N seconds with the best plan so far."),
    ] = None,
    json: AsJson = False,
) -> Answer:
    """Share out what there is, worst-off first, and write the plan folder with its report."""
    with waiting(f"planning {folder}") as say:
        from muster.cli.plan_text import plan_text
        from muster.plan.options import PlanOptions, Progress
        from muster.services.plans import plan_economy

        def tell(progress: Progress) -> None:
            say(progress.message)

        options = PlanOptions(
            goals=tuple(goals.split(",")) if goals else None,
            step=step,
            slack=slack,
            exact=exact,
            packs=packs,
            limit_seconds=limit_seconds,
        )
        planned = plan_economy(folder, to=to, options=options, progress=tell)
    return Answer(plan_text(planned), planned.plan.summary())


@app.command(epilog=example("muster verify examples/two-villages my-plan"))
def verify(
    folder: EconomyFolder,
    plan: PlanFolder,
    exact: Annotated[
        bool, typer.Option("--exact", help="Reckon the proof in fractions, not in rounded numbers; small plans.")
    ] = False,
    json: AsJson = False,
) -> Answer:
    """Check a plan and its proof from the tables alone, without a solver."""
    with waiting(f"verifying {plan}"):
        from muster.services.plans import verify_plan

        verdict = verify_plan(folder, plan, exact=exact)
    data = {
        "holds": verdict.holds,
        "balanced": verdict.balanced,
        "gap": None if isnan(verdict.gap) else verdict.gap,
        "worst": asdict(verdict.worst),
        "goals": [dict(goal) for goal in verdict.goals],
        "stages": [asdict(stage) for stage in verdict.stages],
        "exact": verdict.exact,
    }
    data |= faults_as_data(verdict.faults)
    text = verdict.text()
    if exact and not verdict.exact:
        text += "\nIt is too large to be reckoned in fractions; rounded numbers with error bounds were used instead."
    return Answer(text, data, verdict.faults, DONE if verdict.holds else FAULT)


def _policies(words: str) -> str:
    """Return policies with a comma between them, from ``leximin,equal`` or ``"leximin equal"``."""
    from difflib import get_close_matches

    from muster.plan.policies import POLICIES

    wanted = tuple(words.replace(",", " ").split())
    for policy in wanted:
        if policy not in POLICIES:
            near = get_close_matches(policy, POLICIES, n=1)
            raise CannotUse(policy, do=f"did you mean {near[0]}?" if near else f"choose from {', '.join(POLICIES)}")
    if not wanted or len(set(wanted)) < len(wanted):
        raise CannotUse(words, do=f"name each policy once, e.g. {','.join(POLICIES)}")
    return ",".join(wanted)


@app.command(epilog=example("muster compare examples/two-villages --to side-by-side.html"))
def compare(
    folder: EconomyFolder,
    policies: Annotated[
        str,
        typer.Option(metavar="NAMES", parser=_policies, help="Policies in the order they are shown."),
    ] = "leximin,equal,proportional,priority,first-come",
    to: Annotated[
        Path | None,
        typer.Option(metavar="TO", help="File that ends in .html for the page, or a folder for the plans, too."),
    ] = None,
    limit_seconds: Annotated[
        float | None,
        typer.Option(metavar="N", parser=_number(0, 1e9), help="Stop each policy after about N seconds."),
    ] = None,
    json: AsJson = False,
) -> Answer:
    """Share out by several policies and put them side by side: who falls below, what is moved, what is kept."""
    with waiting(f"comparing {folder}") as say:
        from muster.cli.compare_text import compare_data, compare_text
        from muster.plan.options import PlanOptions, Progress
        from muster.services.comparisons import compare_policies

        def tell(progress: Progress) -> None:
            say(progress.message)

        options = PlanOptions(limit_seconds=limit_seconds)
        compared = compare_policies(folder, policies=policies.split(","), to=to, options=options, progress=tell)
    return Answer(compare_text(compared), compare_data(compared))


@app.command(epilog=example("muster report my-plan --to my-plan.xlsx"))
def report(
    plan: PlanFolder,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", parser=_report_file, help="File that ends in .html or .xlsx (PLAN/report.html)."),
    ] = None,
    json: AsJson = False,
) -> Answer:
    """Write what people open: one self-contained page, or a workbook."""
    with waiting(f"reporting {plan}"):
        from muster.services.plans import write_report

        written = write_report(plan, to=to)
    return Answer(f"report   {written}", {"report": str(written)})


@app.command(epilog=example("muster why my-plan Hill", "muster why my-plan Hill heat --to hill.html"))
def why(
    plan: PlanFolder,
    place: Annotated[str, typer.Argument(metavar="PLACE", show_default=False, help="Id or name of a place.")],
    need: Annotated[
        str | None, typer.Argument(metavar="NEED", show_default=False, help="Only this need, by id or name.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(metavar="P", help="Only this period: its number (0 is the first), name, or a date.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FILE", parser=page_file, help="Write a page of one sheet, FILE.html.")
    ] = None,
    json: AsJson = False,
) -> Answer:
    """Say why a place has what it has: what holds it, who was served before it, what would change it."""
    with waiting(f"asking about {place}") as say:
        from muster.cli.why_text import why_text
        from muster.services.whys import why_plan

        answered = why_plan(plan, place, need=need, period=period, to=to, tell=say)
    called = f"muster why {quote(str(plan))} {quote(place)}"
    return Answer(why_text(answered, called=called), answered.data)


@app.command(epilog=example("muster warn examples/two-villages"))
def warn(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", show_default=False, help="Folder of tables, or a plan folder.")
    ],
    json: AsJson = False,
) -> Answer:
    """Say who falls below the survival floor, where and when, and which single things would prevent most of it."""
    with waiting(f"looking for who falls below the floor in {folder}") as say:
        from muster.cli.warn_text import warn_text
        from muster.plan.options import Progress
        from muster.services.whys import warn_of

        def told(progress: Progress) -> None:
            say(progress.message)

        warning = warn_of(folder, progress=told, tell=say)
    return Answer(warn_text(warning), warning.as_data())


serve_command.add_to(app)
app.add_typer(book_app)
