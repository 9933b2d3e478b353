import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from muster.cli.interrupts import Stopped, stoppable

DEAF = """
import hashlib, threading
from muster.cli import interrupts
interrupts.GRACE_SECONDS = 0.2
threading.Timer(0.5, print, ["busy"], {"flush": True}).start()
with interrupts.stoppable():
    hashlib.pbkdf2_hmac("sha256", b"a", b"b", 400_000_000)  # minutes of compiled code that hears no signal
"""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stoppable_given_a_signal_then_stopped_says_which(number: signal.Signals, status: int) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Stopped) as stopped, stoppable():
        os.kill(os.getpid(), number)
        time.sleep(5)
    assert stopped.value.status == status
    assert signal.getsignal(number) is before


def test_stoppable_given_a_second_ctrl_c_while_clearing_up_then_it_is_not_disturbed() -> None:
    cleared = False
    with pytest.raises(Stopped), stoppable():
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            cleared = True
    assert cleared


def test_stoppable_given_another_thread_then_signals_stay_as_they_are() -> None:
    seen: list[object] = []

    def work() -> None:
        with stoppable():
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stoppable_given_busy_compiled_code_then_the_process_ends_all_the_same(
    number: signal.Signals, status: int
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEAF], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as busy:
        assert busy.stdout is not None
        assert busy.stderr is not None
        assert busy.stdout.readline() == "busy\n"
        busy.send_signal(number)
        said = busy.stderr.read()
        assert busy.wait(10) == status
    assert said == "muster: stopped before it was done; nothing half-written is left behind.\n"
