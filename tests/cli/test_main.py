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


def test_main_given_ctrl_c_at_any_moment_then_one_line_at_most() -> None:
    """Before Python has read a line of ours nothing can be promised; after that, no moment shows a traceback."""
    for wait in (0.1, 0.2, 0.3, 0.5):
        with subprocess.Popen(
            [*PROGRAM, "check", "nowhere"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as busy:
            time.sleep(wait)
            busy.send_signal(signal.SIGINT)
            out, err = busy.communicate(timeout=30)
        assert out == ""
        if "muster" in err:
            assert busy.returncode in (1, 130)
            assert "Traceback" not in err


def test_main_as_a_module_then_the_same(request: pytest.FixtureRequest) -> None:
    example = Path(request.config.rootpath) / "examples/two-villages"
    done = subprocess.run(
        [sys.executable, "-m", "muster", "check", str(example)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Two villages: ")
