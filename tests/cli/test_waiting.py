import io
import sys
import time

import pytest

from muster.cli import waiting as room
from muster.cli.waiting import waiting


@pytest.fixture(autouse=True)
def _said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUSTER_PROGRESS", raising=False)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "QUIET_SECONDS", 0.02)
    monkeypatch.setattr(room, "BETWEEN_LINES_SECONDS", 0.05)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_waiting_given_quick_work_then_nothing_is_said() -> None:
    stream = io.StringIO()
    with waiting("reading", stream=stream) as say:
        say("nearly done")
    assert stream.getvalue() == ""


@pytest.mark.usefixtures("impatient")
def test_waiting_given_slow_work_then_a_pipe_gets_plain_lines_not_too_many() -> None:
    stream = io.StringIO()
    with waiting("reading", stream=stream) as say:
        time.sleep(0.1)
        for each in range(1000):
            say(f"step {each}")
        time.sleep(0.1)
        say("last")
    lines = stream.getvalue().splitlines()
    assert lines[0] == "reading"
    assert lines[-1] == "last"
    assert 2 <= len(lines) <= 5


@pytest.mark.usefixtures("impatient")
def test_waiting_given_slow_work_then_a_terminal_gets_the_words_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with waiting("reading [bold]north[/bold]", stream=stream):
        shown_by = time.monotonic() + 10
        while "reading [bold]north[/bold]" not in stream.getvalue():
            assert time.monotonic() < shown_by
            time.sleep(0.01)


@pytest.mark.usefixtures("impatient")
def test_waiting_given_a_terminal_that_only_adds_lines_then_it_gets_plain_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = Terminal()
    with waiting("reading", stream=stream):
        time.sleep(0.1)
    assert stream.getvalue() == "reading\n"


@pytest.mark.usefixtures("impatient")
def test_waiting_given_an_error_then_it_stops_speaking(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="ours"), waiting("reading"):
        raise ValueError("ours")
    time.sleep(0.1)
    assert capsys.readouterr().err == ""
    assert sys.stderr is not None


@pytest.mark.usefixtures("impatient")
def test_waiting_given_progress_is_off_then_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSTER_PROGRESS", "off")
    stream = io.StringIO()
    with waiting("reading", stream=stream) as say:
        time.sleep(0.1)
        say("done")
    assert stream.getvalue() == ""
