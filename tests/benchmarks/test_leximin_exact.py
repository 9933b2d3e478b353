"""Exact leximin beside a peer: the same economy for both, 240 claims, levels in rising order."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks import leximin_exact
from benchmarks.leximin_exact import cvxpy_leximin, export, figures, muster
from benchmarks.measure import Figures, TookTooLong
from benchmarks.programs import Given
from benchmarks.regions import Size


def test_muster_then_levels_of_240_claims_that_rise(tmp_path: Path) -> None:
    found = muster(tmp_path / "levels.npy")
    levels = np.load(tmp_path / "levels.npy")
    assert len(levels) == 240 and (np.diff(levels) >= 0).all()
    assert found["levels"] >= 5 and found["status"] == "solved"


def test_export_then_the_first_program_of_the_same_claims(tmp_path: Path) -> None:
    assert export(tmp_path / "program.npz") == {"claims": 240}
    given = Given.read(tmp_path / "program.npz")
    assert len(given.column) == 240
    assert np.flatnonzero(given.cost).tolist() == [len(given.cost) - 1 - 2 * 240]


def test_figures_given_a_peer_that_does_not_end_then_it_was_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(module: str, step: str, *paths: str, limit_s: float | None = None) -> Figures:
        if step == "cvxpy-leximin":
            raise TookTooLong
        return {"muster": leximin_exact.muster, "export": leximin_exact.export}[step](*map(Path, paths))

    monkeypatch.setattr(leximin_exact, "alone", of)
    mine, peer = figures(1)
    assert mine["apart"] is None and mine["levels"] >= 5
    assert (peer["status"], peer["wall_s"], peer["apart"]) == ("killed", 900.0, None)


@pytest.mark.skipif(find_spec("cvxpy_leximin") is None, reason="cvxpy-leximin is not installed here")
def test_cvxpy_leximin_given_few_claims_then_the_same_levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leximin_exact, "SIZE", Size(4, 4, 1))
    program, ours, theirs = (tmp_path / name for name in ("program.npz", "ours.npy", "theirs.npy"))
    export(program)
    muster(ours)
    found = cvxpy_leximin(program, theirs)
    assert found["status"] == "solved"
    assert np.load(theirs) == pytest.approx(np.load(ours), abs=1e-5)
