"""Economies in versions: each is taken in whole, gets the next number, and is never changed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from muster.errors import Fault, PlanError
from muster.services.economy_uploads import Received, check_apart, take_in
from muster.services.plan_lists import ECONOMY, head
from muster.web.jobs.models import Job, Version

Made = Callable[[Path], Received]


def from_file(economies: Path, file: Path, *, name: str, by: str, at: datetime) -> tuple[Version | None, Received]:
    """Take in a file that somebody sent; return the version and what was found, no version where that was faults."""
    return _kept(economies, lambda to: take_in(file, to=to), name=name, by=by, at=at)


def from_folder(economies: Path, make: Callable[[Path], object], *, name: str, by: str, at: datetime) -> Version:
    """Take in a folder that ``make`` makes.

    Raises:
        PlanError: It has faults.
    """

    def made(to: Path) -> Received:
        make(to)
        return check_apart(to)

    version, received = _kept(economies, made, name=name, by=by, at=at)
    if version is None:
        raise PlanError(received.faults)
    return version


def version_of(plan: str, sha256: str) -> tuple[Version | None, Job | None]:
    """Return what a plan was made from: the version, and the job that made it where one did."""
    made = Job.objects.filter(kind="plan", name=plan, made__economy_sha256=sha256)
    if (job := made.select_related("version").order_by("-pk").first()) is not None:
        return job.version, job
    return Version.objects.filter(sha256=sha256).order_by("-pk").first(), None


def tables_of(plan: Path, economies: Path) -> Path:
    """Return the folder of the economy that a plan was made from, with its ``book.toml``; without one, the plan's own.

    Raises:
        PlanError: The plan cannot be read.
    """
    found, _ = version_of(plan.name, head(plan).sha256)
    return found.folder(economies) if found else plan / ECONOMY


def version(key: int | str | None) -> Version:
    """Return the version of a key.

    Raises:
        PlanError: There is none.
    """
    found = Version.objects.filter(pk=key).first() if str(key or "").isdecimal() and len(str(key)) < 19 else None
    if found is None:
        do = "choose one of the list of economies"
        raise PlanError(Fault("There is no such economy.", "the economy", str(key or "")[:50], do, "O4"))
    return found


def _kept(economies: Path, make: Made, *, name: str, by: str, at: datetime) -> tuple[Version | None, Received]:
    home = economies / name
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".taken-in-", dir=economies) as beside:
        folder = Path(beside) / name
        received = make(folder)
        if not received.whole:
            return None, received
        number = _placed(folder, home)
    warnings = [fault.as_dict() for fault in received.faults]
    about = {"sha256": received.sha256, "contents": dict(received.contents), "warnings": warnings}
    return Version.objects.create(name=name, number=number, made=at, made_by=by, **about), received


def _placed(folder: Path, home: Path) -> int:
    """Move a folder to the first number that nobody has taken; return that."""
    number = max((int(each.name) for each in home.iterdir() if each.name.isdecimal()), default=0) + 1
    while True:
        try:
            (home / f"{number:04}").mkdir()
        except FileExistsError:
            number += 1
            continue
        shutil.copytree(folder, home / f"{number:04}", dirs_exist_ok=True)
        return number
