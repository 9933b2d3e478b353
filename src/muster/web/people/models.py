"""What the site keeps of people: their unit and place, and what they did at the door."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Account(models.Model):
    """What the book has to know of a user; the user's name is the recorder's name, the groups are the roles."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account")
    unit = models.CharField(max_length=100)
    place = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"{self.user} of {self.unit}"


class Knock(models.Model):
    """A login, a refused one, a logout, or a denied page; rows are added and never changed."""

    LOGIN, REFUSED, LOGOUT, DENIED, LIMITED = "login", "refused", "logout", "denied", "limited"

    at = models.DateTimeField(db_index=True)
    what = models.CharField(max_length=10)
    who = models.CharField(max_length=150)
    whence = models.CharField(max_length=45)
    where = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.who}"
