"""Tampering: one number flipped anywhere in a plan folder, its economy, its proof or what it says of itself is caught.

What can be seen by its meaning is seen by it first; a digest of every file catches the rest. Who rewrites the digests
as well is caught by meaning alone: the second half of these tests is about that.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import plans_by_hand as by_hand
import pytest
from numpy.typing import NDArray

from muster.economy.tables import TABLES
from muster.errors import MusterError
from muster.plan import share_out
from muster.plan.folder import read
from muster.plan.plan import Plan
from muster.plan.proof import Verdict, verify
from muster.plan.tables import PLAN_TABLES

ECONOMY = by_hand.economy()
NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
OF_THE_RUN = ("seconds", "peak_mib")
"""How long planning took and how much memory: the two numbers of a plan folder that nothing depends on."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return share_out(ECONOMY)


@pytest.fixture(scope="module")
def folder(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plan.write(tmp_path_factory.mktemp("plans") / "plan")


def cells() -> Iterator[tuple[str, str]]:
    """Yield every column of a plan folder that holds numbers or dates, by file."""
    for name, schema in PLAN_TABLES.items():
        yield from ((f"{name}.csv", column) for column, dtype in schema.items() if dtype.is_numeric())
    for table in TABLES.values():
        used = getattr(ECONOMY, table.name)
        for column in table.columns:
            if column.kind in ("number", "whole", "date") and used[column.name].drop_nulls().len():
                yield f"economy/{table.name}.csv", column.name


def flipped(cell: str) -> str:
    """Return a cell with its last digit changed: a date by a day, a number in its last place."""
    at = max(at for at, letter in enumerate(cell) if letter.isdigit())
    return f"{cell[:at]}{'1' if cell[at] != '1' else '2'}{cell[at + 1 :]}"


def flip_cell(file: Path, column: str) -> None:
    """Flip a cell of a column in the first row that has one."""
    header, *rows = [line.split(",") for line in file.read_text(encoding="utf-8").splitlines()]
    at = header.index(column)
    row = next(row for row in rows if row[at] and (NUMBER.fullmatch(row[at]) or DATE.fullmatch(row[at])))
    row[at] = flipped(row[at])
    file.write_text("\n".join(map(",".join, [header, *rows])) + "\n", encoding="utf-8")


def flip_key(file: Path, number: int) -> str:
    """Flip the number (or digest) on a line of plan.toml and return the key."""
    lines = file.read_text(encoding="utf-8").splitlines()
    keyed = [at for at, line in enumerate(lines) if re.search(r"= .*\d", line) and not line.startswith(OF_THE_RUN)]
    at = keyed[number]
    lines[at] = flipped(lines[at])
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lines[at].partition(" = ")[0]


def flip_array(file: Path, number: int) -> None:
    """Flip the last bit of the last number in one array of a proof."""
    with zipfile.ZipFile(file) as archive:
        arrays = {name: np.load(io.BytesIO(archive.read(name))) for name in archive.namelist()}
    numbers = [name for name, array in arrays.items() if array.dtype.kind in "if" and array.size]
    array = arrays[numbers[number % len(numbers)]]
    if array.dtype.kind == "f":
        array[-1] = np.nextafter(array[-1], np.inf)
    else:
        array[-1] += 1
    with zipfile.ZipFile(file, "w") as archive:
        for name, each in arrays.items():
            whole = io.BytesIO()
            np.save(whole, each)
            archive.writestr(name, whole.getvalue())


def told(folder: Path) -> set[str]:
    """Return the rules that a plan folder breaks, in reading or in the check."""
    try:
        return {fault.rule for fault in verify(ECONOMY, read(folder)).faults}
    except MusterError as error:
        return {fault.rule for fault in error.faults}


KINDS = [
    *(pytest.param("cell", cell, id="-".join(cell)) for cell in cells()),
    *(pytest.param("key", number, id=f"plan.toml-{number}") for number in range(36)),
    *(pytest.param("array", number, id=f"proof-{number}") for number in range(0, 200, 13)),
]


def test_kinds_of_flips_then_there_are_more_than_a_hundred() -> None:
    assert len(KINDS) > 100


@pytest.mark.parametrize(("kind", "what"), KINDS)
def test_verify_number_flipped_then_it_is_caught(folder: Path, tmp_path: Path, kind: str, what: Any) -> None:
    copy = shutil.copytree(folder, tmp_path / "plan")
    if kind == "cell":
        flip_cell(copy / what[0], what[1])
    elif kind == "key":
        flip_key(copy / "plan.toml", what)
    else:
        flip_array(copy / "proof.npz", what)
    assert told(copy)


def test_verify_plan_as_it_was_written_then_nothing_is_told(folder: Path) -> None:
    assert told(folder) == set()


def test_verify_other_seconds_or_a_file_of_ones_own_beside_it_then_the_plan_holds(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "plan")
    head = (copy / "plan.toml").read_text(encoding="utf-8")
    (copy / "plan.toml").write_text(re.sub(r"seconds = .*", "seconds = 9.0", head), encoding="utf-8")
    (copy / "report.html").write_text("<p>", encoding="utf-8")
    (copy / "notes.txt").write_text("call Hill", encoding="utf-8")
    assert told(copy) == set()


@pytest.mark.parametrize("change", ["row", "file", "digests", "one digest", "space"])
def test_verify_other_changes_of_files_then_they_are_caught(folder: Path, tmp_path: Path, change: str) -> None:
    copy = shutil.copytree(folder, tmp_path / "plan")
    head = copy / "plan.toml"
    text = head.read_text(encoding="utf-8")
    if change == "row":
        lines = (copy / "why.csv").read_text(encoding="utf-8").splitlines()
        (copy / "why.csv").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    elif change == "file":
        (copy / "economy" / "groups.csv").write_text("group,name,tier\nall,Everybody,\nchild,,\n", encoding="utf-8")
    elif change == "digests":
        head.write_text(text.partition("[digests]")[0], encoding="utf-8")
    elif change == "one digest":
        head.write_text("\n".join(line for line in text.splitlines() if "lots.csv" not in line), encoding="utf-8")
    else:
        head.write_text(text.replace("step = ", "step  = "), encoding="utf-8")
    assert "V70" in told(copy)


def by_meaning(plan: Plan, **proof: NDArray[Any]) -> set[str]:
    """Return the rules broken by a plan with other arrays in its proof, whose digests were made again."""
    return {fault.rule for fault in verify(ECONOMY, replace(plan, proof={**plan.proof, **proof})).faults}


def where(plan: Plan, kind: str, goal: str = "norm") -> int:
    """Return the position of the last stage of a kind."""
    both = zip(plan.proof["stages.goal"], plan.proof["stages.kind"], strict=True)
    return [at for at, (g, k) in enumerate(both) if (g, k) == (goal, kind)][-1]


@pytest.mark.parametrize(
    ("array", "kind", "by"),
    [("low", "band", 0.01), ("high", "band", -0.01), ("value", "band", 0.01), ("high", "common", 0.2)],
)
def test_verify_stage_that_says_otherwise_then_its_meaning_is_caught(
    plan: Plan, array: str, kind: str, by: float
) -> None:
    numbers = np.array(plan.proof[f"stages.{array}"])
    numbers[where(plan, kind)] += by
    assert "V61" in by_meaning(plan, **{f"stages.{array}": numbers})


def test_verify_prices_that_prove_less_then_the_stated_gap_is_caught(plan: Plan) -> None:
    prices = {name: array for name, array in plan.proof.items() if re.match(r"norm\.\d+\.balance\.price", name)}
    for name, array in prices.items():
        for factor in (0.5, 2.0):
            assert by_meaning(plan, **{name: np.asarray(array) * factor}) == {"V62"}, name


def test_verify_stages_left_out_then_nothing_is_proved_of_their_goal(plan: Plan) -> None:
    heads = {name: array for name, array in plan.proof.items() if name.startswith("stages.")}
    keep = np.array(plan.proof["stages.goal"]) != "norm"
    proof = {name: array for name, array in plan.proof.items() if not name.startswith(("norm.", "stages."))}
    proof |= {name: array[keep] for name, array in heads.items()}
    verdict = verify(ECONOMY, replace(plan, proof=proof))
    assert verdict.gap == 1
    assert {fault.rule for fault in verdict.faults} == {"V62"}


def test_verify_proof_emptied_then_the_gaps_it_had_are_not_believed(plan: Plan) -> None:
    verdict = verify(ECONOMY, replace(plan, proof={}))
    assert verdict.gap == 1
    assert {fault.rule for fault in verdict.faults} == {"V62"}


def torn(plan: Plan) -> Iterator[tuple[str, dict[str, NDArray[Any] | None]]]:
    """Yield proofs that cannot be understood: why, and the arrays changed (``None``: left out)."""
    at = next(name for name in plan.proof if name.endswith(".balance.at"))
    price = at.replace(".at", ".price")
    yield "no prices", {price: None}
    yield "no stages", {"stages.low": None}
    yield "a price below nothing", {price: -np.asarray(plan.proof[price])}
    yield "a price that is no number", {price: np.asarray(plan.proof[price]) * np.nan}
    yield "a position twice", {at: np.zeros_like(plan.proof[at])}
    yield "a position too far", {at: np.asarray(plan.proof[at]) + 10**9}
    yield "another type", {at: np.asarray(plan.proof[at]).astype(float)}
    yield "an array nobody knows", {"floor.1.sugar.at": np.zeros(1, dtype=np.int64)}
    yield "a goal nobody knows", {"stages.goal": np.full(len(plan.proof["stages.goal"]), "roof")}
    yield "a stage twice", {"stages.round": np.ones_like(plan.proof["stages.round"])}
    yield "a square", {price: np.ones((2, 2))}


def test_verify_proof_that_cannot_be_understood_then_it_is_told(plan: Plan) -> None:
    for why, arrays in torn(plan):
        proof = {name: array for name, array in ({**plan.proof, **arrays}).items() if array is not None}
        verdict = verify(ECONOMY, replace(plan, proof=proof))
        assert "V60" in {fault.rule for fault in verdict.faults}, why
        assert verdict.gap == 1, why


@pytest.mark.parametrize("options", [{"step": 0.04}, {"slack": 0.0}, {"slack": 0.01}])
def test_verify_other_options_then_their_meaning_is_caught(plan: Plan, options: dict[str, float]) -> None:
    said = {"goals": plan.economy.goals, "step": plan.economy.step, "slack": plan.economy.slack} | options
    verdict: Verdict = verify(ECONOMY, replace(plan, economy=plan.economy.with_options(**said)))  # type: ignore[arg-type]
    assert verdict.faults
