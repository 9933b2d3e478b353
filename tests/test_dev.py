"""dev.py on machines that are not as they should be: too old, half set up, offline."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PINNED = r"[\w.-]+(?:\[[\w.,-]+\])?=="
"""How a line of a lock begins: a package, its extras if it has some."""

NOWHERE = {
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PIP_RETRIES": "1",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_NO_CACHE_DIR": "1",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with all that dev.py reads, and no environment."""
    for name in ("dev.py", "pyproject.toml", "requirements/test.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def dev(checkout: Path, *words: str, python: tuple[str, ...] = (sys.executable,)) -> subprocess.CompletedProcess[str]:
    """Run dev.py in a checkout that no package can reach."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | NOWHERE
    command = [*python, str(checkout / "dev.py"), *words]
    return subprocess.run(command, env=variables, capture_output=True, text=True, encoding="utf-8", check=False)


def without(module: str) -> tuple[str, ...]:
    """Return a Python that lacks a module, as Debian's lacks ensurepip."""
    lacking = (
        f"import runpy, sys; sys.modules[{module!r}] = None; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], "
    )
    return (sys.executable, "-c", lacking + "run_name='__main__')")


def test_dev_given_an_old_python_then_it_parses_as_far_as_the_message() -> None:
    source = (ROOT / "dev.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    before = source[: source.index("if sys.version_info < ")]
    assert "__future__" not in before and "tomllib" not in before


@pytest.mark.parametrize("words", [(), ("dome",), ("demo", "fast")])
def test_main_given_words_it_does_not_know_then_names_those_it_does(checkout: Path, words: tuple[str, ...]) -> None:
    done = dev(checkout, *words)
    assert done.returncode == 2
    assert done.stderr.startswith("dev.py: there is no such command.\n")
    assert "demo, test, run ARGS, docs, lock" in done.stderr
    assert not (checkout / ".venv").exists()


def test_main_given_help_then_says_what_it_does(checkout: Path) -> None:
    done = dev(checkout, "--help")
    assert done.returncode == 0
    assert "python3 dev.py demo " in done.stdout and "python3 dev.py test " in done.stdout


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_set_up_given_a_python_without_environments_then_names_the_package_to_install(
    checkout: Path, module: str
) -> None:
    done = dev(checkout, "demo", python=without(module))
    assert done.returncode == 1
    assert f"no module {module} in " in done.stderr
    assert "apt install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_set_up_given_no_network_then_says_so_and_the_next_call_begins_again(checkout: Path) -> None:
    first = dev(checkout, "demo")
    assert first.returncode == 1
    assert "dev.py: the package index could not be reached.\n" in first.stderr
    assert "  do:    connect to the internet, or name a mirror in PIP_INDEX_URL" in first.stderr
    assert "Traceback" not in first.stderr
    again = dev(checkout, "demo")
    assert again.returncode == 1
    assert "is half made" in again.stderr


def test_set_up_given_somebody_elses_environment_then_leaves_it_alone(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv/mine").write_text("mine", encoding="utf-8")
    done = dev(checkout, "demo")
    assert done.returncode == 1
    assert "dev.py did not make it" in done.stderr
    assert (checkout / ".venv/mine").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("lock", ["requirements/test.txt", "requirements/bench.txt"])
def test_locks_then_every_package_has_hashes_and_nothing_says_where_it_comes_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pin, hashes = rf"^{PINNED}[^\\\n]+\\\n", r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
    packages = re.findall(pin + hashes, text, re.MULTILINE)
    assert "".join(packages) == text


def test_lock_then_it_holds_every_package_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    own = re.compile(r"muster\[([\w,-]+)\]")  # the extra for tests asks for others of the project's own
    asked = [*project["project"]["dependencies"], *(each for each in extras["test"] if not own.match(each))]
    for found in filter(None, map(own.match, extras["test"])):
        asked += [each for name in found[1].split(",") for each in extras[name]]
    asked += [*project["dependency-groups"]["build"], *project["build-system"]["requires"]]
    lock = (ROOT / "requirements/test.txt").read_text(encoding="utf-8")
    locked = set(re.findall(rf"^(?=([\w.-]+)){PINNED}", lock, re.MULTILINE))
    assert {re.split(r"[><=~! \[]", each)[0].lower() for each in asked} - locked == set()
