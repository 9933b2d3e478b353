"""What the site keeps of objections: who objected to what, until when an answer is due, and the answer."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models

DAYS_TO_ANSWER = 14
"""Days within which an objection is to be answered."""

LONGEST_TEXT = 4_000


class Objection(models.Model):
    """An objection to what a plan gives a place; it is filed once, answered once, and never changed."""

    place = models.CharField(max_length=200, db_index=True)
    place_name = models.CharField(max_length=200)
    unit = models.CharField(max_length=100)
    plan = models.CharField(max_length=200)
    economy = models.CharField(max_length=64)
    text = models.TextField(max_length=LONGEST_TEXT)
    filed_by = models.CharField(max_length=150)
    filed = models.DateTimeField()
    deadline = models.DateField()
    answer = models.TextField(max_length=LONGEST_TEXT, blank=True)
    officer = models.CharField(max_length=150, blank=True)
    answered = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.number} {self.place_name}"

    @property
    def number(self) -> str:
        """What people call it: the year and its number, ``2026-0007``."""
        return f"{self.filed.year}-{self.pk:04}"

    @property
    def subject(self) -> str:
        """What a request for the approval of its answer is about."""
        return f"objection {self.pk}"

    def overdue(self, today: date) -> bool:
        """Return whether it should have been answered before today."""
        return self.answered is None and self.deadline < today


def deadline_from(today: date) -> date:
    """Return the last day for an answer to what is filed today."""
    return today + timedelta(days=DAYS_TO_ANSWER)
