"""What is too much, too large, too old or forged: bodies, uploads, requests, sessions, forms without their token."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
Programs = Callable[[str], "Client"]
ADDRESSES = {"place": "hill", "plan": "two-villages", "id": "0198abcd-ef01-7000-8000-000000000001", "key": "1"}

TOO_LARGE: dict[str, tuple[str, str, int, int]] = {
    "a batch for the interface": ("/api/events", "application/json", 1_000_001, 413),
    "an arrival for the interface": ("/api/arrivals", "application/json", 1_000_001, 413),
    "a batch of a phone": ("/clerk/sync", "application/json", 2_000_001, 400),
    "a form": ("/clerk/enter/received", "application/x-www-form-urlencoded", 2_000_001, 400),
    "a login": ("/login", "application/x-www-form-urlencoded", 2_000_001, 400),
    "an objection": ("/place/hill/objection", "application/x-www-form-urlencoded", 2_000_001, 400),
}
"""What is sent -> where, as what, how many bytes, and the answer."""


@pytest.mark.parametrize("path", ["/login", "/audit/log", "/clerk/sync", "/place/hill/objection"])
def test_upload_given_more_than_any_page_takes_then_not_read_even_from_nobody(client_of: Clients, path: str) -> None:
    told = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": "20000001"}
    assert client_of().post(path, b"", **told).status_code == 413


@pytest.mark.parametrize("path", ["/login?next=%00", "/place/%00", "/plans?%00=1"])
def test_request_given_a_sign_that_no_database_keeps_then_400(client_of: Clients, path: str) -> None:
    assert client_of("chair").get(path).status_code == 400
    assert client_of().post("/login", {"name": "cl\0erk", "password": "x"}).status_code == 400
    assert client_of("chair").post("/place/hill/objection", {"plan": "two-villages", "text": "\0"}).status_code == 400


def test_upload_given_a_file_too_large_for_its_page_then_refused(client_of: Clients) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    for size, status in ((10_000, 200), (10_001, 400)):
        sent = {"checkpoint": SimpleUploadedFile("kept", b"x" * size)}
        assert client_of("auditor").post("/audit/log", sent).status_code == status


@pytest.mark.parametrize("case", TOO_LARGE)
def test_body_given_too_many_bytes_then_not_read(program_of: Programs, client_of: Clients, case: str) -> None:
    path, kind, size, status = TOO_LARGE[case]
    client = program_of("clerk") if path.startswith("/api/") else client_of("chair" if "place" in path else "clerk")
    answer = client.post(path, b"a=" + b"x" * (size - 2), content_type=kind)
    assert answer.status_code == status


def test_batch_given_too_many_events_or_fields_then_refused(program_of: Programs, client_of: Clients) -> None:
    events = json.dumps({"events": [{}] * 201})
    answer = program_of("clerk").post("/api/events", events, content_type="application/json")
    assert program_of("clerk").post("/api/events", {"events": "x"}).status_code == 400
    assert client_of("clerk").post("/clerk/sync", {"entries": "x"}).status_code == 400
    assert (answer.status_code, answer.json()["rule"]) == (422, "A3")
    fields = urlencode([(f"n-{number}", "1") for number in range(2_001)])
    form = client_of("clerk").post("/clerk/enter/received", fields, content_type="application/x-www-form-urlencoded")
    assert form.status_code == 400


@pytest.mark.parametrize(("limit", "who"), [("OF_A_TOKEN", "token"), ("FROM_AN_ADDRESS", "address")])
def test_requests_given_too_many_then_429_until_the_minute_is_over(
    program_of: Programs, monkeypatch: pytest.MonkeyPatch, limit: str, who: str
) -> None:
    from muster.web.api import limits
    from muster.web.api.models import Spent

    monkeypatch.setattr(limits, limit, 3)
    program = program_of("clerk")
    answers = [program.get("/api/transit") for _ in range(5)]
    assert [answer.status_code for answer in answers] in ([200] * 3 + [429] * 2, [200] * 5)  # a minute may pass
    if answers[-1].status_code == 429:
        assert answers[-1].json()["rule"] == "A6"
        assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert program_of("second").get("/api/transit").status_code == (200 if who == "token" else 429)
    Spent.objects.update(minute=1)
    assert program.get("/api/transit").status_code == 200
    assert not Spent.objects.filter(minute=1).exists()


def test_tokens_given_thirty_wrong_ones_then_even_a_right_one_is_not_heard_from_there(program_of: Programs) -> None:
    from django.test import Client

    program, guesser = program_of("clerk"), Client(headers={"authorization": "Bearer guess"})
    assert [guesser.get("/api/balances").status_code for _ in range(31)] == [401] * 30 + [429]
    assert program.get("/api/balances").status_code == 429
    assert program.get("/api/balances", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_whence_given_a_proxy_then_the_address_that_it_saw(ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from django.conf import settings
    from django.test import RequestFactory

    from muster.web.people.door import whence

    request = RequestFactory(headers={"x-forwarded-for": "6.6.6.6, 192.0.2.7"}).get("/")
    assert whence(request) == "127.0.0.1"
    monkeypatch.setattr(settings, "SITE", replace(ready.site, public="https://muster.example.org"))
    assert whence(request) == "192.0.2.7"


def test_session_given_that_its_time_is_over_then_the_login(client_of: Clients) -> None:
    from datetime import timedelta

    from django.contrib.sessions.models import Session
    from django.utils import timezone

    client = client_of("clerk")
    assert client.get("/clerk/").status_code == 200
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/clerk/")["Location"] == "/login?next=/clerk/"


def test_session_given_a_new_password_then_the_login(client_of: Clients, password: Callable[[str], str]) -> None:
    from django.contrib.auth.models import User

    client, user = client_of("second"), User.objects.get(username="second")
    user.set_password("another one, for now")
    user.save()
    try:
        assert client.get("/clerk/").status_code == 302
    finally:
        user.set_password(password("second"))
        user.save()


def pages(patterns: list[Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield address and view of every page."""
    for each in patterns:
        route = above + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from pages(each.url_patterns, route)
        else:
            told = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ADDRESSES.get(found[1], "x"), route)
            yield f"/{told}", each.callback


def test_every_page_given_a_post_without_the_token_of_its_form_then_403(client_of: Clients, ready: Ready) -> None:
    from django.contrib.auth.models import User
    from django.test import Client
    from django.urls import get_resolver

    client, seen = Client(enforce_csrf_checks=True), 0
    client.force_login(User.objects.get(username="manager"))
    for address, _ in pages(get_resolver().url_patterns):
        answer = client.post(address, {"a": "b"})
        if address.startswith("/api/") and address not in ("/api/", "/api/openapi.json"):
            assert answer.status_code in (401, 405), address  # where the session counts for nothing
        else:
            assert answer.status_code in (403, 405), address
            seen += answer.status_code == 403
    assert seen > 12


def test_server_given_logins_and_tokens_then_no_secret_is_in_its_output_or_in_the_record_of_the_door(
    tmp_path: Path,
) -> None:
    pytest.importorskip("gunicorn", reason="needs the web extra")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    from secrets import token_bytes

    from muster.services.books import new_book

    new_book(str(tmp_path / "book.db"), key=tmp_path / "book.key", random=token_bytes)
    (tmp_path / "book-made").touch()
    command = [sys.executable, "-m", "muster", "serve", "--demo", "--data", str(tmp_path), "--port", str(port)]
    output = tmp_path / "output"
    with output.open("wb") as log, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log) as server:
        try:
            secrets = _knock_around(f"http://127.0.0.1:{port}", tmp_path)
        finally:
            server.terminate()
            server.wait(60)
    said = output.read_text()
    assert "/api/balances" in said  # refusals are told, so the output is that of the server
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("site.db*"))
    for secret in secrets:
        assert secret not in said
        assert secret.encode() not in kept
    assert b"bad token" in kept and b"denied" in kept


def _knock_around(site: str, folder: Path) -> list[str]:
    """Log in rightly and wrongly, make a token, use it, and others; return all that is secret."""
    opener, until = build_opener(HTTPCookieProcessor(CookieJar())), time.monotonic() + 60
    while True:
        try:
            page = opener.open(f"{site}/login", timeout=10).read().decode()
            break
        except URLError:
            assert time.monotonic() < until
            time.sleep(0.2)

    def sent(path: str, page: str, **form: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        body = urlencode({"csrfmiddlewaretoken": token[1], **form}).encode()
        try:
            return str(opener.open(f"{site}{path}", body, timeout=20).read().decode())
        except HTTPError as error:
            return error.read().decode()

    password = json.loads((folder / "demo.json").read_text())["chair"]
    page = sent("/login", page, name="chair", password="a-wrong-guess")
    page = sent("/login", page, name="chair", password=password)
    page = sent("/tokens", page, name="test", days="7")
    text = re.search(r"muster_\w{16}_[\w-]{43}", page)
    assert text is not None, page
    forged = text[0][:-5] + "AAAAA"
    for token, status in ((text[0], 403), (forged, 401)):
        try:
            opener.open(Request(f"{site}/api/balances", headers={"Authorization": f"Bearer {token}"}), timeout=20)
        except HTTPError as error:
            assert error.code == status
    return ["a-wrong-guess", password, text[0].rpartition("_")[2], forged.rpartition("_")[2]]


def test_check_given_the_settings_of_a_proxy_then_nothing_to_say_of_the_interface(tmp_path: Path) -> None:
    said = {"MUSTER_DATA": str(tmp_path), "MUSTER_PUBLIC": "https://muster.example.org"}
    around = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    words = ["makemigrations", "--check", "--dry-run", "--settings", "muster.web.settings"]
    done = subprocess.run([sys.executable, "-m", "django", *words], env=around | said, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
