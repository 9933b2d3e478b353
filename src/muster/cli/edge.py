"""Where a command ends: its answer is shown, and every error becomes a message here and nowhere else."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from muster.cli.answer import BROKEN, DONE, FAULT, USAGE, Answer, faults_as_data
from muster.cli.commands import app
from muster.cli.refusals import broken_fault, disk_fault, usage_fault
from muster.errors import Fault, MusterError, describe

DEBUG = "MUSTER_DEBUG"
"""Variable of the environment that asks for tracebacks."""


def run(words: list[str]) -> int:
    """Run the command that ``words`` (what stands after ``muster``) say, show its answer and return its status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old terminal shows ? instead of ending the program
    with _no_afterthoughts():
        answer = _answer(words, as_json="--json" in words)
    try:
        if answer.faults:
            print(describe(answer.faults), file=sys.stderr, flush=True)
        if answer.text:
            print(answer.text, flush=True)
    except BrokenPipeError:
        _hush()
    return answer.status


def _answer(words: list[str], *, as_json: bool) -> Answer:
    """Run the command; whatever stops it becomes an answer. ``as_json`` puts the data in the place of the text."""
    called = " ".join(["muster", *words])
    try:
        answer = app(words, prog_name="muster", standalone_mode=False)
        if not isinstance(answer, Answer):  # --help and --version have printed what they have to say
            return Answer("", {}, status=int(answer or DONE))
        return _as_json(answer) if as_json else answer
    except MusterError as error:
        refusal = _refusal(error.faults, status=FAULT)
    except BrokenPipeError:  # somebody reads a long export with `head`
        _hush()
        return Answer("", {})
    except OSError as error:
        refusal = _refusal([disk_fault(error, called=called)], status=FAULT)
    except Exception as error:  # the one handler: nobody is shown a traceback unasked
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error, file=sys.stderr)
            return Answer("", {}, status=USAGE)
        if hasattr(error, "format_message"):
            refusal = _refusal([usage_fault(error, called=called)], status=USAGE)
        else:
            if os.environ.get(DEBUG) == "1":
                traceback.print_exc()
            refusal = _refusal([broken_fault(error, called=called)], status=BROKEN)
    return _as_json(refusal) if as_json else refusal


def _refusal(faults: Iterable[Fault], *, status: int) -> Answer:
    faults = tuple(faults)
    return Answer("", faults_as_data(faults), faults, status)


def _as_json(answer: Answer) -> Answer:
    return replace(answer, text=json.dumps(answer.data, ensure_ascii=False, indent=2, allow_nan=False))


@contextmanager
def _no_afterthoughts() -> Iterator[None]:
    """Keep quiet about what goes wrong while libraries clear up after a refusal that has a message of its own."""
    before = sys.unraisablehook
    if os.environ.get(DEBUG) != "1":
        sys.unraisablehook = lambda unraisable: None
    try:
        yield
    finally:
        sys.unraisablehook = before


def _hush() -> None:
    """The reader of the pipe has gone: whatever is left in the buffers goes nowhere, without complaint."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
    os.close(nowhere)
