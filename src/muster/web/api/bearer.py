"""Who asks: a token stands for the person who made it, with the roles, unit and place that they have now."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from muster.web.api import limits
from muster.web.api.models import BAD
from muster.web.api.rules import NO_TOKEN, Refused, not_yours
from muster.web.api.tokens import find, note_use
from muster.web.people.access import person_of_user
from muster.web.people.door import note, whence
from muster.web.people.models import Knock
from muster.web.people.person import ROLES, Person


class Token(HttpBearer):  # the name of the class is that of the scheme in openapi.json
    """What lets only people with one of some roles in; it gives the operation ``request.person``.

    A cookie of the pages counts for nothing here, so no other site can make a browser ask in somebody's name.

    Args:
        roles: Some of ``ROLES``; none: all.
    """

    def __init__(self, *roles: str) -> None:
        super().__init__()
        assert set(roles) <= set(ROLES)
        self.roles = frozenset(roles or ROLES)

    def __call__(self, request: HttpRequest) -> Person:
        """Return who asks.

        Raises:
            Refused: Nobody who is known (A1), nobody whom it is for (A2), or too often (A6).
        """
        now = timezone.now()
        limits.spend(f"from {whence(request)[:45]}", most=limits.FROM_AN_ADDRESS, now=now)
        limits.heard(request, now=now)
        word, _, text = request.headers.get("Authorization", "").partition(" ")
        token = find(text.strip(), now=now) if word.lower() == "bearer" else None
        person = person_of_user(token.user) if token else None
        if token is None or person is None:
            if word:
                note(request, BAD, who="a token")
            raise Refused(401, NO_TOKEN)
        limits.spend(f"token {token.key}", most=limits.OF_A_TOKEN, now=now)
        note_use(token, now=now)
        request.person = person
        if not person.has(*self.roles):
            raise denied(request, where=request.path, seen=", ".join(sorted(person.roles)), do=self._for())
        return person

    def authenticate(self, request: HttpRequest, token: str) -> Person:
        """Not used: ``__call__`` does it all."""
        raise NotImplementedError

    def _for(self) -> str:
        return f"ask somebody who is one of: {', '.join(each for each in ROLES if each in self.roles)}"


def denied(request: HttpRequest, *, where: str, seen: str, do: str) -> Refused:
    """Keep in the record of the door that somebody asked for what is not theirs, and return the refusal."""
    note(request, Knock.DENIED, who=request.person.name)
    return not_yours(where, seen, do=do)
