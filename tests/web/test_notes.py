"""Dispatch notes: what the book has, without prices; the clerk there receives against them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import TYPE_CHECKING

import pytest
from asking import ask, clear, held, receive, split_of

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]


@pytest.fixture(autouse=True)
def nothing_is_asked(ready: Ready) -> Iterator[None]:
    """Take away requests and splits of other tests."""
    clear()
    yield


def words(answer: object) -> str:
    """Return the words of a page."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def test_notes_given_a_split_then_one_for_each_store_with_goods_packs_and_kilograms(
    client_of: Clients, ready: Ready
) -> None:
    client = client_of("manager")
    receive(client_of("clerk"), 20, resource="pulses", lot="P1", expires="2027-01-31")
    for who, store in (("Mercy Kitchen", "ghor"), ("School 4", "ghor"), ("Camp East", "badghis")):
        ask(client, who, 1_000, resource="pulses", store=store)
    split = split_of(client, "pulses")
    page = client.post(f"/split/{split.pk}/send", follow=True)
    text, said = page.content.decode(), words(page)
    assert text.count('<article class="dispatch"') == 2
    for waybill in split.waybills.all():
        much = sum(each.share for each in split.shares.all() if each.request.store == waybill.store)
        assert f"Dispatch note {waybill.number}" in said
        assert f"{much // 1000:,} kg" in said
        alone = words(client.get(f"/note/{waybill.pk}"))
        assert waybill.number in alone and waybill.store in alone
        assert alone.count("Handed over by") == 1
    assert "P1" in said and "2027-01-31" in said and "bag of 50 kg" in said
    assert "price" not in said.lower()


def test_notes_given_lots_then_what_expires_first_goes_first_and_nothing_expired(
    client_of: Clients, ready: Ready
) -> None:
    from muster.services.splits import notes

    client, clerk = client_of("manager"), client_of("clerk")
    receive(clerk, 3, resource="wsb", lot="OLD", expires="2020-01-31")
    receive(clerk, 4, resource="wsb", lot="SOON", expires="2098-01-31")
    receive(clerk, 500, resource="wsb", lot="LATE", expires="2099-01-31")
    ask(client, "Camp East", 10_000, resource="wsb", store="badghis")
    split = split_of(client, "wsb", measure="bag of 25 kg")
    client.post(f"/split/{split.pk}/send")
    (note,) = notes(ready.site.book, [split.waybills.get().event])
    lots = [line.lot for line in note.lines]
    assert "OLD" not in lots
    assert [line.expires for line in note.lines] == sorted(line.expires for line in note.lines)
    assert lots[-2:] == ["SOON", "LATE"]
    assert sum(line.quantity for line in note.lines) == split.shares.get().share


def test_notes_given_a_clerk_there_then_the_waybill_waits_to_be_received(client_of: Clients, ready: Ready) -> None:
    from muster.web.people.accounts import NewAccount, keep
    from muster.web.people.person import Person

    client = client_of("manager")
    receive(client_of("clerk"), 20, lot="T9")
    ask(client, "Mercy Kitchen", 10_000, store="ghor")
    split = split_of(client)
    client.post(f"/split/{split.pk}/send")
    keep(NewAccount(Person("keeper.ghor", "ghor", frozenset({"clerk"})), "a long way off"))
    there, before = client_of("keeper.ghor"), held(ready, "store:ghor")
    page = there.get("/clerk/enter/received").content.decode()
    number = split.waybills.get().number
    card = page[page.index(number) :]
    card = card[: card.index("</form>")]
    fields = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', card))
    for name in re.findall(r'name="(n-\d+)"', card):
        fields |= {name: "1", name.replace("n-", "unit-"): "bag of 50 kg"}
    assert there.post("/clerk/enter/received", fields).status_code == 302
    assert held(ready, "store:ghor") == before + 50_000 * sum(name.startswith("n-") for name in fields)
