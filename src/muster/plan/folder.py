"""The plan folder: one CSV per table, the certificate, the economy it answers, and what the plan says of itself."""

from __future__ import annotations

import hashlib
import io
import json
import tomllib
import zipfile
import zlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from muster.economy import read as economy_read
from muster.economy import write as economy_write
from muster.economy.tables import GOALS
from muster.errors import Fault, MusterError, PlanError
from muster.plan.plan import Plan
from muster.plan.repair import EXACT
from muster.plan.tables import PACKS, PLAN_TABLES

ECONOMY, PROOF, HEAD, REPORT = "economy", "proof.npz", "plan.toml", "report.html"
PACKING = "packs.csv"
"""There only where whole packs were asked for."""

_DIGESTS, _OF_THE_RUN = "[digests]", ("seconds = ", "peak_mib = ")

_FRAME = {name: "reasons" if name == "why" else name for name in PLAN_TABLES}


def write(plan: Plan, path: str | Path, *, report: str | None = None) -> Path:
    """Write the files of a plan into a folder that is there, or is made.

    The same plan gives the same bytes, but for the seconds and the memory in ``plan.toml``.

    Args:
        plan: What to write.
        path: The folder; files of the same names are replaced. Who must not leave a half writes beside and renames.
        report: Text of ``report.html``; ``None`` writes none.
    Returns:
        The folder.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in _FRAME.items():
        getattr(plan, frame).write_csv(folder / f"{name}.csv")
    if plan.packs is not None:
        plan.packs.write_csv(folder / PACKING)
    (folder / PROOF).write_bytes(_packed(plan.proof))
    economy_write.write(plan.economy, folder / ECONOMY)
    head = _head(plan)
    (folder / HEAD).write_text(head + _digests(folder, head), encoding="utf-8")
    if report is not None:
        (folder / REPORT).write_text(report, encoding="utf-8")
    return folder


def refuse_other(to: Path) -> None:
    """Raise ``PlanError`` (rule C2) where something other than a plan, or an empty folder, lies."""
    if to.exists() and not (to / HEAD).is_file() and (not to.is_dir() or any(to.iterdir())):
        raise PlanError(
            Fault(
                what=f"{to} is already there and is not a plan, so it is left as it is.",
                where=str(to),
                seen=f"a folder without {HEAD}" if to.is_dir() else "a file",
                do="name another folder with --to, or move this one away",
                rule="C2",
            )
        )


def read(path: str | Path) -> Plan:
    """Read a plan folder.

    Raises:
        PlanError: It is not a plan, or a file of it is missing or cannot be read; all faults at once.
    """
    folder = Path(path)
    if not (folder / HEAD).is_file():
        raise PlanError(_not_a_plan(folder))
    faults: list[Fault] = []
    head = _collect(faults, lambda: _read_head(folder / HEAD))
    economy = _collect(faults, lambda: economy_read.read(folder / ECONOMY))
    frames = {
        name: _collect(faults, lambda name=name: _read_table(folder / f"{name}.csv", PLAN_TABLES[name]))
        for name in PLAN_TABLES
    }
    asked = (folder / PACKING).exists()
    packs = _collect(faults, lambda: _read_table(folder / PACKING, PACKS)) if asked else None
    proof = _collect(faults, lambda: _unpacked(folder / PROOF))
    if faults or head is None or economy is None or proof is None:
        raise PlanError(faults)
    goals = tuple(head.get("goals", ()))
    options = {"goals": tuple(each["goal"] for each in goals), "step": head["step"], "slack": head["slack"]}
    return Plan(
        economy=economy.with_options(**options),
        **{_FRAME[name]: frame for name, frame in frames.items()},
        goals=goals,
        proof=proof,
        packs=packs,
        solver=head["versions"]["solver"],
        seconds=head["seconds"],
        peak_mib=head["peak_mib"],
        altered=_altered(folder, head.get("digests")),
    )


def _digests(folder: Path, head: str) -> str:
    """Return the part of ``plan.toml`` that tells what every file was like when it was written."""
    lines = [f"{_toml(name)} = {_toml(_sha256(path.read_bytes()))}" for name, path in _files(folder).items()]
    return "\n".join(["", _DIGESTS, f"{_toml(HEAD)} = {_toml(_sha256(_lasting(head)))}", *lines]) + "\n"


def _altered(folder: Path, told: Any) -> tuple[str, ...]:
    """Return the files that are not as they were written, or of which nothing is told; the report is none of them."""
    head = (folder / HEAD).read_bytes().decode("utf-8").partition(f"\n{_DIGESTS}\n")[0]
    found = {HEAD: _sha256(_lasting(head))} | {
        name: _sha256(path.read_bytes()) for name, path in _files(folder).items()
    }
    told = told if isinstance(told, dict) else {}
    return tuple(sorted(name for name in {*found, *told} if found.get(name) != told.get(name)))


def _files(folder: Path) -> dict[str, Path]:
    """Return the files of a plan by name, all but ``plan.toml`` and the report, which is made from them."""
    own = [folder / name for name in (*(f"{name}.csv" for name in PLAN_TABLES), PROOF)]
    paths = sorted(path for path in [*own, *(folder / ECONOMY).rglob("*")] if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _lasting(head: str) -> bytes:
    """Return what of ``plan.toml`` is about the plan: not how long it took and how much memory."""
    return "\n".join(line for line in head.splitlines() if not line.startswith(_OF_THE_RUN)).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _collect(faults: list[Fault], step: Any) -> Any:
    try:
        return step()
    except MusterError as error:
        faults.extend(error.faults)
        return None


def _head(plan: Plan) -> str:
    summary = plan.summary()
    lines = [
        f"{key} = {_toml(summary[key])}" for key in ("title", "economy_sha256", "periods", "claims", "step", "slack")
    ]
    lines += [f"tolerance = {_toml(EXACT)}", f"seconds = {_toml(plan.seconds)}", f"peak_mib = {_toml(plan.peak_mib)}"]
    lines += ["", "[versions]", f"muster = {_toml(version('muster'))}", f"solver = {_toml(plan.solver)}"]
    lines += [f"numpy = {_toml(version('numpy'))}", f"polars = {_toml(version('polars'))}"]
    for goal in plan.goals:
        lines += ["", "[[goals]]", *(f"{key} = {_toml(value)}" for key, value in goal.items())]
    return "\n".join(lines) + "\n"


def _toml(value: str | float | int | bool) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(int(value)) if isinstance(value, int) else repr(float(value))


def _read_head(path: Path) -> Mapping[str, Any]:
    try:
        head = tomllib.loads(path.read_text(encoding="utf-8"))
        for key in ("step", "slack", "seconds", "peak_mib"):
            head[key] = float(head[key])
        head["versions"]["solver"] = str(head["versions"]["solver"])
        strange = [goal["goal"] for goal in head.get("goals", ()) if goal["goal"] not in GOALS]
        if strange:
            raise ValueError(f"a goal called {strange[0]}")
    except KeyError as error:
        raise PlanError(_broken(path, f"nothing about {error.args[0]}")) from error
    except (TypeError, ValueError) as error:  # of text and TOML too
        raise PlanError(_broken(path, str(error))) from error
    return head


def _read_table(path: Path, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    try:
        frame = pl.read_csv(path, schema_overrides=dict(schema), infer_schema=False)
        return frame.select(list(schema))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise PlanError(_broken(path, str(error).splitlines()[0])) from error


def _packed(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Return arrays as an ``.npz`` whose bytes depend on nothing but them: no clock stands in it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            single = io.BytesIO()
            np.save(single, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), single.getvalue(), zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def _unpacked(path: Path) -> Mapping[str, NDArray[np.generic]]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name.removesuffix(".npy"): _array(archive.read(name)) for name in archive.namelist()}
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise PlanError(_broken(path, str(error).splitlines()[0])) from error


def _array(packed: bytes) -> NDArray[np.generic]:
    array: NDArray[np.generic] = np.lib.format.read_array(io.BytesIO(packed), allow_pickle=False)
    return array


def _not_a_plan(folder: Path) -> Fault:
    return Fault(
        what=f"{folder} is not a plan.",
        where=str(folder),
        seen="a folder without plan.toml" if folder.is_dir() else "a file" if folder.exists() else "nothing",
        do="name a folder that muster plan wrote; make one with: muster plan ECONOMY --to PLAN",
        rule="P2",
    )


def _broken(path: Path, seen: str) -> Fault:
    return Fault(
        what=f"{path.name} of the plan cannot be read.",
        where=str(path),
        seen=seen,
        do="it is missing or was changed after the plan was made: make the plan anew with muster plan",
        rule="P3",
    )
