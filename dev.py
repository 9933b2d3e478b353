#!/usr/bin/env python3
"""Set up, show and check this checkout; needs Python 3.11 or newer, and nothing else.

python3 dev.py demo        plan the flagship example and say where its report lies
python3 dev.py test        run every check that CI runs
python3 dev.py run ARGS    run muster itself, e.g. `run check examples/two-villages`
python3 dev.py docs        write the generated pages of docs/ anew
python3 dev.py lock        write requirements/ anew after a change of dependencies (versions stay where they can;
                           delete requirements/*.txt first to take the newest of everything)

The first call makes the environment .venv/ from requirements/test.txt; later calls find it ready.
"""

import collections
import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

# This file must parse on old versions too, so that they reach this sentence.
if sys.version_info < (3, 11):
    sys.exit(
        "dev.py: muster needs Python 3.11 or newer.\n"
        "  seen:  Python {}\n"
        "  do:    install a newer Python (python.org, or your system's packages) and call it by its name: "
        "python3.13 dev.py demo".format(platform.python_version())
    )

import tomllib
from collections.abc import Callable, Iterator, Sequence

if sys.platform != "win32":
    import fcntl

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
STAMP = ENVIRONMENT / "made-by-dev.py"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
LOCKS = {
    "requirements/test.txt": ["--extra", "test", "--group", "build"],
    "requirements/bench.txt": ["--extra", "bench", "--group", "build"],
}
LOCK = HERE / "requirements/test.txt"
EXAMPLE, DEMO_PLAN = "examples/afghan-winter", "afghan-winter-plan"
HALF_MADE = "half made\n"
COVERED, LEAST_COVERED = "src/muster/economy/*,src/muster/plan/*", 95

CAUSES = (
    (
        r"NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|Max retries exceeded|Connection refused"
        r"|name resolution|Network is unreachable|ProxyError|Connection reset|RemoteDisconnected|Read timed out",
        "the package index could not be reached.",
        "connect to the internet, or name a mirror in PIP_INDEX_URL, and run the same command again",
    ),
    (r"No space left", "the disk is full.", "free about 1 GB where this checkout lies, and run the same command again"),
    (
        r"DO NOT MATCH THE HASHES",
        "a package is not the one that the lock names.",
        "do not trust that download: look at PIP_INDEX_URL and the network you are in, and run the same command again",
    ),
    (
        r"No matching distribution",
        "the package index has no build of a package for this machine and this Python.",
        "see that PIP_INDEX_URL, if set, names a whole index; take a released CPython on Linux, macOS or Windows",
    ),
)
"""What pip prints (a pattern), what that means, what to do."""


class Stopped(Exception):
    """Set-up cannot go on; the text says why and what to do."""


def say(text: str) -> None:
    """Print a line at once, in order with what child processes print."""
    print(text, flush=True)


def tell(text: str) -> None:
    """Print a line about the set-up where it does not mix with results."""
    print(text, file=sys.stderr, flush=True)


def message(what: str, *, seen: str = "", do: str = "") -> str:
    """Return a message in the form that muster uses everywhere."""
    fields = [("seen", seen), ("do", do)]
    return "\n".join([f"dev.py: {what}"] + [f"  {name + ':':<7}{value}" for name, value in fields if value])


def clean() -> dict[str, str]:
    """Return this process's variables without those that would bring code from outside the environment."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


def wanted() -> str:
    """Return what a finished environment is stamped with: all that it was made from."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))
    made_from = json.dumps([project["build-system"], project["project"]], sort_keys=True)
    digest = hashlib.sha256(LOCK.read_bytes() + made_from.encode()).hexdigest()
    return f"{digest}\npython {platform.python_version()}\nat {HERE}\n"


def found() -> str:
    """Return the stamp of the environment that is there: empty where there is none."""
    if not PYTHON.exists():
        return HALF_MADE if STAMP.exists() else ""
    return STAMP.read_text(encoding="utf-8") if STAMP.exists() else ""


@contextlib.contextmanager
def alone() -> Iterator[tuple[int, ...]]:
    """Let one set-up run at a time, and give what a child must inherit to count as part of it.

    A pip that outlives its killed dev.py still holds the lock, so nobody builds under its hands.
    """
    with open(HERE / ".venv.lock", "w", encoding="utf-8") as file:
        if sys.platform == "win32":
            yield ()
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another set-up of this checkout is under way; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield (file.fileno(),)


def set_up() -> None:
    """Make the environment where it is missing, half made, or made from something else.

    Raises:
        Stopped: It cannot be made here.
    """
    if found() == wanted():
        return
    with alone() as held:
        before = found()
        if before == wanted():
            return
        if not before and ENVIRONMENT.exists() and any(ENVIRONMENT.iterdir()):
            raise Stopped(
                message(
                    "the folder .venv is there, but dev.py did not make it.",
                    seen=str(ENVIRONMENT),
                    do="move it away or delete it, and run the same command again",
                )
            )
        missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
        if missing:
            raise Stopped(
                message(
                    "this Python comes without the part that makes environments.",
                    seen=f"no module {' and no module '.join(missing)} in {sys.executable}",
                    do="on Debian and Ubuntu: sudo apt install python3-venv; then run the same command again",
                )
            )
        make(held, because=before)


def make(held: tuple[int, ...], *, because: str) -> None:
    """Make the environment from nothing; the stamp is written last, so a killed run is seen as half made."""
    began = time.monotonic()
    if because == HALF_MADE:
        tell("The environment .venv is half made (an earlier set-up was stopped); making it anew.")
    elif because:
        tell("The environment .venv was made from another lock, Python or place; making it anew.")
    else:
        tell("Setting up the environment .venv (once; needs the package index, or pip's cache).")
    old = HERE / ".venv.old"  # moved away whole, so that a run killed here leaves nothing that looks like another's
    shutil.rmtree(old, ignore_errors=True)
    if ENVIRONMENT.exists():
        ENVIRONMENT.rename(old)
    ENVIRONMENT.mkdir()
    STAMP.write_text(HALF_MADE, encoding="utf-8")
    shutil.rmtree(old, ignore_errors=True)
    tell(f"  1 of 3  an empty environment with Python {platform.python_version()}")
    base = getattr(sys, "_base_executable", sys.executable)
    install([base, "-m", "venv", str(ENVIRONMENT)], held)
    packages = len(set(re.findall(r"^([\w.-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)))
    tell(f"  2 of 3  about {packages} packages, each checked against its hash in {LOCK.relative_to(HERE)}")
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    install([*pip, "--only-binary", ":all:", "--require-hashes", "-r", str(LOCK)], held, packages=packages)
    tell("  3 of 3  muster itself, from this checkout")
    install([*pip, "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(HERE)], held)
    STAMP.write_text(wanted(), encoding="utf-8")
    tell(f"Set up in {time.monotonic() - began:.0f} s.\n")


def install(command: Sequence[str], held: tuple[int, ...], *, packages: int = 0) -> None:
    """Run one step of the set-up, showing how many of ``packages`` have been fetched.

    Raises:
        Stopped: The step did not end well; the text says why in plain words where the cause is known.
    """
    last = collections.deque[str](maxlen=200)
    fetched = 0
    with subprocess.Popen(
        command,
        cwd=HERE,
        env=clean(),
        pass_fds=held,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            last.append(line.rstrip())
            one_more = line.startswith(("Collecting ", "Processing "))
            fetched += one_more
            if packages and one_more and fetched % 20 == 0:
                tell(f"          {fetched} fetched")
            elif packages and line.startswith("Installing collected"):
                tell(f"          {fetched} fetched; installing")
    if process.returncode:
        raise Stopped(explain(list(last), command))


def explain(output: Sequence[str], command: Sequence[str]) -> str:
    """Return why a step of the set-up stopped: the known cause, or what it printed last."""
    text = "\n".join(output)
    for pattern, what, do in CAUSES:
        shown = [line.strip() for line in output if re.search(pattern, line)]
        if shown:
            return message(what, seen=shown[-1][:300], do=do)
    return text + "\n" + message("a step of the set-up stopped (its words stand above).", seen=" ".join(command))


def demo() -> int:
    """Plan the flagship example, print what `muster plan` prints, and say where the report lies."""
    done = subprocess.call([SCRIPTS / "muster", "plan", EXAMPLE, "--to", DEMO_PLAN], cwd=HERE, env=clean())
    report = HERE / DEMO_PLAN / "report.html"
    if done == 0 and report.exists():
        say(f"\nThe report, to open in a browser: {report}")
    return done


def test() -> int:
    """Run every check, each to its end; return 1 if any of them found something."""
    results = []
    for name, check in CHECKS.items():
        say(f"\n── {name} " + "─" * max(3, 76 - len(name)))
        began = time.monotonic()
        passed = check()
        results.append((name, passed, time.monotonic() - began))
        say(f"{name}: {'passed' if passed else 'FAILED'} in {results[-1][2]:.1f} s")
    say("\n── summary " + "─" * 69)
    for name, passed, seconds in results:
        say(f"  {'passed' if passed else 'FAILED'}  {seconds:6.1f} s  {name}")
    found_fault = [name for name, passed, _ in results if not passed]
    say(f"Not passed: {', '.join(found_fault)}." if found_fault else "Every check passed.")
    return 1 if found_fault else 0


def tool(*command: str) -> Callable[[], bool]:
    """Return a check that runs a program of the environment and passes where that ends well."""

    def check() -> bool:
        return subprocess.call([SCRIPTS / command[0], *command[1:]], cwd=HERE, env=clean()) == 0

    return check


def branches() -> bool:
    """Pass where the tests took at least 95 % of the branches of the economy and the plan."""
    report = [str(PYTHON), "-m", "coverage", "report", f"--include={COVERED}", "--show-missing", "--skip-covered"]
    whole = subprocess.call([*report, f"--fail-under={LEAST_COVERED}"], cwd=HERE, env=clean()) == 0
    as_json = [str(PYTHON), "-m", "coverage", "json", "--quiet", f"--include={COVERED}", "-o", "-"]
    printed = subprocess.run(as_json, cwd=HERE, env=clean(), stdout=subprocess.PIPE, text=True, check=False).stdout
    if not printed.startswith("{"):
        return False
    totals = json.loads(printed)["totals"]
    taken, there = totals["covered_branches"], totals["num_branches"]
    say(f"Branches of economy and plan: {taken} of {there} taken, {100 * taken / max(there, 1):.1f} %.")
    return whole and taken >= there * LEAST_COVERED / 100


CHECKS: dict[str, Callable[[], bool]] = {
    "ruff: rules": tool("ruff", "check", "."),
    "ruff: format": tool("ruff", "format", "--check", "--diff", "."),
    "mypy --strict": tool("mypy"),
    "import contracts": tool("lint-imports", "--no-cache", "--no-logo"),
    "pytest": tool("pytest", "-n", "2", "--dist", "loadgroup", "--cov", "--cov-report="),
    "coverage": branches,
}


def lock() -> int:
    """Write the locks anew: every platform and Python, with hashes, without a word about where packages come from."""
    uv = shutil.which("uv", path=os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", "")]))
    if uv is None:
        raise Stopped(
            message("there is no uv to choose versions with.", do="run python3 dev.py test once, it brings uv")
        )
    command = [uv, "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes", "--no-emit-index-url"]
    command += ["--no-emit-find-links", "--no-annotate", "--no-header", "--quiet", "--python-version", "3.11"]
    command += ["--no-strip-extras"]  # pip takes a pin without its extra for another package, and the newest of that
    for path, extras in LOCKS.items():
        done = subprocess.call([*command, *extras, "-o", path], cwd=HERE, env=clean())
        if done:
            return done
        say(f"{path}: written")
    return 0


def docs() -> int:
    """Write the generated pages anew."""
    return subprocess.call([PYTHON, "-m", "muster.cli.reference", "docs"], cwd=HERE, env=clean())


def main(arguments: Sequence[str]) -> int:
    """Set up where needed, do what the first word says, and return the exit status."""
    commands: dict[str, Callable[[], int]] = {"demo": demo, "test": test, "docs": docs, "lock": lock}
    word, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if word in ("-h", "--help", "help"):
        say((__doc__ or "").strip())
        return 0
    if word != "run" and (word not in commands or rest):
        seen = " ".join(arguments) or "no command"
        do = "one of: python3 dev.py demo, test, run ARGS, docs, lock (python3 dev.py --help says more)"
        print(message("there is no such command.", seen=seen, do=do), file=sys.stderr)
        return 2
    if (
        signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    ):  # started in the background: what it starts would inherit that
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if word != "lock":
            set_up()
        if word == "run":
            return subprocess.call([SCRIPTS / "muster", *rest], env=clean())
        return commands[word]()
    except Stopped as why:
        print(why, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndev.py: stopped; the same command begins again.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
