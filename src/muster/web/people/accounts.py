"""Making accounts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Group, User
from django.db import transaction

from muster.web.people.models import Account, Unit
from muster.web.people.person import Person

ONE_TIME_FOR = timedelta(days=14)
"""How long a password that somebody else gave lets in, once; then a new one has to be asked for."""

_SIGNS, _LONG = "abcdefghijkmnpqrstuvwxyz23456789", 14


@dataclass(frozen=True)
class NewAccount:
    """A person and the password that they log in with; ``one_time``: until when, until they choose their own."""

    person: Person
    password: str
    language: str = ""
    one_time: datetime | None = None


@transaction.atomic
def keep(new: NewAccount) -> User:
    """Make an account, or give the one of that name this unit, these roles and this password."""
    person = new.person
    user, _ = User.objects.get_or_create(username=person.name)
    if not user.check_password(new.password):
        user.set_password(new.password)
        user.save()
    Account.objects.update_or_create(
        user=user,
        defaults={
            "unit": person.unit,
            "place": person.place,
            "language": new.language,
            "one_time": new.one_time,
        },
    )
    set_roles(user, person.roles)
    Unit.objects.get_or_create(name=person.unit)
    return user


def set_roles(user: User, roles: frozenset[str]) -> None:
    """Give a user these roles, and no others."""
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in sorted(roles)])


def new_password() -> str:
    """Return a password that nobody can guess and everybody can type: no 0 and o, no 1 and l."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_LONG))
