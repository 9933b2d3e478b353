import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import muster
from muster.cli.main import main

PROGRAM = [sys.executable, "-c", "import sys; from muster.cli.main import main; sys.exit(main())"]


def test_main_given_words_then_they_count_and_not_those_of_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"muster {muster.__version__}\n"


def test_main_given_nothing_then_the_words_of_the_process() -> None:
    done = subprocess.run([*PROGRAM, "chekc"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "did you mean check?" in done.stderr


@pytest.mark.parametrize("wait", [0.0, 0.05, 0.1, 0.2, 0.4])
def test_main_given_ctrl_c_while_it_still_loads_then_one_line_or_the_answer(wait: float) -> None:
    program = [*PROGRAM[:2], PROGRAM[2].replace("sys.exit", "print('begins', flush=True); sys.exit")]
    with subprocess.Popen(
        [*program, "check", "nowhere"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as busy:
        assert busy.stdout is not None
        assert busy.stdout.readline() == "begins\n"
        time.sleep(wait + 0.02)
        busy.send_signal(signal.SIGINT)
        _, err = busy.communicate(timeout=30)
    stopped = "muster: stopped before it was done; nothing half-written is left behind.\n"
    assert (busy.returncode, err) == (130, stopped) or "There is no such folder" in err


def test_main_as_a_module_then_the_same(request: pytest.FixtureRequest) -> None:
    example = Path(request.config.rootpath) / "examples/two-villages"
    done = subprocess.run(
        [sys.executable, "-m", "muster", "check", str(example)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Two villages: ")
