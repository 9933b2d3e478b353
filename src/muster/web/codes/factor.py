"""The second factor of an account: enrolled, asked for, made good by a code on paper.

The codes are those of RFC 6238, as any authenticator app shows them; ``django_otp`` checks them, takes each once, and
makes whoever guesses wait ever longer. Codes on paper are kept as digests only.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from collections.abc import Iterable
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import transaction
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from muster.web.people.changes import note_change
from muster.web.people.models import Account

PAPER_CODES = 10
"""Codes on paper that are made at once."""

_BYTES, _DIGEST = 10, 16
_SIGNS = str.maketrans({" ": "", "-": "", "0": "o", "1": "l"})


@transaction.atomic
def pending(user: User, *, key: int | None) -> TOTPDevice:
    """Return the secret that somebody is about to enrol with; it counts for nothing until it is confirmed.

    Args:
        user: Who enrols.
        key: Of the one that this session has been shown; any other is thrown away, for somebody else may have seen it.
    """
    open_ones = TOTPDevice.objects.filter(user=user, confirmed=False)
    open_ones.exclude(pk=key).delete()
    return open_ones.first() or TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def secret_text(device: TOTPDevice) -> str:
    """Return the secret as it is typed into an app, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@transaction.atomic
def confirm(user: User, code: str, *, key: int | None) -> TOTPDevice | None:
    """Enrol somebody whose app shows the code of the pending secret; an earlier one is good for nothing any more."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False, pk=key).first()
    if device is None or not device.verify_token(_digits(code)):
        return None
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save()
    Account.objects.filter(user=user).update(second_factor=True)
    note_change(user.get_username(), "second factor enrolled", whom=user.get_username())
    return device


@transaction.atomic
def accepted(user: User, code: str) -> Device | None:
    """Return what a code is of: the app, or the codes on paper, one of which is used up; ``None``: of nothing.

    The rows are locked while it is looked at, so that the same code is not taken twice at once.
    """
    kind, text = (TOTPDevice, _digits(code)) if _digits(code).isdecimal() else (StaticDevice, _digest(user, code))
    device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None or not device.verify_token(text):
        return None
    if kind is StaticDevice:
        note_change(user.get_username(), "code on paper used", whom=user.get_username(), said=f"{left(user)} left")
    return device


@transaction.atomic
def new_paper(user: User) -> list[str]:
    """Make new codes on paper, and return them: nobody can read them again; the old ones are good for nothing."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="paper", confirmed=True)
    codes = [b32encode(secrets.token_bytes(_BYTES)).decode().lower() for _ in range(PAPER_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(user, code)) for code in codes)
    note_change(user.get_username(), "new codes on paper", whom=user.get_username())
    return ["-".join(_fours(code)) for code in codes]


@transaction.atomic
def drop(user: User) -> None:
    """Give the second factor up."""
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user=user).delete()
    Account.objects.filter(user=user).update(second_factor=False)
    note_change(user.get_username(), "second factor given up", whom=user.get_username())


def left(user: User) -> int:
    """Return how many codes on paper have not been used."""
    return int(StaticToken.objects.filter(device__user=user).count())


def _digits(code: str) -> str:
    return "".join(code.split())[:12]


def _digest(user: User, code: str) -> str:
    """Return what is kept of a code on paper; the name in it makes the digests of two people differ."""
    plain = code.strip().casefold().translate(_SIGNS)
    return sha256(f"{user.pk}:{plain}".encode()).hexdigest()[:_DIGEST]


def _fours(code: str) -> Iterable[str]:
    return (code[at : at + 4] for at in range(0, len(code), 4))
