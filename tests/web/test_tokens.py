"""Tokens: made on the own page, shown once, kept as a digest, revoked, and never in the log of the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client


Clients = Callable[..., "Client"]
Tokens = Callable[..., str]
TOKEN = re.compile(r"muster_[0-9a-f]{16}_[\w-]{43}")


def status_of(text: str, path: str = "/api/balances") -> int:
    from django.test import Client

    return int(Client(headers={"authorization": f"Bearer {text}"}).get(path).status_code)


def made(client: Client) -> str:
    """Return a token that is made on the page."""
    page = client.post("/tokens", {"name": "the scale at the gate", "days": "7"}).content.decode()
    (text,) = TOKEN.findall(page)
    return str(text)


def knocks() -> list[tuple[str, str, str]]:
    from muster.web.people.models import Knock

    return list(Knock.objects.order_by("id").values_list("what", "who", "where"))


def test_token_given_the_page_then_shown_once_and_works(client_of: Clients, token_of: Tokens) -> None:
    from muster.web.api.models import Token

    client = client_of("clerk")
    text = made(client)
    assert status_of(text) == 200
    page = client.get("/tokens").content.decode()
    assert "the scale at the gate" in page
    assert TOKEN.search(page) is None
    kept = Token.objects.get()
    assert text.rpartition("_")[2] not in str(vars(kept))
    assert kept.expires - kept.made == timedelta(days=7)
    assert kept.last_used is not None
    assert knocks() == [("token", "clerk", "/tokens")]


def test_token_given_that_it_is_revoked_then_none(client_of: Clients, token_of: Tokens) -> None:
    from muster.web.api.models import Token

    client = client_of("clerk")
    text = made(client)
    key = Token.objects.get().key
    assert client_of("second").post(f"/tokens/{key}/revoke").status_code == 404
    assert status_of(text) == 200
    client.post(f"/tokens/{key}/revoke")
    assert status_of(text) == 401
    assert ("revoked", "clerk", f"/tokens/{key}/revoke") in knocks()
    assert knocks()[-1] == ("bad token", "a token", "/api/balances")


def test_token_given_that_it_has_expired_then_none(token_of: Tokens) -> None:
    assert status_of(token_of("clerk", 0)) == 401


@pytest.mark.parametrize("wrong", ["", "x", "muster_0000000000000000_" + "A" * 43, "muster_{key}_" + "A" * 43])
def test_token_given_a_wrong_one_then_401_and_how_to_get_one(token_of: Tokens, wrong: str) -> None:
    from django.test import Client

    key = token_of("clerk").split("_")[1]
    answer = Client(headers={"authorization": f"Bearer {wrong.format(key=key)}"}).get("/api/balances")
    assert (answer.status_code, answer.json()["rule"]) == (401, "A1")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert "/tokens" in answer.json()["do"]


def test_token_given_that_its_person_is_shut_out_then_none_and_roles_are_those_of_now(token_of: Tokens) -> None:
    from django.contrib.auth.models import Group, User

    text, user = token_of("second"), User.objects.get(username="second")
    try:
        user.groups.clear()
        assert status_of(text) == 403
        user.is_active = False
        user.save()
        assert status_of(text) == 401
    finally:
        user.is_active = True
        user.save()
        user.groups.add(Group.objects.get(name="clerk"))
    assert status_of(text) == 200


def test_interface_given_a_session_of_the_pages_then_it_does_not_count(client_of: Clients, token_of: Tokens) -> None:
    client = client_of("clerk")
    assert client.get("/clerk/").status_code == 200
    assert client.get("/api/balances").status_code == 401
    sent = {"data": '{"events": [{}]}', "content_type": "application/json"}
    assert client.post("/api/events", **sent).status_code == 401


@pytest.mark.parametrize("given", [{}, {"name": "x"}, {"name": "", "days": "7"}, {"name": "x" * 61, "days": "7"}])
@pytest.mark.parametrize("days", ["0", "8", "-7", "9999999", "seven"])
def test_page_given_no_name_or_no_such_time_then_none_is_made(
    client_of: Clients, token_of: Tokens, given: dict[str, str], days: str
) -> None:
    from muster.web.api.models import Token

    answer = client_of("clerk").post("/tokens", {"days": days} | given)
    assert answer.status_code == 400
    assert "Say what the token is for" in answer.content.decode()
    assert not Token.objects.exists()


def test_page_given_ten_tokens_then_no_more(client_of: Clients, token_of: Tokens) -> None:
    client = client_of("auditor")
    for _ in range(10):
        made(client)
    answer = client.post("/tokens", {"name": "one more", "days": "7"})
    assert answer.status_code == 409
    assert TOKEN.search(answer.content.decode()) is None


def test_page_given_another_person_then_their_tokens_are_not_seen(client_of: Clients, token_of: Tokens) -> None:
    made(client_of("clerk"))
    assert "the scale at the gate" not in client_of("manager").get("/tokens").content.decode()
