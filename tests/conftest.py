"""What holds for every test: the same terminal and the same random examples wherever they run."""

from __future__ import annotations

import os
import signal
import threading

from hypothesis import settings

os.environ.update(COLUMNS="100", LINES="40", NO_COLOR="1", TERM="dumb", TZ="UTC", PYTHONIOENCODING="utf-8")
os.environ["MUSTER_PROGRESS"] = "off"  # what a busy machine says on stderr would differ from run to run
for name in ("FORCE_COLOR", "CLICOLOR_FORCE", "GITHUB_ACTIONS"):
    os.environ.pop(name, None)

# A shell that starts the tests in the background has Ctrl-C ignored, and whatever they start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: on a busy machine a slow example is not a wrong one. Derandomised: the same commit gives the same answer.
settings.register_profile("muster", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("muster")
