"""What takes two people: asked by one, decided by another, carried out only then; and every step is kept."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from muster import store
from muster.book.ids import uuid7

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.approvals.models import Request
    from muster.web.serve import Ready

Clients = Callable[..., "Client"]


@pytest.fixture(autouse=True)
def as_before(ready: Ready) -> Iterator[None]:
    from muster.web.approvals.models import Request
    from muster.web.pages.models import Objection
    from muster.web.people.models import Change

    kept = (Request, Change, Objection)
    for each in kept:
        each.objects.all().delete()
    yield
    for each in kept:
        each.objects.all().delete()
    for file in ready.site.counts.glob("**/*.json"):
        file.unlink()


def new_id() -> str:
    return uuid7(time.time_ns() // 1_000_000, random=secrets.randbits(74))


def sent(client: Client, person: str, form: str, fields: dict[str, str], *, id: str = "") -> dict[str, Any]:
    """Send what a phone kept; return what became of it."""
    id = id or new_id()
    entry = {"id": id, "form": form, "occurred": datetime.now(UTC).isoformat()[:23] + "Z", "fields": fields}
    data = json.dumps({"person": person, "asked": True, "entries": [entry]})
    answer = client.post("/clerk/sync", data, content_type="application/json", headers={"accept": "application/json"})
    return dict(answer.json()["outcomes"][0])


def received(client: Client, person: str, n: str) -> str:
    fields = {"n-0": n, "unit-0": "kg", "what-0": "wheat", "from": "wfp"}
    done = sent(client, person, "received", fields)
    assert done["status"] == "taken"
    return str(done["id"])


def there(ready: Ready) -> int:
    with store.open(ready.site.book) as book:
        return sum(row.quantity for row in book.balances(place="store:kabul", resource="wheat"))


def event(ready: Ready, id: str) -> Any:
    with store.open(ready.site.book) as book:
        found = book.event(id)
        return found and found[1]


def only() -> Request:
    from muster.web.approvals.models import Request

    return Request.objects.get()


def act(client: Client, do: str, *, reason: str = "I looked") -> int:
    return int(client.post(f"/approvals/{only().pk}", {"do": do, "reason": reason}).status_code)


def steps() -> list[tuple[str, str]]:
    from muster.web.people.models import Change

    return list(Change.objects.order_by("id").values_list("by", "what"))


def test_put_right_given_ones_own_of_today_then_at_once(ready: Ready, client_of: Clients) -> None:
    client, before = client_of("clerk"), there(ready)
    id = received(client, "clerk", "40")
    assert sent(client, "clerk", "put-right", {"reverses": id, "reason": "4, not 40"})["status"] == "taken"
    assert there(ready) == before
    assert steps() == []


def test_put_right_given_anothers_then_only_when_a_third_approves_and_the_book_names_both(
    ready: Ready, client_of: Clients
) -> None:
    client, before = client_of("clerk"), there(ready)
    id, wanted = received(client_of("second"), "second", "40"), new_id()
    fields = {"reverses": id, "reason": "4, not 40"}
    for _ in range(2):  # the phone has not heard the answer, and sends it again
        assert sent(client, "clerk", "put-right", fields, id=wanted)["status"] == "asked"
    assert "recorded by second" in only().what and "40 kg wheat" in only().what
    assert there(ready) == before + 40_000
    assert act(client, "approve") == 409  # who asks does not decide
    assert act(client_of("second"), "approve") == 404  # nor sees what others asked
    assert act(client_of("manager"), "approve", reason=" ") == 409
    assert there(ready) == before + 40_000
    assert act(client_of("manager"), "approve") == 302
    assert there(ready) == before
    done = event(ready, wanted)
    assert (done.recorder, done.approved_by, done.reason) == ("clerk", "manager", "4, not 40")
    title = "putting right what is old or another's"
    assert steps() == [
        ("clerk", f"asked: {title}"),
        ("manager", f"approved: {title}"),
        ("manager", f"carried out: {title}"),
    ]
    assert act(client_of("office"), "refuse") == 409  # decided is decided
    page = client_of("auditor").get("/audit/exceptions").content.decode()
    assert only().number in page and "I looked" in page and wanted in page


def test_put_right_given_the_plain_form_then_it_says_that_somebody_else_decides(
    ready: Ready, client_of: Clients
) -> None:
    id = received(client_of("second"), "second", "40")
    form = {"form": "put-right", "id": new_id(), "reverses": id, "reason": "wrong"}
    answer = client_of("clerk").post(f"/clerk/put-right/{id}", form, follow=True)
    assert "Sent to a second person" in answer.content.decode()
    assert act(client_of("manager"), "refuse", reason="it was 40") == 302
    assert event(ready, form["id"]) is None
    day = client_of("clerk").get("/clerk/").content.decode()
    assert only().number in day and "refused: <bdi>it was 40</bdi>" in day
    assert only().state == "refused"
    assert sent(client_of("second"), "second", "put-right", form)["status"] == "taken"


def test_put_right_given_what_is_older_than_a_week_then_two_people(
    ready: Ready, client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    from muster.web.clerk import overrides

    client = client_of("clerk")
    id = received(client, "clerk", "40")
    later = time.time_ns() // 1_000_000 + 8 * 86_400_000
    with monkeypatch.context() as patch:
        patch.setattr(overrides, "_now_ms", lambda: later)
        assert sent(client, "clerk", "put-right", {"reverses": id, "reason": "late"})["status"] == "asked"
    assert "more than 7 days ago" in only().what
    assert act(client, "withdraw") == 302
    assert only().state == "withdrawn"
    assert event(ready, id) is not None
    assert sent(client, "clerk", "put-right", {"reverses": id, "reason": "4"})["status"] == "taken"


def test_put_right_given_that_the_goods_are_gone_then_it_cannot_be_carried_out_and_stays_open(
    ready: Ready, client_of: Clients
) -> None:
    client = client_of("second")
    id = received(client, "second", "40")
    sent(client_of("clerk"), "clerk", "put-right", {"reverses": id, "reason": "wrong"})
    gone = {"n-0": str(there(ready)), "unit-0": "g", "what-0": "wheat"}
    out = sent(client, "second", "gave-out", gone)
    assert out["status"] == "taken"
    answer = client_of("manager").post(f"/approvals/{only().pk}", {"do": "approve", "reason": "yes"})
    assert answer.status_code == 409
    assert "B17" in answer.content.decode()
    assert only().state == "open"
    assert sent(client, "second", "put-right", {"reverses": out["id"], "reason": "not gone"})["status"] == "taken"
    assert act(client_of("manager"), "approve") == 302


def test_count_given_a_large_difference_then_a_third_person_and_neither_who_counted_nor_closed(
    ready: Ready, client_of: Clients
) -> None:
    received(client_of("clerk"), "clerk", "1000")
    before, id = there(ready), new_id()
    found = {"n-0-0": str(before // 2), "unit-0-0": "g", "what-0-0": "wheat"}
    sent(client_of("clerk"), "clerk", "counted", found, id=id)
    page = client_of("manager").post(f"/clerk/count/{id}").content.decode()
    assert "far from what the book says" in page
    assert "<table" not in page  # where found and book would stand side by side
    assert there(ready) == before
    assert "the book says" in only().what
    assert act(client_of("manager"), "approve") == 409
    assert act(client_of("office"), "approve") == 302
    assert there(ready) == before // 2
    done = event(ready, id)
    assert (done.recorder, done.closed_by, done.approved_by) == ("clerk", "manager", "office")
    assert not (ready.site.counts / f"{id}.json").exists()


def test_count_given_a_refusal_then_it_waits_no_more_and_the_book_stays(ready: Ready, client_of: Clients) -> None:
    received(client_of("clerk"), "clerk", "1000")
    before, id = there(ready), new_id()
    sent(client_of("clerk"), "clerk", "counted", {"n-0-0": "0", "unit-0-0": "g", "what-0-0": "wheat"}, id=id)
    client_of("second").post(f"/clerk/count/{id}")
    assert act(client_of("clerk"), "approve") == 404  # who counted has no say
    assert act(client_of("manager"), "refuse", reason="look behind the door") == 302
    assert there(ready) == before
    assert client_of("second").get(f"/clerk/count/{id}").status_code == 404
    assert (ready.site.counts / "discarded" / f"{id}.json").exists()


def test_answer_given_that_it_changes_something_then_two_sign_it(ready: Ready, client_of: Clients) -> None:
    from muster.web.pages.models import Objection

    client_of("chair").post("/place/hill/objection", {"text": "We are 600.", "plan": "two-villages"})
    objection = Objection.objects.get()
    client = client_of("manager")
    client.post(f"/objections/{objection.pk}/answer", {"text": "Counted: 600.", "changes": "1"})
    assert Objection.objects.get().answered is None
    assert "waits for approval" in client.get("/objections").content.decode()
    assert act(client, "approve") == 409
    assert act(client_of("logistician"), "approve") == 302
    assert (Objection.objects.get().answer, Objection.objects.get().officer) == (
        "Counted: 600.",
        "manager, logistician",
    )


def test_decide_given_a_week_then_it_has_lapsed_and_can_be_asked_again(ready: Ready, client_of: Clients) -> None:
    from muster.web.approvals.models import Request

    id = received(client_of("second"), "second", "40")
    fields = {"reverses": id, "reason": "wrong"}
    sent(client_of("clerk"), "clerk", "put-right", fields)
    Request.objects.update(deadline=datetime.now(UTC) - timedelta(minutes=1))
    assert act(client_of("manager"), "approve") == 409
    assert sent(client_of("clerk"), "clerk", "put-right", fields)["status"] == "asked"
    assert list(Request.objects.order_by("id").values_list("state", flat=True)) == ["withdrawn", "open"]


@pytest.mark.parametrize("name", ["manager", "clerk"])
def test_request_given_another_unit_then_it_is_not_there(client_of: Clients, name: str) -> None:
    from muster.web.approvals.kinds import KINDS
    from muster.web.approvals.requests import Asked, ask
    from muster.web.people.person import Person

    stranger = Person("stranger", "ghor", frozenset({"clerk"}))
    made = ask(KINDS["count"], Asked("count x", "Close it.", "it is right", {}), by=stranger)
    client = client_of(name)
    assert made.number not in client.get("/approvals").content.decode()
    assert client.post(f"/approvals/{made.pk}", {"do": "approve", "reason": "yes"}).status_code == 404
    made.refresh_from_db()
    assert made.state == "open"


def test_count_given_that_it_was_thrown_away_meanwhile_then_it_cannot_be_approved(
    ready: Ready, client_of: Clients
) -> None:
    received(client_of("clerk"), "clerk", "1000")
    id = new_id()
    sent(client_of("clerk"), "clerk", "counted", {"n-0-0": "0", "unit-0-0": "g", "what-0-0": "wheat"}, id=id)
    client_of("second").post(f"/clerk/count/{id}")
    (ready.site.counts / f"{id}.json").unlink()
    assert act(client_of("manager"), "approve") == 409
    assert act(client_of("manager"), "refuse") == 302
