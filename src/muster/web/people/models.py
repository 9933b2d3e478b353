"""What the site keeps of people and units, what they did at the door, and what was changed of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Account(models.Model):
    """What the book has to know of a user; the user's name is the recorder's name, the groups are the roles.

    ``one_time``: until when the password that somebody else gave them lets them in; ``None``: it is their own.
    ``second_factor``: they log in with a code besides the password.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="account")
    unit = models.CharField(max_length=100)
    place = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, blank=True, default="")
    one_time = models.DateTimeField(null=True)
    second_factor = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.user} of {self.unit}"


class Knock(models.Model):
    """A login, a refused one, a wrong code, a logout, or a denied page; rows are added and never changed."""

    LOGIN, REFUSED, LOGOUT, DENIED, LIMITED = "login", "refused", "logout", "denied", "limited"
    CODE = "wrong code"

    at = models.DateTimeField(db_index=True)
    what = models.CharField(max_length=12)
    who = models.CharField(max_length=150)
    whence = models.CharField(max_length=45)
    where = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.what} {self.who}"


class Unit(models.Model):
    """A unit that people work in; closed ones get no people any more."""

    name = models.CharField(max_length=100, unique=True)
    closed = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.name)


class Choice(models.Model):
    """Something that the administrator chose for the whole site, by name."""

    name = models.CharField(max_length=50, unique=True)
    value = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Change(models.Model):
    """What somebody changed of accounts, units, choices or requests; rows are added and never changed."""

    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=150)
    what = models.CharField(max_length=100)
    whom = models.CharField(max_length=200, blank=True)
    said = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}: {self.what} {self.whom}"
