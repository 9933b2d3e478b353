"""What the site keeps of economies, version by version, and of the jobs that plan with them."""

from __future__ import annotations

from pathlib import Path

from django.db import models
from django.db.models import Q

LONGEST_NAME = 60
"""Signs of the name of an economy, a plan or a comparison; they are names of folders too."""


class Version(models.Model):
    """One version of an economy; its tables lie in a folder and are never changed."""

    name = models.CharField(max_length=LONGEST_NAME)
    number = models.PositiveIntegerField()
    made = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64, db_index=True)
    contents = models.JSONField()
    warnings = models.JSONField(default=list)

    class Meta:
        """A version has a number of its own."""

        constraints = (models.UniqueConstraint(fields=["name", "number"], name="one_version_of_a_number"),)

    def __str__(self) -> str:
        return f"{self.name}, version {self.number}"

    def folder(self, economies: Path) -> Path:
        """Return where its tables lie."""
        return economies / self.name / f"{self.number:04}"


class Job(models.Model):
    """Something to be planned: it waits, runs, and is done, stopped or broken.

    Where it is cancelled, the best so far is made of it; where it is ``unwanted``, nothing. ``made["early"]``, where
    there is one, says of each goal how far from best it may be, because planning was stopped.
    """

    WAITING, RUNNING, DONE, STOPPED, BROKEN = "waiting", "running", "done", "stopped", "broken"

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=LONGEST_NAME)
    version = models.ForeignKey(Version, on_delete=models.PROTECT)
    on_book = models.BooleanField(default=False)
    choices = models.JSONField(default=dict)
    asked = models.DateTimeField()
    asked_by = models.CharField(max_length=150)
    state = models.CharField(max_length=10, default=WAITING, db_index=True)
    worker = models.CharField(max_length=100, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    cancelled_by = models.CharField(max_length=150, blank=True)
    unwanted = models.BooleanField(default=False)
    started = models.DateTimeField(null=True)
    beat = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    share = models.FloatField(default=0.0)
    message = models.CharField(max_length=300, blank=True)
    made = models.JSONField(default=dict)
    faults = models.JSONField(default=list)

    class Meta:
        """The database itself sees to it that one job runs at a time, and that no two make the same."""

        constraints = (
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="one_job_runs"),
            models.UniqueConstraint(
                fields=["kind", "name"], condition=Q(state__in=["waiting", "running"]), name="one_job_of_a_name"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.state}"

    @property
    def open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in (Job.WAITING, Job.RUNNING)
