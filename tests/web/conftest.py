"""What the tests of the interface share: a token of anybody, and a client that sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready


@pytest.fixture
def token_of(ready: Ready) -> Callable[[str], str]:
    """Return what makes a token of an account; nobody has asked too often, and the record of the door is empty."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from muster.web.api import tokens
    from muster.web.api.models import Spent, Token
    from muster.web.people.models import Knock

    for table in (Knock, Spent, Token):
        table.objects.all().delete()

    def of(name: str, days: int = 1) -> str:
        return tokens.make(User.objects.get(username=name), "a test", days=days, now=timezone.now()).text

    return of


@pytest.fixture
def program_of(token_of: Callable[[str], str]) -> Callable[[str], Client]:
    """Return what gives a client that sends the token of an account."""
    from django.test import Client

    return lambda name: Client(headers={"authorization": f"Bearer {token_of(name)}"}, enforce_csrf_checks=True)
