"""The documentation says what happens: console blocks are run, generated pages are fresh, links lead on."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from muster.cli import reference

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/README.md")])

NOT_RUN = {
    ("README.md", "python3 dev.py demo"): "sets up an environment; CI's own run and test_dev.py try it",
    ("README.md", "python3 dev.py test"): "is the run that this test is part of",
}
"""Commands of console blocks that are not run: page, command, and why."""

FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>```+|~~~+)(?P<info>[^\n`]*)\n(?P<body>.*?)^ *(?P=fence)[ \t]*$", re.M | re.S
)
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)(?:#[^)\s]*)?\)")


@dataclass(frozen=True)
class Step:
    """One command of a console block, and the lines that stand below it."""

    line: int
    command: str
    expected: str


def steps(page: str) -> Iterator[Step]:
    """Yield the commands of a page's console blocks in their order."""
    for block in FENCE.finditer(page):
        if block["info"].split()[:1] != ["console"]:
            continue
        line = page.count("\n", 0, block.start("body"))
        lines = [each.removeprefix(block["indent"]) for each in block["body"].splitlines()]
        begins = [at for at, text in enumerate(lines) if text.startswith("$ ")]
        assert begins[:1] == [0], f"line {line + 1}: a console block begins with a command, as `$ muster …`"
        for at, after in zip(begins, [*begins[1:], len(lines)], strict=True):
            end = at + 1
            while lines[end - 1].endswith("\\"):
                end += 1
            yield Step(line + at + 1, "\n".join(lines[at:end])[2:], "\n".join(lines[end:after]).rstrip())


def prompts_elsewhere(page: str) -> list[int]:
    """Return the lines of commands in blocks that are not marked as console, and so would not be run."""
    return [
        page.count("\n", 0, block.start("body")) + at
        for block in FENCE.finditer(page)
        if block["info"].split()[:1] != ["console"]
        for at, text in enumerate(block["body"].splitlines(), start=1)
        if text.strip().startswith("$ ")
    ]


def matches(expected: str, actual: str) -> bool:
    """Return whether a command printed what the page shows; ``...`` and ``…`` stand for anything."""
    tidy = "\n".join(line.rstrip() for line in actual.splitlines()).strip("\n")
    wanted = "\n".join(line.rstrip() for line in expected.splitlines()).strip("\n")
    parts = re.split(r"\.\.\.|…", wanted)
    return re.fullmatch("(?s:.*)".join(re.escape(part) for part in parts), tidy) is not None


def may_refuse(expected: str) -> bool:
    """Return whether the page shows a message of the five-field form, so that the command ends with another status."""
    return re.search(r"^muster: (?!warning:)", expected, re.M) is not None


@pytest.fixture
def shell(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Return a folder with the examples to work in, and variables in which `muster` is the code under test."""
    programs, work = tmp_path / "programs", tmp_path / "work"
    programs.mkdir()
    for name, command in {"muster": [sys.executable, "-m", "muster"], "python3": [sys.executable]}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    work.mkdir()
    if (ROOT / "examples").is_dir():
        shutil.copytree(ROOT / "examples", work / "examples")
    (work / "docs").mkdir()
    for checker in ("check_plan.py", "check_log.py"):
        shutil.copy(ROOT / "docs" / checker, work / "docs")
    shutil.copytree(ROOT / "docs" / "small-log", work / "docs" / "small-log")
    return work, {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page_given_its_console_blocks_then_they_print_what_it_shows(
    path: Path, shell: tuple[Path, dict[str, str]]
) -> None:
    work, variables = shell
    name, page = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    assert prompts_elsewhere(page) == [], "commands in a block that is not marked ```console are never run"
    for step in steps(page):
        if (name, step.command) in NOT_RUN:
            continue
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", step.command],
            cwd=work,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            timeout=600,
            check=False,
        )
        shown = (
            f"{name}:{step.line}: $ {step.command}\n-- the page shows:\n{step.expected}\n-- it prints:\n{done.stdout}"
        )
        assert matches(step.expected, done.stdout), shown
        assert done.returncode == 0 or may_refuse(step.expected), f"ended with status {done.returncode}\n{shown}"


def test_not_run_then_every_entry_is_a_command_of_its_page() -> None:
    there = {
        (path.relative_to(ROOT).as_posix(), step.command)
        for path in PAGES
        for step in steps(path.read_text(encoding="utf-8"))
    }
    assert set(NOT_RUN) - there == set()


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_generated_page_then_it_is_what_its_generator_writes(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == reference.PAGES[name](), f"docs/{name} is stale: python3 dev.py docs writes it anew"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_page_given_its_links_then_they_lead_to_files_that_are_there(path: Path) -> None:
    page = FENCE.sub("", path.read_text(encoding="utf-8"))
    targets = [hit["target"] for hit in LINK.finditer(page) if not re.match(r"[a-z]+:", hit["target"])]
    assert [target for target in targets if not (path.parent / target).exists()] == []


MADE_UP = """\
Before.

```console
$ muster check examples/two-villages
2 places, 3 periods

$ muster plan x \\
    --json
{}
```

```sh
$ rm -rf /
```
"""


def test_steps_given_a_page_then_commands_and_what_stands_below_them() -> None:
    assert list(steps(MADE_UP)) == [
        Step(4, "muster check examples/two-villages", "2 places, 3 periods"),
        Step(7, "muster plan x \\\n    --json", "{}"),
    ]


def test_steps_given_a_console_block_without_a_command_then_says_where() -> None:
    with pytest.raises(AssertionError, match="line 2: a console block begins with a command"):
        list(steps("```console\nnothing\n```\n"))


def test_prompts_elsewhere_given_a_shell_block_then_its_line() -> None:
    assert prompts_elsewhere(MADE_UP) == [13]


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("a\nb", "a\nb\n", True),
        ("a\nb", "a\nc\n", False),
        ("a", "a\nb\n", False),
        ("", "anything\n", False),
        ("...", "anything\nat all\n", True),
        ("took … s", "took 1.2 s  \n", True),
        ("first\n...\nlast", "first\nsecond\nthird\nlast\n", True),
        ("first\n...\nlast", "first\nsecond\n", False),
        ("1.5 (x)", "115 (x)\n", False),
    ],
)
def test_matches_given_what_is_shown_and_printed_then_tells_them_apart(expected: str, actual: str, same: bool) -> None:
    assert matches(expected, actual) is same


def test_may_refuse_given_a_message_then_true_but_not_for_a_warning() -> None:
    assert may_refuse("muster: 2 stocks name a resource that does not exist.\n  where: …")
    assert not may_refuse("muster: warning: nobody lives in Ghor.\n  where: …")
    assert not may_refuse("45 areas")
