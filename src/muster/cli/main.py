"""The entry point: runs a command and is the one place where errors end."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Iterable, Sequence

from muster.cli.answer import BROKEN, DONE, FAULT, USAGE, Answer, faults_as_data
from muster.cli.commands import app
from muster.cli.interrupts import Stopped, stoppable
from muster.cli.refusals import broken_fault, disk_fault, usage_fault
from muster.errors import Fault, MusterError, describe


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Args:
        words: What stands after ``muster``; the words of the process where ``None``.
    Returns:
        0 done, 1 a fault in what was given, 2 wrong usage, 70 a mistake inside muster, 130 or 143 stopped by a signal.
    """
    whole_process = words is None
    words = list(sys.argv[1:] if words is None else words)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old terminal shows ? instead of ending the program
    try:
        with stoppable():
            answer = _answer(words)
            return _show(answer, as_json="--json" in words)
    except Stopped as stopped:
        print(stopped, file=sys.stderr, flush=True)
        if whole_process:
            os._exit(stopped.status)  # a solver at work in a thread of its own would not let the process end in peace
        return stopped.status


def _answer(words: list[str]) -> Answer:
    """Run the command; whatever stops it becomes an answer."""
    called = " ".join(["muster", *words])
    try:
        answer = app(words, prog_name="muster", standalone_mode=False)
    except MusterError as error:
        return _refusal(error.faults, status=FAULT)
    except OSError as error:
        return _refusal([disk_fault(error)], status=FAULT)
    except Exception as error:  # the one handler: nobody is shown a traceback unasked
        if hasattr(error, "format_message"):
            return _wrong_usage(error, called=called)
        if os.environ.get("MUSTER_DEBUG") == "1":
            traceback.print_exc()
        return _refusal([broken_fault(error, called=called)], status=BROKEN)
    return answer if isinstance(answer, Answer) else Answer("", {}, status=int(answer or DONE))


def _wrong_usage(error: Exception, *, called: str) -> Answer:
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error, file=sys.stderr)
        return Answer("", {}, status=USAGE)
    return _refusal([usage_fault(error, called=called)], status=USAGE)


def _refusal(faults: Iterable[Fault], *, status: int) -> Answer:
    faults = tuple(faults)
    return Answer("", faults_as_data(faults), faults, status)


def _show(answer: Answer, *, as_json: bool) -> int:
    try:
        if answer.faults:
            print(describe(answer.faults), file=sys.stderr, flush=True)
        if as_json and answer.data:
            print(json.dumps(answer.data, ensure_ascii=False, indent=2, allow_nan=False))
        elif answer.text and not as_json:
            print(answer.text)
        sys.stdout.flush()
    except BrokenPipeError:
        _hush()
    return answer.status


def _hush() -> None:
    """The reader of the pipe has gone: whatever is left in the buffers goes nowhere, without complaint."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
    os.close(nowhere)
