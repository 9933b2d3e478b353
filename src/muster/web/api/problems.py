"""What the interface says where it does not do something: RFC 9457, with the five fields of every message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from muster.book.wording import shown
from muster.errors import MOST_SHOWN, Fault, MusterError
from muster.web.api.limits import LARGEST_BODY
from muster.web.api.rules import Refused
from muster.web.pages.told import NOT_THERE

MEDIA_TYPE = "application/problem+json"
ROOT = "/api/"

_log = logging.getLogger("muster.web.api")
_DESCRIBED = "look it up in /api/openapi.json, or on the page /api/"
_NO_JSON = Fault(
    "The body cannot be read.",
    "body",
    "no JSON",
    f"send one JSON object, in UTF-8, as application/json; {_DESCRIBED}",
    "A3",
)


def problem(status: int, faults: Sequence[Fault]) -> HttpResponse:
    """Return an answer that says what is wrong; the five fields of the first fault stand at the top."""
    first, shown_ = faults[0], faults[:MOST_SHOWN]
    fields = {name: getattr(first, name) for name in ("what", "where", "seen", "do", "rule")}
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": first.what,
        **fields,
        "faults": [fault.as_dict() for fault in shown_],
    }
    return HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)


class Problems:
    """Middleware: a body that is too large is not read, and what Django itself refuses below ``/api/`` is a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ROOT):
            return self._get_response(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > LARGEST_BODY:
            return _too_large(length)
        answer = self._get_response(request)
        if answer.status_code < HTTPStatus.BAD_REQUEST or answer["Content-Type"] == MEDIA_TYPE:
            return answer
        made = problem(answer.status_code, [_of_django(request, answer)])
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in answer:
                made[name] = answer[name]
        return made


def add_handlers(api: NinjaAPI) -> None:
    """Let every error of an operation become a problem."""

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        answer = problem(error.status, [error.fault])
        if error.wait_s:
            answer["Retry-After"] = str(error.wait_s)
        if error.status == HTTPStatus.UNAUTHORIZED:
            answer["WWW-Authenticate"] = 'Bearer realm="muster"'
        return answer

    @api.exception_handler(MusterError)
    def of_muster(request: HttpRequest, error: MusterError) -> HttpResponse:
        absent = all(fault.rule in NOT_THERE for fault in error.faults)
        return problem(404 if absent else 409 if request.method == "POST" else 400, error.faults)

    @api.exception_handler(ValidationError)
    def of_form(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return problem(422, [_of_field(each) for each in error.errors])

    @api.exception_handler(HttpError)
    def of_ninja(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, [_NO_JSON])

    @api.exception_handler(RawPostDataException)
    def of_a_form(request: HttpRequest, error: RawPostDataException) -> HttpResponse:
        return problem(400, [_NO_JSON])

    @api.exception_handler(RequestDataTooBig)
    def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return _too_large("more")

    @api.exception_handler(Http404)
    def absent(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, [_nothing_there(request)])

    @api.exception_handler(Exception)
    def ours(request: HttpRequest, error: Exception) -> HttpResponse:
        _log.error("%s %s", request.method, request.path, exc_info=error)
        do = "send it again later; if it stays so, tell the keeper of the server the time and the address"
        return problem(500, [Fault("Something went wrong on this side.", request.path, "", do, "A8")])


def _of_field(error: dict[str, Any]) -> Fault:
    """Return what is wrong with one value of a request; the value itself is not repeated."""
    where = ", ".join(str(part) for part in error["loc"])
    said = str(error["msg"])
    return Fault("A value is not what is asked for.", where, said, _DESCRIBED, "A3")


def _of_django(request: HttpRequest, answer: HttpResponse) -> Fault:
    if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        do = f"use {answer.get('Allow', '')}"
        return Fault("This address is not asked in this way.", request.path[:200], str(request.method), do, "A3")
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return _nothing_there(request)
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        do = "send it again later; if it stays so, tell the keeper of the server the time and the address"
        return Fault("Something went wrong on this side.", request.path[:200], "", do, "A8")
    return Fault("The request cannot be read.", request.path[:200], answer.reason_phrase, _DESCRIBED, "A3")


def _nothing_there(request: HttpRequest) -> Fault:
    return Fault("There is nothing at this address.", "the address", shown(request.path[:200]), _DESCRIBED, "A4")


def _too_large(length: str) -> HttpResponse:
    do = f"send several requests, of at most {LARGEST_BODY:,} bytes each"
    return problem(413, [Fault("The request is too large.", "body", f"{length} bytes", do, "A5")])
