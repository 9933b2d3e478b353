"""Tokens: made, found again, revoked. A token is ``muster_KEY_SECRET``; the secret is kept by whoever it was shown to.

The secret has 256 random bits, so its SHA-256 is enough: nobody can try them all, and a slow hash, as passwords need,
would be work at every request.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from muster.web.api.models import Token

MOST_OF_ONE = 10
"""Tokens that a person can have at a time."""

DAYS = (7, 30, 90, 365)
"""For how long a token can be made."""

_WRITTEN = re.compile(r"muster_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Made:
    """A token that has just been made, and its text, which is kept nowhere."""

    token: Token
    text: str


def make(user: User, name: str, *, days: int, now: datetime) -> Made:
    """Make a token for a person."""
    key, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user, name=name, key=key, digest=_digest(secret), made=now, expires=now + timedelta(days=days)
    )
    return Made(token, f"muster_{key}_{secret}")


def find(text: str, *, now: datetime) -> Token | None:
    """Return the token of a text; ``None``: there is none, it has expired, or its person may not come in any more."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    token = Token.objects.select_related("user").filter(key=written[1]).first()
    right = secrets.compare_digest(_digest(written[2]), token.digest if token else "0" * 64)
    if token is None or not right or token.expires <= now or not token.user.is_active:
        return None
    return token


def note_use(token: Token, *, now: datetime) -> None:
    """Keep when a token was used last, to the minute."""
    if token.last_used is None or now - token.last_used >= _NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used=now)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
