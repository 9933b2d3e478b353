"""The door: who comes in, who is kept out, and what is written down of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
STARTS = {
    "clerk": "/clerk/",
    "chair": "/place",
    "manager": "/morning",
    "logistician": "/plans",
    "auditor": "/audit",
    "office": "/admin",
}


def knocks() -> list[tuple[str, str]]:
    from muster.web.people.models import Knock

    return list(Knock.objects.order_by("id").values_list("what", "who"))


@pytest.mark.parametrize(("name", "page"), STARTS.items())
def test_home_given_a_role_then_it_is_sent_to_its_page(client_of: Clients, name: str, page: str) -> None:
    answer = client_of(name).get("/", follow=False)
    assert answer["Location"] == page
    assert client_of(name).get(page).status_code == 200


def test_login_given_the_right_password_then_in_and_noted(client_of: Clients, password: Callable[[str], str]) -> None:
    client = client_of()
    answer = client.post("/login", {"name": "clerk", "password": password("clerk"), "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert knocks() == [("login", "clerk")]
    client.post("/logout")
    assert knocks()[-1] == ("logout", "clerk")
    assert client.get("/clerk/")["Location"] == "/login?next=/clerk/"


def test_login_given_five_wrong_passwords_then_even_the_right_one_is_not_heard(
    client_of: Clients, password: Callable[[str], str]
) -> None:
    client = client_of()
    for _ in range(5):
        assert client.post("/login", {"name": "clerk", "password": "guess"}).status_code == 403
    answer = client.post("/login", {"name": "clerk", "password": password("clerk")})
    assert answer.status_code == 429
    assert knocks() == [("refused", "clerk")] * 5 + [("limited", "clerk")]
    assert "guess" not in str(knocks())
    assert client.post("/login", {"name": "second", "password": password("second")}).status_code == 302


def test_page_given_another_role_then_denied_and_noted(client_of: Clients) -> None:
    answer = client_of("chair").get("/clerk/")
    assert answer.status_code == 403
    assert "noted" in answer.content.decode()
    assert knocks() == [("denied", "chair")]


def test_page_given_nobody_then_login_or_401_for_a_script(client_of: Clients) -> None:
    client = client_of()
    assert client.get("/clerk/")["Location"] == "/login?next=/clerk/"
    assert client.get("/clerk/", headers={"accept": "application/json"}).status_code == 401


def test_page_given_any_then_strict_headers(client_of: Clients) -> None:
    answer = client_of().get("/login")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "private, no-store"
    assert "<script>" not in answer.content.decode() and "style=" not in answer.content.decode()


def test_login_given_no_token_of_the_form_then_refused(ready: Ready) -> None:
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post("/login", {"name": "clerk", "password": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("language", "direction", "word"), [("ru", "ltr", "Войти"), ("ar", "rtl", "دخول"), ("en", "ltr", "Log in")]
)
def test_login_given_a_language_then_in_it(client_of: Clients, language: str, direction: str, word: str) -> None:
    client = client_of()
    client.post("/language", {"language": language, "next": "/login"})
    page = client.get("/login").content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert f"<h1>{word}</h1>" in page


def test_address_that_only_takes_given_a_visit_then_a_page_says_so(client_of: Callable[..., Client]) -> None:
    answer = client_of("clerk").get("/clerk/sync")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing is shown here." in answer.content.decode()


def test_form_given_a_login_that_is_over_then_the_next_one_leads_to_a_page(client_of: Callable[..., Client]) -> None:
    assert client_of().post("/requests/new")["Location"] == "/login?next=/"
    assert client_of().get("/requests")["Location"] == "/login?next=/requests"
