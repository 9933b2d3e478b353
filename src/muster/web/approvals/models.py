"""What the site keeps of requests for approval."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

DAYS = 7
"""Days within which a request is decided; then it lapses."""

LONGEST_TEXT = 2_000


class Request(models.Model):
    """A request for the approval of another person; it is decided once, and never changed afterwards."""

    OPEN, APPROVED, REFUSED, WITHDRAWN = "open", "approved", "refused", "withdrawn"

    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=200)
    ref = models.CharField(max_length=64, blank=True, db_index=True)
    what = models.TextField()
    why = models.TextField(max_length=LONGEST_TEXT)
    data = models.JSONField()
    nor_by = models.JSONField(default=list)
    unit = models.CharField(max_length=100)
    asked_by = models.CharField(max_length=150)
    asked = models.DateTimeField()
    deadline = models.DateTimeField()
    state = models.CharField(max_length=10, default=OPEN, db_index=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided = models.DateTimeField(null=True)
    reason = models.TextField(max_length=LONGEST_TEXT, blank=True)
    outcome = models.TextField(blank=True)

    class Meta:
        """Only one open request of a kind is about the same."""

        constraints = (
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=models.Q(state="open"), name="one_open_request_about_it"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.what}"

    @property
    def number(self) -> str:
        """What people call it: ``A-0007``."""
        return f"A-{self.pk:04}"

    def lapsed(self, now: datetime) -> bool:
        """Return whether nobody decided in time."""
        return bool(self.state == self.OPEN and self.deadline < now)


def deadline_from(now: datetime) -> datetime:
    """Return until when is to be decided what is asked now."""
    return now + timedelta(days=DAYS)
