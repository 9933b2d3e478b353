"""Splitting a scarce good: made with one button, changed with reasons, withdrawn, sent once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from asking import ask, clear, held, receive, split_of

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready
    from muster.web.sharing.models import Split

Clients = Callable[..., "Client"]
BAG = 50_000


@pytest.fixture(autouse=True)
def nothing_is_asked(ready: Ready) -> Iterator[None]:
    """Take away requests and splits of other tests."""
    clear()
    yield


@pytest.fixture
def asked(client_of: Clients) -> Client:
    """Return the client of a manager whom three ask for more flour than there is."""
    client = client_of("manager")
    receive(client_of("clerk"), 90, lot="T1")
    ask(client, "Mercy Kitchen", 3_000, store="ghor")
    ask(client, "Camp East", 1_500, store="badghis")
    ask(client, "School 4", 3_000, store="ghor")
    return client


def lines(split: Split) -> dict[str, Any]:
    """Return the lines of a split by who asks."""
    return {each.request.who: each for each in split.shares.select_related("request")}


def words(answer: Any) -> str:
    """Return the words of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_make_given_a_keep_back_then_all_is_lifted_alike_and_nothing_is_lost(asked: Client) -> None:
    split = split_of(asked, keep="10", keep_unit="%")
    shares = [each.share for each in split.shares.all()]
    assert split.there % BAG == 0 and all(each % BAG == 0 for each in shares)
    assert sum(shares) + split.keep == split.there
    assert split.keep >= split.there / 10 > split.keep - BAG
    met = {who: each.share / each.request.asked for who, each in lines(split).items()}
    assert max(met.values()) - min(met.values()) < BAG / (1_500 * BAG) + 1e-9
    said = words(asked.get(f"/split/{split.pk}"))
    assert "Mercy Kitchen" in said and "Kept back" in said


def test_make_given_digits_of_another_script_then_read(asked: Client) -> None:
    assert split_of(asked, keep="٣", keep_unit="").keep == 3 * BAG


def test_make_given_twice_then_the_open_split_is_shown(asked: Client) -> None:
    first, again = split_of(asked), split_of(asked)
    assert first.pk == again.pk
    assert f"/split/{first.pk}" in asked.get("/requests").content.decode()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"resource": "wheat"}, "Nobody asks for it."),
        ({"keep": "much"}, "What is to be kept back is no number."),
        ({"measure": "crate of 3 kg"}, "The good does not come in this pack."),
    ],
)
def test_make_given_what_cannot_be_then_told(asked: Client, said: dict[str, str], why: str) -> None:
    from muster.web.sharing.models import Split

    answer = asked.post("/splits/new", {"resource": "flour", "measure": "bag of 50 kg"} | said)
    assert answer.status_code == 400
    assert why in words(answer)
    assert not Split.objects.exists()


def test_change_given_a_reason_then_kept_with_who_when_from_to_and_why(asked: Client) -> None:
    split = split_of(asked)
    line = lines(split)["Camp East"]
    packs = line.share // BAG - 1
    asked.post(f"/split/{split.pk}/change", {f"share-{line.pk}": str(packs), f"why-{line.pk}": "half have left"})
    line.refresh_from_db()
    (change,) = line.changes.all()
    assert (line.share, change.before, change.after) == (packs * BAG, (packs + 1) * BAG, packs * BAG)
    assert (change.who, change.why) == ("manager", "half have left")
    assert line.fair == (packs + 1) * BAG
    said = words(asked.get(f"/split/{split.pk}"))
    assert "half have left" in said
    assert "50 kg more is." in said  # kept back


@pytest.mark.parametrize(
    ("told", "why", "said"),
    [
        ("1", "", "A changed line has no reason."),
        ("1", "   ", "A changed line has no reason."),
        ("1.5", "so", "A line has no number of packs."),
        ("-1", "so", "A line has no number of packs."),
        ("1501", "so", "A line gives more than was asked for."),
        ("1500", "so", "More is shared out than is there."),
    ],
)
def test_change_given_what_cannot_be_then_nothing_is_changed_and_what_was_written_stays(
    asked: Client, told: str, why: str, said: str
) -> None:
    split = split_of(asked)
    line, other = lines(split)["Camp East"], lines(split)["School 4"]
    fields = {f"share-{line.pk}": told, f"why-{line.pk}": why, f"share-{other.pk}": "2", f"why-{other.pk}": "fewer"}
    if said.startswith("More"):
        del fields[f"share-{other.pk}"], fields[f"why-{other.pk}"]
    answer = asked.post(f"/split/{split.pk}/change", fields)
    assert answer.status_code == 400
    assert said in words(answer)
    assert f'value="{told}"' in answer.content.decode()
    assert {each.share for each in split.shares.all()} == {each.fair for each in split.shares.all()}


def test_withdraw_given_a_reason_then_requests_are_open_as_before_and_it_is_not_sent(asked: Client) -> None:
    split = split_of(asked)
    assert asked.post(f"/split/{split.pk}/withdraw", {"why": ""}).status_code == 400
    asked.post(f"/split/{split.pk}/withdraw", {"why": "more has come"})
    split.refresh_from_db()
    assert (split.state, split.ended_by, split.why_ended) == ("withdrawn", "manager", "more has come")
    for step in ("send", "change", "withdraw"):
        answer = asked.post(f"/split/{split.pk}/{step}", {"why": "again"})
        assert answer.status_code in (400, 409), step
    assert split_of(asked).pk != split.pk


def test_send_given_twice_then_the_book_has_it_once(asked: Client, ready: Ready) -> None:
    before = held(ready, "store:kabul")
    split = split_of(asked, keep="5")
    total = sum(each.share for each in split.shares.all())
    first = asked.post(f"/split/{split.pk}/send")
    assert first["Location"] == f"/split/{split.pk}/notes"
    again = asked.post(f"/split/{split.pk}/send", follow=True)
    assert "It had been sent before; nothing was written twice." in words(again)
    assert held(ready, "store:kabul") == before - total
    assert [each.store for each in split.waybills.order_by("id")] == ["store:badghis", "store:ghor"]


def test_send_given_a_break_after_the_book_then_the_same_waybills_are_finished(
    asked: Client, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    from muster.web.sharing import steps

    split, before = split_of(asked, keep="5"), held(ready, "store:kabul")

    def broken(*words: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(steps, "_sent", broken)
        asked.post(f"/split/{split.pk}/send")
    split.refresh_from_db()
    assert split.state == "sending"
    assert "Sending was interrupted." in words(asked.get(f"/split/{split.pk}"))
    assert asked.post(f"/split/{split.pk}/withdraw", {"why": "no"}).status_code == 400
    asked.post(f"/split/{split.pk}/send")
    split.refresh_from_db()
    assert split.state == "sent"
    assert held(ready, "store:kabul") == before - sum(each.share for each in split.shares.all())


def test_send_given_less_is_there_by_now_then_nothing_is_written_and_the_split_is_open(
    asked: Client, client_of: Clients, ready: Ready
) -> None:
    from muster.services.depots import depot
    from muster.web.clerk.views import _today

    split, clerk = split_of(asked), client_of("clerk")
    good = next(each for each in depot(ready.site.book, "kabul", today=_today()).goods if each.resource == "flour")
    lot = next(each for each in good.lots if each.lot == "T1")
    page = clerk.get("/clerk/enter/gave-out").content.decode()
    id = page.split('name="id" value="')[-1].partition('"')[0]
    gone = {"form": "gave-out", "id": id, "n-0": str(lot.quantity // 1000), "unit-0": "kg", "what-0": lot.goods}
    assert clerk.post("/clerk/enter/gave-out", gone).status_code == 302
    left = held(ready, "store:kabul")
    answer = asked.post(f"/split/{split.pk}/send")
    assert answer.status_code == 409
    assert "More goes out than is there." in words(answer)
    split.refresh_from_db()
    assert (split.state, split.waybills.count()) == ("open", 0)
    assert held(ready, "store:kabul") == left


def test_send_given_all_lines_are_nothing_then_told(asked: Client) -> None:
    split = split_of(asked, keep="100", keep_unit="%")
    answer = asked.post(f"/split/{split.pk}/send")
    assert answer.status_code == 409
    assert "The split gives nobody anything." in words(answer)


def test_split_given_what_was_sent_before_then_it_counts_and_who_is_met_is_closed(
    client_of: Clients, ready: Ready
) -> None:
    from muster.web.sharing.models import GoodsRequest

    client = client_of("manager")
    receive(client_of("clerk"), 30, lot="T2")
    ask(client, "Small", 2)
    first = split_of(client)
    client.post(f"/split/{first.pk}/send")
    small = GoodsRequest.objects.get(who="Small")
    assert small.why_closed == f"met in full by {first.number}"
    ask(client, "Large", 100_000)
    second = split_of(client)
    client.post(f"/split/{second.pk}/send")
    receive(client_of("clerk"), 10, lot="T3")
    third = split_of(client)
    assert lines(third)["Large"].had == lines(second)["Large"].share > 0


def test_split_given_a_dispatch_is_taken_back_then_it_was_not_had(client_of: Clients, ready: Ready) -> None:
    client = client_of("manager")
    receive(client_of("clerk"), 30, lot="T4")
    ask(client, "Large", 100_000)
    split = split_of(client)
    client.post(f"/split/{split.pk}/send")
    event = split.waybills.get().event
    page = client.get(f"/clerk/put-right/{event}").content.decode()
    id = page.split('name="id" value="')[-1].partition('"')[0]
    back = {"form": "put-right", "id": id, "reverses": event, "reason": "the lorry broke down"}
    assert client.post(f"/clerk/put-right/{event}", back).status_code == 302
    assert lines(split_of(client))["Large"].had == 0


def test_close_given_a_request_in_an_open_split_then_it_stays_open(asked: Client) -> None:
    split = split_of(asked)
    request = lines(split)["School 4"].request
    assert "open split" in words(asked.post(f"/requests/{request.pk}/close", {"why": "x"}, follow=True))
    request.refresh_from_db()
    assert request.closed is None


def test_split_given_another_unit_then_404_and_an_auditor_reads_it(asked: Client, client_of: Clients) -> None:
    from muster.web.people.accounts import NewAccount, keep
    from muster.web.people.person import Person

    split = split_of(asked)
    asked.post(f"/split/{split.pk}/send")
    keep(NewAccount(Person("head.ghor", "ghor", frozenset({"manager"})), "a long way off"))
    stranger, note = client_of("head.ghor"), split.waybills.first()
    assert note is not None
    for page in (f"/split/{split.pk}", f"/split/{split.pk}/notes", f"/note/{note.pk}"):
        assert stranger.get(page).status_code == 404
        assert client_of("auditor").get(page).status_code == 200
    for step in ("send", "change", "withdraw"):
        assert stranger.post(f"/split/{split.pk}/{step}").status_code == 404
        assert client_of("auditor").post(f"/split/{split.pk}/{step}").status_code == 403
    assert split.number not in stranger.get("/splits").content.decode()
    assert split.number in client_of("auditor").get("/splits").content.decode()
