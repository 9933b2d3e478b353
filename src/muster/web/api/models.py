"""What the site keeps of tokens, never a token itself, and how often each was used lately."""

from __future__ import annotations

from django.conf import settings
from django.db import models

MADE, REVOKED, BAD = "token", "revoked", "bad token"
"""What the record of the door says of tokens."""


class Token(models.Model):
    """A token that lets a program act as a person, with that person's rights as they are at that moment."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)
    key = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    made = models.DateTimeField()
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"


class Spent(models.Model):
    """How often somebody asked within one minute; rows of earlier hours are cleared away."""

    who = models.CharField(max_length=64)
    minute = models.BigIntegerField(db_index=True)
    times = models.PositiveIntegerField(default=0)

    class Meta:
        """One row for each minute."""

        constraints = (models.UniqueConstraint(fields=["who", "minute"], name="api_spent_once"),)

    def __str__(self) -> str:
        return f"{self.times} by {self.who}"
