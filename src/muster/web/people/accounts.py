"""Making accounts."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Group, User
from django.db import transaction

from muster.web.people.models import Account
from muster.web.people.person import Person


@dataclass(frozen=True)
class NewAccount:
    """A person and the password that they log in with."""

    person: Person
    password: str


@transaction.atomic
def keep(new: NewAccount) -> None:
    """Make an account, or give the one of that name this unit, these roles and this password."""
    person = new.person
    user, _ = User.objects.get_or_create(username=person.name)
    if not user.check_password(new.password):
        user.set_password(new.password)
        user.save()
    Account.objects.update_or_create(user=user, defaults={"unit": person.unit, "place": person.place})
    user.groups.set([Group.objects.get_or_create(name=name)[0] for name in sorted(person.roles)])
