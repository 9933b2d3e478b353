"""Which language a page is in where nobody chose one at its foot: the account's, else the site's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from muster.web.people.models import Account, Choice
from muster.web.people.staff import LANGUAGE


class ChosenLanguage:
    """Middleware, behind those of languages and logins; without any choice the browser's wish stands."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.path.startswith(
            ("/static/", "/public/")
        ):
            code = _of_account(request) or of_site()
            if code in dict(settings.LANGUAGES):
                translation.activate(code)
                request.LANGUAGE_CODE = code
        return self._get_response(request)


def remember(response: HttpResponse, code: str) -> None:
    """Let the browser keep a language as if it had been chosen at the foot of a page."""
    if code:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            max_age=31_536_000,
        )


def _of_account(request: HttpRequest) -> str:
    if not request.user.is_authenticated:
        return ""
    return Account.objects.filter(user=request.user).values_list("language", flat=True).first() or ""


def of_site() -> str:
    """Return the language that an administrator chose for the site; blank: none."""
    return Choice.objects.filter(name=LANGUAGE).values_list("value", flat=True).first() or ""
