import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import muster
from muster.cli import edge as room
from muster.cli.answer import Answer
from muster.cli.main import main
from muster.errors import EconomyError, Fault

CANNOT_USE = """\
muster: --{name} cannot be used.
  where: muster plan here --{name} {value}
  seen:  {value}
  do:    {do} muster plan --help says more
  rule:  C1
"""


def raises(error: BaseException) -> Callable[..., Any]:
    def call(*words: Any, **more: Any) -> Any:
        raise error

    return call


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("chekc x", "muster: there is no command chekc.\n  where: muster chekc x\n  do:    did you mean check?"),
        ("check", "muster: muster check needs DIR.\n  where: muster check\n  do:    give DIR; muster check --help"),
        ("verify a", "muster: muster verify needs PLAN.\n"),
        ("plan x --exactt", "muster: muster plan has no option --exactt.\n  where: muster plan x --exactt\n"),
        ("plan x --exactt", "do:    did you mean --exact? muster plan --help says more"),
        ("new a b c", "muster: muster new was given more than it takes.\n  where: muster new a b c\n  seen:  b c\n"),
        ("plan x --step", "muster: --step needs a value.\n"),
        ("report x --to y.pdf", "seen:  y.pdf\n  do:    name a file that ends in .html or .xlsx;"),
    ],
)
def test_run_given_wrong_usage_then_it_says_what_to_do(
    words: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert err.endswith("  rule:  C1\n")
    assert "nvalid" not in err


@pytest.mark.parametrize(
    ("name", "value", "do"),
    [
        ("step", "half", "write a number from 0.001 to 1, with a decimal point;"),
        ("step", "0", "write a number from 0.001 to 1, with a decimal point;"),
        ("slack", "0,5", "write a number from 0 to 1, with a decimal point;"),
        ("slack", "nan", "write a number from 0 to 1, with a decimal point;"),
        ("goals", "flor", "did you mean floor?"),
        ("goals", "hope", "choose from floor, reserve, norm, effort;"),
        ("goals", "floor,floor", "name each goal once, e.g. floor,reserve,norm,effort;"),
    ],
)
def test_run_given_a_value_that_cannot_be_used_then_it_says_which_can(
    name: str, value: str, do: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "here", f"--{name}", value]) == 2
    assert capsys.readouterr().err == CANNOT_USE.format(name=name, value=value, do=do)


def test_run_given_no_words_then_the_help_and_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Usage: muster [OPTIONS] COMMAND" in err


@pytest.mark.parametrize("command", ["new", "check", "describe", "plan", "verify", "report"])
def test_run_given_help_then_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert f"  Example:\n    muster {command} " in capsys.readouterr().out


def test_run_given_version_then_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"muster {muster.__version__}\n"


def test_run_given_faults_then_they_are_on_stderr_and_with_json_on_stdout_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = Fault("a is not b.", "stocks.csv:2", "a", "write b", "T3", count=2)
    monkeypatch.setattr(room, "app", raises(EconomyError([fault])))
    assert main(["check", "x"]) == 1
    assert capsys.readouterr() == ("", fault.text() + "\n")
    assert main(["check", "x", "--json"]) == 1
    out, err = capsys.readouterr()
    assert err == fault.text() + "\n"
    assert json.loads(out) == {"faults": [fault.as_dict()]}


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (errno.ENOSPC, "the disk is full."),
        (errno.EROFS, "this disk is read-only."),
        (errno.EACCES, "this may not be read or written by you."),
        (errno.ENOTDIR, "a folder was expected, and this is a file."),
        (errno.ENOENT, "there is no such file or folder."),
        (errno.EIO, "input/output error."),
    ],
)
def test_run_given_a_disk_that_refuses_then_it_says_so_plainly(
    number: int, what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(room, "app", raises(OSError(number, os.strerror(number), "there/met.csv")))
    assert main(["plan", "x"]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"muster: {what}\n  where: there/met.csv\n  do:    ")
    assert err.endswith("  rule:  C3\n")


def test_run_given_a_full_disk_in_the_words_of_polars_then_it_says_so_plainly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(room, "app", raises(OSError("No space left on device (os error 28)")))
    assert main(["plan", "x"]) == 1
    assert capsys.readouterr().err.startswith("muster: the disk is full.\n  where: muster plan x\n")


def test_run_given_a_library_that_stumbles_while_it_clears_up_then_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Clumsy:
        def __del__(self) -> None:
            raise ValueError("seek of closed file")

    def call(*words: Any, **more: Any) -> Answer:
        Clumsy()
        return Answer("done", {})

    monkeypatch.setattr(room, "app", call)
    before = sys.unraisablehook
    assert main(["plan", "x"]) == 0
    assert capsys.readouterr() == ("done\n", "")
    assert sys.unraisablehook is before


def test_run_given_our_mistake_then_a_plain_message_and_the_traceback_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MUSTER_DEBUG", raising=False)
    monkeypatch.setattr(room, "app", raises(KeyError("wheat")))
    assert main(["plan", "x"]) == 70
    err = capsys.readouterr().err
    assert err.startswith(
        "muster: something went wrong inside muster; it is not your mistake.\n  where: muster plan x\n"
    )
    assert "Traceback" not in err
    monkeypatch.setenv("MUSTER_DEBUG", "1")
    assert main(["plan", "x"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_run_given_too_little_memory_then_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(room, "app", raises(MemoryError()))
    assert main(["plan", "x"]) == 70
    assert capsys.readouterr().err.startswith("muster: there is not enough memory for this.\n")


def test_run_given_an_answer_then_text_or_json_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(room, "app", lambda *words, **more: Answer("Ghor: 50 %", {"place": "Ghōr", "met": 0.5}))
    assert main(["plan", "x"]) == 0
    assert capsys.readouterr() == ("Ghor: 50 %\n", "")
    assert main(["plan", "x", "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"place": "Ghōr", "met": 0.5}, "")
    assert "Ghōr" in out


def test_run_given_a_number_that_json_lacks_then_it_is_our_mistake(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(room, "app", lambda *words, **more: Answer("fine", {"met": float("nan")}))
    assert main(["plan", "x", "--json"]) == 70
    assert json.loads(capsys.readouterr().out)["faults"][0]["rule"] == "C4"


def test_run_given_an_old_terminal_then_letters_it_lacks_become_question_marks() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "muster", "check", "Ghōr"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Gh?r" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["--help"], ["check", "examples/two-villages", "--json"]])
def test_run_given_a_reader_that_leaves_then_quiet(command: list[str], request: pytest.FixtureRequest) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "muster", *command],
        stdout=write,
        stderr=subprocess.PIPE,
        cwd=request.config.rootpath,
        check=False,
    )
    os.close(write)
    assert done.stderr == b""


def test_import_muster_given_nothing_used_then_no_heavy_room_is_loaded() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import muster, sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"polars", "numpy", "highspy", "typer", "rich"} & set(loaded)


@pytest.mark.parametrize("name", sorted(set(muster.__all__)))
def test_muster_given_a_public_name_then_it_is_there(name: str) -> None:
    assert getattr(muster, name) is not None
    assert name in dir(muster)


def test_muster_given_an_unknown_name_then_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'share'"):
        muster.share  # noqa: B018


def test_the_package_given_its_files_then_it_is_typed() -> None:
    assert (Path(muster.__file__).parent / "py.typed").is_file()
