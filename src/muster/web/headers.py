"""What every answer says to the browser about itself: nothing from elsewhere is loaded, nothing is framed."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
"""Content-Security-Policy: no script or style in a page, none from another host."""

LARGEST_REQUEST = 20_000_000
"""Bytes of a request, files included; Django itself bounds only what is not a file."""

_NOTHING, _NO_TEXT = "\0", "What was sent holds a sign that is none (U+0000)."

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class Bounded:
    """Middleware that does not read a request that is too large, or that holds a sign no database keeps (U+0000)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > LARGEST_REQUEST:
            return _plain(413, f"This is too large: at most {LARGEST_REQUEST:,} bytes.")
        if _NOTHING in request.path or _in(request.GET):
            return _plain(400, _NO_TEXT)
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: object, words: object, named: object) -> HttpResponse | None:
        """Look into what a form sends, once it is known to be for somebody."""
        return _plain(400, _NO_TEXT) if _in(request.POST) else None


def _in(sent: QueryDict) -> bool:
    return any(_NOTHING in text for name, values in sent.lists() for text in (name, *values))


def _plain(status: int, said: str) -> HttpResponse:
    return HttpResponse(f"{said}\n", status=status, content_type="text/plain; charset=utf-8")


class Explained:
    """Middleware that lets a page say what an address says that only takes what is sent (405)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET" or response.content:
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page


class SafeHeaders:
    """Middleware that sets the headers, and keeps pages of people out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "private, no-store")
        return response
