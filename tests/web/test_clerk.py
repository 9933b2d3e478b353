"""The clerk's pages without a script, and the batch that a phone sends."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from muster.book.ids import uuid7

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]


@pytest.fixture
def new_id() -> Callable[[], str]:
    numbers: Iterator[int] = iter(range(1, 1_000))
    return lambda: uuid7(time.time_ns() // 1_000_000, random=(time.time_ns() << 10 | next(numbers)) & ((1 << 74) - 1))


def there(ready: Ready, resource: str) -> int:
    from muster.services.book_views import balances

    return sum(row.quantity for row in balances(ready.site.book, place="store:kabul", resource=resource))


def batch(*entries: dict[str, Any], asked: bool = False, person: str = "clerk") -> dict[str, Any]:
    return {
        "data": json.dumps({"person": person, "asked": asked, "entries": entries}),
        "content_type": "application/json",
        "headers": {"accept": "application/json"},
    }


def entry(id: str, form: str, fields: dict[str, str]) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"id": id, "form": form, "occurred": now, "fields": fields}


def wheat(n: str, unit: str = "bag of 50 kg") -> dict[str, str]:
    return {"n-0": n, "unit-0": unit, "what-0": "wheat", "from": "wfp"}


def test_received_given_a_plain_form_then_in_the_book_once_however_often_it_is_sent(
    ready: Ready, client_of: Clients
) -> None:
    client = client_of("clerk")
    page = client.get("/clerk/enter/received").content.decode()
    id = re.search(r'name="id" value="([^"]+)"', page)
    assert id
    sent = wheat("3") | {"form": "received", "id": id[1]}
    before = there(ready, "wheat")
    assert client.post("/clerk/enter/received", sent).status_code == 302
    assert client.post("/clerk/enter/received", sent).status_code == 302
    assert there(ready, "wheat") == before + 150_000_000 // 1_000
    assert "<bdi>3 bags of 50 kg (150\u00a0kg)</bdi>" in client.get("/clerk/").content.decode()


def test_gave_out_given_more_than_is_there_then_refused_if_asked_and_disputed_if_not(
    ready: Ready, client_of: Clients, new_id: Callable[[], str]
) -> None:
    client, fields = client_of("clerk"), wheat("9000000", "kg")
    asked = client.post("/clerk/sync", **batch(entry(new_id(), "gave-out", fields), asked=True)).json()
    assert asked["outcomes"][0]["status"] == "refused"
    assert asked["outcomes"][0]["faults"][0]["rule"] == "B17"
    page = client.post("/clerk/enter/gave-out", fields | {"form": "gave-out", "id": new_id()})
    assert page.status_code == 409
    id = new_id()
    late = client.post("/clerk/sync", **batch(entry(id, "gave-out", fields))).json()
    assert late["outcomes"][0]["status"] == "disputed"
    right = {"reverses": id, "reason": "a slip"}
    assert client.post("/clerk/sync", **batch(entry(new_id(), "put-right", right))).json()["outcomes"][0]["status"] == (
        "taken"
    )


def test_sync_given_the_same_batch_twice_then_known(
    ready: Ready, client_of: Clients, new_id: Callable[[], str]
) -> None:
    client, before = client_of("clerk"), there(ready, "wheat")
    sent = batch(*(entry(new_id(), "received", wheat(str(n))) for n in range(1, 9)))
    first, again = client.post("/clerk/sync", **sent).json(), client_of("clerk").post("/clerk/sync", **sent).json()
    assert [each["status"] for each in first["outcomes"]] == ["taken"] * 8
    assert [each["status"] for each in again["outcomes"]] == ["known"] * 8
    assert there(ready, "wheat") == before + 36 * 50_000


def test_arrived_given_a_part_then_the_rest_is_claimed(
    ready: Ready, client_of: Clients, new_id: Callable[[], str]
) -> None:
    from muster.services.book_views import on_the_way
    from muster.web.clerk.views import _today

    client = client_of("clerk")
    rows = [row for row in on_the_way(ready.site.book, today=_today()) if row.destination == "store:kabul"]
    waybill = rows[0].waybill
    fields = {"document": waybill, "carrier": "transco"}
    for number, row in enumerate(each for each in rows if each.waybill == waybill):
        goods = f"{row.resource}, lot {row.lot}" if row.lot else row.resource
        unit = {"g": "g", "ml": "ml", "piece": "piece"}[row.unit]
        fields |= {f"n-{number}": str(row.still - 1), f"unit-{number}": unit, f"what-{number}": goods}
    done = client.post("/clerk/sync", **batch(entry(new_id(), "arrived", fields))).json()
    assert done["outcomes"] == [{"id": done["outcomes"][0]["id"], "status": "taken", "faults": []}]
    after = [row for row in on_the_way(ready.site.book, today=_today(), closed=True) if row.waybill == waybill]
    assert {(row.still, row.claimed) for row in after} == {(0, 1)}


def test_counted_given_one_person_then_another_closes_it_and_sees_the_difference(
    ready: Ready, client_of: Clients, new_id: Callable[[], str]
) -> None:
    client, other, id = client_of("clerk"), client_of("second"), new_id()
    before = there(ready, "wheat")
    found = {"n-0-0": str(before - 1_000), "unit-0-0": "g", "what-0-0": "wheat"}
    sent = batch(entry(id, "counted", found))
    assert client.post("/clerk/sync", **sent).json()["outcomes"][0]["status"] == "taken"
    assert client.post("/clerk/sync", **sent).json()["outcomes"][0]["status"] == "known"
    assert there(ready, "wheat") == before
    assert client.post(f"/clerk/count/{id}").status_code == 409
    page = other.post(f"/clerk/count/{id}").content.decode()
    assert "-1\u00a0kg" in page
    assert there(ready, "wheat") == before - 1_000
    assert other.post(f"/clerk/count/{id}").status_code == 404
    assert client.post("/clerk/sync", **sent).json()["outcomes"][0]["status"] == "known"


def test_count_given_it_was_wrong_then_who_counted_throws_it_away_for_good(
    ready: Ready, client_of: Clients, new_id: Callable[[], str]
) -> None:
    client, other, id = client_of("clerk"), client_of("second"), new_id()
    before = there(ready, "wheat")
    sent = batch(entry(id, "counted", {"n-0-0": "7", "unit-0-0": "g", "what-0-0": "wheat"}))
    client.post("/clerk/sync", **sent)
    where = f"/clerk/count/{id}"
    assert other.post(f"{where}/discard", {"why": "no"}).status_code == 409
    assert client.post(f"{where}/discard", {"why": " "}).status_code == 409
    assert "Throw the count away" in client.get(where).content.decode()
    assert "Throw the count away" not in other.get(where).content.decode()
    done = client.post(f"{where}/discard", {"why": "the second room was forgotten"}, follow=True)
    assert "The count is thrown away." in done.content.decode()
    assert other.post(where).status_code == 404
    assert client.post("/clerk/sync", **sent).json()["outcomes"][0]["status"] == "known"  # it does not come back
    assert client.get(where).status_code == 404
    assert there(ready, "wheat") == before
    kept = json.loads((ready.site.counts / "discarded" / f"{id}.json").read_text(encoding="utf-8"))
    assert (kept["discarded"]["by"], kept["discarded"]["why"]) == ("clerk", "the second room was forgotten")


def test_put_right_given_a_reason_then_the_entry_is_taken_back(
    ready: Ready, client_of: Clients, new_id: Callable[[], str]
) -> None:
    client, id, before = client_of("clerk"), new_id(), there(ready, "wheat")
    client.post("/clerk/sync", **batch(entry(id, "received", wheat("40"))))
    assert client.get(f"/clerk/put-right/{id}").status_code == 200
    given = {"form": "put-right", "id": new_id(), "reverses": id, "reason": "4, not 40"}
    assert client.post(f"/clerk/put-right/{id}", given).status_code == 302
    assert there(ready, "wheat") == before
    again = client.post(f"/clerk/put-right/{id}", given | {"id": new_id()})
    assert again.status_code == 409
    assert "4, not 40" in client.get("/clerk/").content.decode()


def test_sync_given_the_entries_of_another_person_then_not_taken(
    client_of: Clients, new_id: Callable[[], str], ready: Ready
) -> None:
    before = there(ready, "wheat")
    sent = batch(entry(new_id(), "received", wheat("1")), person="clerk")
    assert client_of("second").post("/clerk/sync", **sent).status_code == 403
    assert there(ready, "wheat") == before


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"entries": 3}', b'{"entries": [{"id": 1, "form": "x", "occurred": "", "fields": {}}]}'],
)
def test_sync_given_no_batch_then_400(client_of: Clients, body: bytes) -> None:
    assert client_of("clerk").post("/clerk/sync", data=body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    ("id", "form", "fields"),
    [
        ("../../secret", "counted", wheat("1")),
        ("", "received", wheat("1")),
        ("0198abcd-ef01-7000-8000-00000000abcd", "stolen", wheat("1")),
        ("0198abcd-ef01-7000-8000-00000000abcd", "received", wheat("-1")),
        ("0198abcd-ef01-7000-8000-00000000abcd", "received", wheat("1") | {"from": ""}),
        ("0198abcd-ef01-7000-8000-00000000abcd", "put-right", {"reverses": "x", "reason": "y"}),
        ("0198abcd-ef01-7000-8000-00000000abcd", "arrived", wheat("1") | {"document": "WB-none"}),
        ("0198abcd-ef01-7000-8000-00000000abcd", "counted", {}),
    ],
)
def test_sync_given_what_cannot_be_then_refused_with_a_reason(
    client_of: Clients, id: str, form: str, fields: dict[str, str]
) -> None:
    done = client_of("clerk").post("/clerk/sync", **batch(entry(id, form, fields))).json()["outcomes"][0]
    assert done["status"] == "refused"
    assert done["faults"][0]["what"]


def test_clerk_given_another_unit_then_its_store_and_entries_stay_away(
    ready: Ready, client_of: Clients, new_id: Callable[[], str]
) -> None:
    from muster.web.people.accounts import NewAccount, keep
    from muster.web.people.person import Person

    keep(NewAccount(Person("keeper.ghor", "ghor", frozenset({"clerk"})), "a long way off"))
    id = new_id()
    client_of("clerk").post("/clerk/sync", **batch(entry(id, "received", wheat("1"))))
    stranger = client_of("keeper.ghor")
    assert stranger.get(f"/clerk/put-right/{id}").status_code == 404
    taken_back = entry(new_id(), "put-right", {"reverses": id, "reason": "not mine"})
    done = stranger.post("/clerk/sync", **batch(taken_back, person="keeper.ghor")).json()["outcomes"][0]
    assert (done["status"], done["faults"][0]["rule"]) == ("refused", "B18")


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
@pytest.mark.parametrize(
    "page", ["", "enter/received", "enter/gave-out", "enter/counted", "card/wheat", "manifest.webmanifest", "worker.js"]
)
def test_pages_given_a_language_then_every_word_is_in_it(client_of: Clients, language: str, page: str) -> None:
    client = client_of("clerk")
    client.post("/language", {"language": language, "next": "/clerk/"})
    answer = client.get(f"/clerk/{page}")
    assert answer.status_code == 200
    if "." not in page:
        latin = re.findall(r">([^<>]*[A-Za-z]{3}[^<>]*)<", without_data(answer.content.decode()))
        assert language == "en" or [text.strip() for text in latin if text.strip()] == ["English"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [("٢٥٫٥", "25.5"), ("۱۲", "12"), ("12,5", "12.5"), ("1,250", "1,250"), ("٬", ","), ("12", "12"), ("a", "a")],
)
def test_western_given_digits_of_any_script_then_those_of_the_book(typed: str, read: str) -> None:
    from muster.web.clerk.forms import western

    assert western(typed) == read


@pytest.mark.parametrize(
    ("language", "quantity", "unit", "text"),
    [
        ("en", 29_400_000, "g", "29,400 kg"),
        ("ru", 29_400_500, "g", "29 400,5 кг"),
        ("ar", 29_400_500, "g", "\u206629 400,5\u2069 كغ"),
        ("en", 1, "piece", "1 piece"),
        ("en", 2, "piece", "2 pieces"),
        ("ar", 3, "piece", "\u20663\u2069 قطع"),
        ("ar", 11, "piece", "\u206611\u2069 قطعة"),
    ],
)
def test_amount_given_a_language_then_number_and_plural_are_right(
    ready: Ready, language: str, quantity: int, unit: str, text: str
) -> None:
    from django.utils.translation import override

    from muster.web.clerk.templatetags.book import amount

    with override(language):
        assert amount(quantity, unit).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "bag of 50 kg; kg"), ("ru", "bag: 50 кг; кг"), ("ar", "bag: \u206650\u2069 كغ; كغ")],
)
def test_measure_given_a_language_then_the_pack_is_as_in_the_book_and_its_size_is_told(
    ready: Ready, language: str, text: str
) -> None:
    from django.utils.translation import override

    from muster.services.depots import Measure
    from muster.web.clerk.templatetags.book import measure

    with override(language):
        told = "; ".join(measure(each, "g") for each in (Measure("bag of 50 kg", 50_000), Measure("kg", 1_000)))
    assert told.replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("language", "entered", "text"),
    [
        ("en", "3 bag of 50 kg", "3 bags of 50 kg (150 kg)"),
        ("en", "1 bag of 50 kg", "1 bag of 50 kg (50 kg)"),
        ("en", "1,200 bags of 50 kg", "1,200 bags of 50 kg (60,000 kg)"),
        ("en", "6384 kg", "6,384 kg"),
        ("ru", "3 bag of 50 kg", "3 × bag (150 кг)"),
        ("ar", "3 bag of 50 kg", "3 × bag (150 كغ)"),
    ],
)
def test_entered_given_packs_then_the_kilograms_beside_and_told_loosely_only_once(
    ready: Ready, language: str, entered: str, text: str
) -> None:
    from django.utils.translation import override

    from muster.book.events import Counted
    from muster.web.clerk.templatetags.book import entered as told

    number, _, unit = entered.replace(",", "").partition(" ")
    grams = int(number) * (1_000 if unit == "kg" else 50_000)
    with override(language):
        said = told(Counted("store:kabul", "flour", "", grams, "g", entered))
    assert re.sub("[\u2066\u2069]", "", said).replace("\u00a0", " ") == text


@pytest.mark.parametrize(("language", "do"), [("ru", "Исправьте количество"), ("ar", "صحّح الكمية")])
def test_sync_given_more_than_is_there_then_what_to_do_is_said_in_the_language_of_the_clerk(
    client_of: Clients, new_id: Callable[[], str], language: str, do: str
) -> None:
    client = client_of("clerk")
    client.post("/language", {"language": language, "next": "/clerk/"})
    sent = batch(entry(new_id(), "gave-out", wheat("9000000", "kg")), asked=True)
    assert client.post("/clerk/sync", **sent).json()["outcomes"][0]["faults"][0]["do"].startswith(do)


def test_words_given_a_rule_that_a_clerk_meets_then_there_is_something_to_do() -> None:
    from muster.web.clerk.words import DO, SAID

    assert DO.keys() == SAID.keys()


def test_asked_given_what_another_recorded_then_the_day_says_what_in_the_language_of_the_clerk(
    client_of: Clients, ready: Ready, new_id: Callable[[], str]
) -> None:
    from muster.web.approvals.models import Request

    id, client = new_id(), client_of("clerk")
    taken = batch(entry(id, "received", wheat("7")), person="second")
    assert client_of("second").post("/clerk/sync", **taken).json()["outcomes"][0]["status"] == "taken"
    back = batch(entry(new_id(), "put-right", {"reverses": id, "reason": "70"}))
    assert client.post("/clerk/sync", **back).json()["outcomes"][0]["status"] == "asked"
    client.post("/language", {"language": "ru", "next": "/clerk/"})
    page = client.get("/clerk/").content.decode()
    Request.objects.all().delete()
    asked = page.partition("Отправлено второму человеку")[2].partition("Последние записи")[0]
    assert "ждёт" in asked and "second" in asked and "350\u00a0кг" in asked
    assert "Reverse" not in page


def without_data(page: str) -> str:
    """Return a page without what is data: names of goods, people, units of measure, and the title."""
    page = re.sub(r"<(bdi|option|title|legend|output)\b.*?</\1>", "", page, flags=re.DOTALL)
    page = re.sub(r'<span class="visually-hidden">.*?</span>', "", page)
    return re.sub(r"<form method=\"post\" action=\"/logout\".*?</span>", "", page, flags=re.DOTALL)
