"""The queue of jobs: asked for, taken by one worker at a time, stopped, ended; every step is one statement of SQL.

A worker that has a job says so every second. Where it has said nothing for ``LOST_AFTER`` it is taken for dead: its job
waits again, or is broken after ``MOST_TRIES``. What a worker says of a job that is no longer its own changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from muster.errors import Fault, PlanError
from muster.web.jobs.models import Job, Version

LOST_AFTER = timedelta(seconds=10)
MOST_TRIES = 3
MOST_WAITING = 20


class Wish(Enum):
    """What is wanted of a job that runs: all of it, what there is so far, or nothing any more."""

    ALL, SO_FAR, NOTHING = range(3)


def ask(version: Version, *, kind: str, name: str, choices: dict[str, Any], by: str, at: datetime) -> Job:
    """Put a job at the end of the queue.

    Args:
        version: What is planned with.
        kind: ``plan`` or ``compare``.
        name: Of the plan or comparison that is to be.
        choices: ``on_book``, and of the order ``goals``, ``step``, ``limit_seconds``, ``policies``.
        by, at: Who asks, and when.
    Raises:
        PlanError: One of that name is being made (O1), or too many wait (O2).
    """
    if Job.objects.filter(state=Job.WAITING).count() >= MOST_WAITING:
        do = "wait until some are done, or cancel one"
        raise PlanError(Fault("Too many jobs are waiting.", "the jobs", f"{MOST_WAITING} jobs", do, "O2"))
    on_book = bool(choices.pop("on_book", False))
    try:
        with transaction.atomic():
            return Job.objects.create(
                kind=kind, name=name, version=version, on_book=on_book, choices=choices, asked=at, asked_by=by
            )
    except IntegrityError:
        do = "wait for it, or choose another name"
        raise PlanError(Fault("One of this name is being made.", "the name", name, do, "O1")) from None


def take(worker: str, *, at: datetime) -> Job | None:
    """Give the job that has waited longest to a worker; ``None``: none waits, or another worker has one."""
    _free_the_lost(at)
    first = Job.objects.filter(state=Job.WAITING).order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return None
    try:
        with transaction.atomic():
            taken = Job.objects.filter(pk=first, state=Job.WAITING).update(
                state=Job.RUNNING, worker=worker, beat=at, started=at, tries=F("tries") + 1, share=0.0, message=""
            )
    except IntegrityError:
        return None
    return Job.objects.select_related("version").get(pk=first) if taken else None


def beat(job: Job, *, at: datetime, share: float, message: str) -> Wish | None:
    """Say that a job goes on; return what is wanted of it, ``None`` where it is no longer this worker's."""
    if not _own(job).update(beat=at, share=share, message=message[:300]):
        return None
    cancelled, unwanted = Job.objects.values_list("cancelled_by", "unwanted").get(pk=job.pk)
    return Wish.NOTHING if unwanted else Wish.SO_FAR if cancelled else Wish.ALL


def end(
    job: Job, state: str, *, at: datetime, made: dict[str, Any] | None = None, faults: Sequence[Fault] = ()
) -> bool:
    """End a job; return whether it was still this worker's."""
    told = {"made": made or {}, "faults": [fault.as_dict() for fault in faults]}
    share = {"share": 1.0} if state == Job.DONE else {}
    return bool(_own(job).update(state=state, ended=at, worker="", **told, **share))


def give_back(job: Job, *, made: dict[str, Any] | None = None) -> None:
    """Let a job wait again that its worker cannot go on with; that is not held against it.

    Args:
        job: Which.
        made: What there is of it so far; ``None``: as before.
    """
    told = {} if made is None else {"made": made}
    _own(job).update(state=Job.WAITING, worker="", tries=F("tries") - 1, share=0.0, message="", **told)


def cancel(key: int, *, by: str, at: datetime, unwanted: bool = False) -> bool:
    """Stop a job: at once, or where it runs as soon as its worker hears of it; return whether it was open.

    Args:
        key, by, at: Which, who, when.
        unwanted: Nothing is to be made of it, not even the best so far.
    """
    with transaction.atomic():
        waiting = Job.objects.filter(pk=key, state=Job.WAITING)
        running = Job.objects.filter(pk=key, state=Job.RUNNING)
        stopped = waiting.update(state=Job.STOPPED, cancelled_by=by, ended=at)
        told = {"cancelled_by": by, "unwanted": True} if unwanted else {"cancelled_by": by}
        return bool(stopped or running.update(**told))


def silent(job: Job, *, at: datetime) -> bool:
    """Return whether nothing was heard of the worker that has a job."""
    return job.state == Job.RUNNING and (job.beat is None or job.beat < at - LOST_AFTER)


def _own(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, state=Job.RUNNING, worker=job.worker)


def _free_the_lost(at: datetime) -> None:
    lost = Job.objects.filter(state=Job.RUNNING, beat__lt=at - LOST_AFTER)
    lost.exclude(cancelled_by="").update(state=Job.STOPPED, worker="", ended=at)
    broken = Fault(
        "The program that plans ended before it was done.",
        "the job",
        f"{MOST_TRIES} times",
        "see that the machine has memory enough, or plan with fewer goals or a limit of seconds",
        "O3",
    )
    lost.filter(tries__gte=MOST_TRIES).update(state=Job.BROKEN, worker="", ended=at, faults=[broken.as_dict()])
    lost.update(state=Job.WAITING, worker="", share=0.0, message="")
