"""Other solvers on a program from a file: each says what it found, and they agree."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks.maxmin import PEERS, figures
from benchmarks.measure import Figures, alone

LACKING = pytest.mark.skipif(find_spec("ortools") is None, reason="OR-Tools is not installed here")
EACH = [pytest.param(name, marks=[LACKING] if "OR-Tools" in name else []) for name in PEERS]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("programs") / "program.npz"
    about = alone("benchmarks.maxmin", "export", "tiny", str(path))
    assert about == {"size": "tiny", "rows": 597, "columns": 1766, "entries": 5383}
    return path


@pytest.mark.parametrize("solver", EACH)
def test_once_given_a_program_then_its_value_and_an_answer(solver: str, program: Path, tmp_path: Path) -> None:
    answer = tmp_path / "answer.npy"
    found = alone("benchmarks.peers", solver, str(program), str(answer), "60")
    assert found["solver"] == solver
    assert found["value"] == pytest.approx(1.0, abs=1e-3)
    assert found["iterations"] > 0 and found["wall_s"] > 0
    judged: Figures = alone("benchmarks.maxmin", "judge", "tiny", str(program), str(answer))
    assert judged["level"] == pytest.approx(1.0, abs=1e-3)
    assert np.load(answer).shape == (1766,)


def test_once_given_muster_then_its_bound_too(tmp_path: Path) -> None:
    found = alone("benchmarks.maxmin", "muster", "tiny", str(tmp_path / "answer.npy"), "60")
    assert found["solver"] == "muster" and found["status"] == "solved"
    assert found["bound"] >= found["value"] - 1e-9


@LACKING
def test_figures_given_a_size_then_every_solver_is_judged_alike() -> None:
    runs = figures(1, ("tiny",))
    assert [run["solver"] for run in runs] == ["muster", *PEERS]
    assert all(run["gap"] < 1e-3 for run in runs)


def test_peers_given_one_solver_then_the_other_is_not_loaded(program: Path) -> None:
    command = (
        f"import sys; sys.argv[0] = ''; from benchmarks.peers import SOLVERS; from benchmarks.programs import Given;"
        f"given = Given.read({str(program)!r}); SOLVERS['HiGHS simplex'](given, 60.0)();"
        "print(sorted({'highspy', 'ortools', 'muster.plan.solver'} & set(sys.modules)))"
    )
    root = Path(__file__).resolve().parents[2]
    paths = os.pathsep.join([str(root), str(root / "src")])
    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=root,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "['highspy']"
