"""What an administrator does with accounts and units: each change is kept in the record, and the book is told.

The book has its own rules of who may register whom; where it refuses, nothing is changed here either.
"""

from __future__ import annotations

import secrets
import time
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone
from django_otp import devices_for_user

from muster.book.ids import RANDOM_BITS, uuid7
from muster.book.roles import ROLES as BOOK_ROLES
from muster.errors import Fault, MusterError
from muster.services.audits import Right, rights
from muster.services.book_records import Desk
from muster.services.book_registers import ToRegister, register
from muster.web.people.access import person_of_user
from muster.web.people.accounts import ONE_TIME_FOR, NewAccount, keep, new_password, set_roles
from muster.web.people.changes import note_change
from muster.web.people.models import Account, Choice, Unit
from muster.web.people.person import Person

FIRST, OFFICE = "admin", "office"
"""Name and unit of the administrator that an application without one gets at its start."""

LANGUAGE = "language"
"""Name of the choice of a language for the whole site."""


class AccountError(MusterError):
    """Something cannot be changed of accounts or units."""


@transaction.atomic
def make(by: Person, person: Person, *, language: str, book: str) -> str:
    """Make an account, and register who records in the book; return the password that lets them in once.

    Raises:
        AccountError: There is an account of that name (W2), or no such unit (W3).
        BookError: The book does not let ``by`` register this person.
    """
    if User.objects.filter(username__iexact=person.name).exists():
        do = "choose another name; an account that was closed is opened again on its own page"
        raise _fault("There is an account of this name.", person.name, do, "W2")
    _open_unit(person.unit)
    password = new_password()
    keep(NewAccount(person, password, language, timezone.now() + ONE_TIME_FOR))
    note_change(by.name, "account made", whom=person.name, said=_told(person, language))
    _register(by, person, book)
    return password


@transaction.atomic
def alter(by: Person, user: User, person: Person, *, language: str, book: str) -> None:
    """Give somebody another unit, other roles, another place or language.

    Raises:
        AccountError: Nobody could look after the accounts any more (W1); no such unit (W3).
        BookError: The book does not let ``by`` register this.
    """
    account = user.account
    before = _told(owner_of(user), account.language)
    if person.unit != account.unit:
        _open_unit(person.unit)
    if not person.has("admin"):
        _keep_an_administrator(user)
    account.unit, account.place, account.language = person.unit, person.place, language
    account.save()
    set_roles(user, person.roles)
    after = _told(person, language)
    if after != before:
        note_change(by.name, "account changed", whom=person.name, said=f"was: {before}; is: {after}")
    if user.is_active:
        _register(by, person, book)


@transaction.atomic
def close(by: Person, user: User, *, book: str) -> None:
    """Close an account: nobody logs in with it, and in the book it has no role any more.

    Raises:
        AccountError: Nobody could look after the accounts any more (W1).
        BookError: The book does not let ``by`` register this.
    """
    _keep_an_administrator(user)
    user.is_active = False
    user.save()
    note_change(by.name, "account closed", whom=user.get_username())
    person = owner_of(user)
    _register(by, Person(person.name, person.unit, frozenset()), book)


@transaction.atomic
def reopen(by: Person, user: User, *, book: str) -> str:
    """Open a closed account again, with the roles that it had; return a password that lets in once."""
    _open_unit(user.account.unit)
    user.is_active = True
    user.save()
    note_change(by.name, "account opened again", whom=user.get_username())
    _register(by, owner_of(user), book)
    return renew_password(by.name, user)


@transaction.atomic
def renew_password(by: str, user: User) -> str:
    """Give somebody a password that lets them in once; whoever is logged in with the old one is logged out."""
    password = new_password()
    user.set_password(password)
    user.save()
    Account.objects.filter(user=user).update(one_time=timezone.now() + ONE_TIME_FOR)
    note_change(by, "new one-time password", whom=user.get_username())
    return password


@transaction.atomic
def forget_second_factor(by: str, user: User) -> None:
    """Take the second factor from an account whose owner has lost it; they are led to a new one."""
    for device in devices_for_user(user, confirmed=None):
        device.delete()
    Account.objects.filter(user=user).update(second_factor=False)
    note_change(by, "second factor taken away", whom=user.get_username())


@transaction.atomic
def make_unit(by: Person, name: str) -> None:
    """Make a unit, or open a closed one again.

    Raises:
        AccountError: It is there already (W3).
    """
    unit, made = Unit.objects.get_or_create(name=name)
    if not made and unit.closed is None:
        raise _fault("There is a unit of this name.", name, "choose another name", "W3")
    unit.closed = None
    unit.save()
    note_change(by.name, "unit made" if made else "unit opened again", whom=name)


@transaction.atomic
def close_unit(by: Person, unit: Unit) -> None:
    """Close a unit in which nobody works any more.

    Raises:
        AccountError: Somebody does (W3).
    """
    names = Account.objects.filter(unit=unit.name, user__is_active=True).values_list("user__username", flat=True)
    if names:
        do = "close their accounts or give them another unit first"
        raise _fault("People work in this unit.", ", ".join(sorted(names)), do, "W3")
    unit.closed = timezone.now()
    unit.save()
    note_change(by.name, "unit closed", whom=unit.name)


def make_good(by: Person, given: ToRegister, *, book: str) -> None:
    """Register in the book what can be received and given out, and in which pack it comes.

    Raises:
        BookError: It is not said well, or the book does not let ``by`` register it.
    """
    register(book, given, _desk(by))
    note_change(by.name, "good registered", whom=given.resource, said=", ".join(given.packs))


@transaction.atomic
def choose_language(by: Person, code: str) -> None:
    """Choose the language of those who have chosen none; ``""``: the one that their browser asks for."""
    Choice.objects.update_or_create(name=LANGUAGE, defaults={"value": code})
    note_change(by.name, "language of the site", said=code or "as the browser asks")


@transaction.atomic
def first_administrator(book: str) -> tuple[str, str] | None:
    """Make an administrator where nobody can log in as one; return name and one-time password, or ``None``.

    In a book that knows nobody yet they are registered as the first.
    """
    if _administrators().exists():
        return None
    taken = set(User.objects.values_list("username", flat=True))
    name = next(each for each in (FIRST, *(f"{FIRST}{n}" for n in range(2, 1_000))) if each not in taken)
    person, password = Person(name, OFFICE, frozenset({"admin"})), new_password()
    keep(NewAccount(person, password, one_time=timezone.now() + ONE_TIME_FOR))
    note_change("muster serve", "account made", whom=name, said=_told(person, ""))
    if rights(book).open:
        _register(person, person, book)
    return name, password


@transaction.atomic
def let_in_again(name: str) -> tuple[str, str, str]:
    """Let somebody in who has lost password or second factor; return name, roles and a password for once.

    Raises:
        AccountError: Nobody has an open account of that name (W2).
    """
    user = User.objects.filter(username=name, is_active=True, account__isnull=False).first()
    if user is None:
        raise _fault("There is no open account of this name.", name, "check the name", "W2")
    if user.account.second_factor:
        forget_second_factor("muster serve", user)
    return name, ", ".join(sorted(owner_of(user).roles)), renew_password("muster serve", user)


def owner_of(user: User) -> Person:
    """Return the person whose account this is."""
    person = person_of_user(user)
    assert person is not None, "whoever is looked after here has an account"
    return person


def _administrators() -> Any:
    """Return the administrators who can log in: with a password of their own, or one that still holds."""
    able = User.objects.filter(is_active=True, groups__name="admin", account__isnull=False)
    return able.exclude(account__one_time__lt=timezone.now())


def _keep_an_administrator(user: User) -> None:
    """Refuse to go on where, without this user, nobody would be left who has logged in as an administrator.

    The lock makes two administrators who close each other's accounts take turns.
    """
    list(Group.objects.select_for_update().filter(name="admin"))
    if not user.is_active or not user.groups.filter(name="admin").exists():
        return
    others = User.objects.filter(is_active=True, groups__name="admin", account__one_time=None).exclude(pk=user.pk)
    if not others.exists():
        do = "make another administrator first, and let them log in and choose a password"
        raise _fault("This is the last administrator.", user.get_username(), do, "W1")


def _open_unit(name: str) -> None:
    if not Unit.objects.filter(name=name, closed=None).exists():
        raise _fault("There is no open unit of this name.", name, "make it, or open it again, under Units", "W3")


def _register(by: Person, person: Person, book: str) -> None:
    """Register in the book what a person may do there, where that is not what it says already."""
    known = rights(book)
    wanted = tuple(role for role in BOOK_ROLES if person.has(role))
    if known.open and by.name != person.name:
        _say(by, by, tuple(role for role in BOOK_ROLES if by.has(role)), book)
    said = next((each for each in known.rights if each.person == person.name), Right(person.name, "", (), ()))
    same_unit = said.unit == person.unit or not (wanted or said.roles)
    if not same_unit or set(said.roles) != set(wanted):
        _say(by, person, wanted, book)


def _say(by: Person, person: Person, roles: tuple[str, ...], book: str) -> None:
    register(book, ToRegister(people=[f"{person.name}={','.join(roles)}"], unit=person.unit), _desk(by))


def _desk(by: Person) -> Desk:
    now_ms = time.time_ns() // 1_000_000
    return Desk(by.name, by.unit, now_ms, lambda: uuid7(now_ms, random=secrets.randbits(RANDOM_BITS)))


def _told(person: Person, language: str) -> str:
    words = [person.unit, ", ".join(sorted(person.roles)) or "no role"]
    words += [f"place {person.place}"] if person.place else []
    return "; ".join([*words, f"language {language}"] if language else words)


def _fault(what: str, seen: str, do: str, rule: str) -> AccountError:
    return AccountError(Fault(what, "the accounts", seen, do, rule))
