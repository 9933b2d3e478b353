"""Public pages of places: off until switched on, for everybody then, and without names of people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from shutil import rmtree
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
PAGES = ("/public/place/hill", "/public/places")


@pytest.fixture(autouse=True)
def off(ready: Ready) -> Iterator[None]:
    """Begin and end with the public pages off, and nothing objected to."""
    from muster.web.openly.models import Switch
    from muster.web.pages.models import Objection

    Switch.objects.all().delete()
    Objection.objects.all().delete()
    rmtree(ready.site.plans / "two-villages" / "answers", ignore_errors=True)
    yield
    Switch.objects.all().delete()


def switch(client_of: Clients, *, name: str = "office", **said: str) -> None:
    """Switch the pages on."""
    assert client_of(name).post("/public", {"on": "yes", **said}).status_code == 302


def words(answer: object) -> str:
    """Return the words of a page."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("page", PAGES)
def test_public_given_nobody_switched_it_on_then_404(client_of: Clients, page: str) -> None:
    assert client_of().get(page).status_code == 404
    assert client_of("chair").get(page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_public_given_on_then_for_everybody_without_cookies_and_to_be_kept(client_of: Clients, page: str) -> None:
    switch(client_of)
    answer = client_of().get(page)
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in answer["Vary"]
    assert "This page is public" in words(answer)
    assert "<form" not in answer.content.decode() and "<script" not in answer.content.decode()


def test_public_given_a_place_then_what_the_plan_says_of_it(client_of: Clients) -> None:
    switch(client_of)
    said = words(client_of().get("/public/place/Hill"))
    assert "At worst people here get 92 % of what is needed to live" in said
    assert "Depot → Hill (truck) carries no more than 45 t (November 2026)." in said
    assert "Work it out" not in said


def test_public_given_objections_then_their_number_and_no_names_and_no_words(client_of: Clients) -> None:
    from muster.web.pages.models import Objection

    client_of("chair").post("/place/hill/objection", {"plan": "two-villages", "text": "Rahima says: we are 600."})
    client_of("manager").post(f"/objections/{Objection.objects.get().pk}/answer", {"text": "Karim counted anew."})
    client_of("chair").post("/place/hill/why", {"plan": "two-villages"})
    switch(client_of)
    page = client_of().get("/public/place/hill")
    said = words(page)
    assert "Filed: 1. Answered: 1. Answer overdue: 0." in said
    assert "What would change it" in said  # what somebody asked for is public too
    for name in ("Rahima", "Karim", "manager", "we are", "kabul"):
        assert name not in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "header", "language", "word"),
    [
        ("ru", "", "ru", "Эта страница открыта"),
        ("", "ar;q=0.9, xx", "ar", "هذه الصفحة عامة"),
        ("", "xx", "en", "This page is public"),
        ("de", "ru", "ru", "Эта страница открыта"),
        ("en", "ru", "en", "This page is public"),
    ],
)
def test_public_given_a_language_then_in_it_whatever_a_cookie_says(
    client_of: Clients, asked: str, header: str, language: str, word: str
) -> None:
    switch(client_of)
    client = client_of()
    client.post("/language", {"language": "ar" if language != "ar" else "ru"})
    answer = client.get("/public/place/hill", {"in": asked} if asked else {}, headers={"accept-language": header})
    assert word in words(answer)
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in answer.content.decode()


def test_public_given_engines_are_not_wanted_then_not_indexed_and_else_they_may(client_of: Clients) -> None:
    switch(client_of)
    answer = client_of().get("/public/place/hill")
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert 'name="robots"' in answer.content.decode()
    switch(client_of, listed="yes")
    answer = client_of().get("/public/place/hill")
    assert "X-Robots-Tag" not in answer
    assert 'name="robots"' not in answer.content.decode()


@pytest.mark.parametrize("page", ["/public/place/nowhere", "/public/place/depot", "/public/place/%2e%2e"])
def test_public_given_no_such_place_then_404_without_its_words(client_of: Clients, page: str) -> None:
    switch(client_of)
    assert client_of().get(page).status_code == 404


def test_public_given_switched_off_again_then_404_and_who_did_it_stays(client_of: Clients) -> None:
    switch(client_of, name="chair")
    client_of("office").post("/public", {"on": "no"})
    assert client_of().get("/public/place/hill").status_code == 404
    said = words(client_of("office").get("/public"))
    assert re.search(r"UTC · office · off .*UTC · chair · on", said)


@pytest.mark.parametrize("name", ["clerk", "manager", "logistician", "auditor"])
def test_switch_given_who_may_not_then_403(client_of: Clients, name: str) -> None:
    from muster.web.openly.models import Switch

    assert client_of(name).post("/public", {"on": "yes"}).status_code == 403
    assert not Switch.objects.exists()
