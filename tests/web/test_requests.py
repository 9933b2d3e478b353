"""Requests for goods: entered, taken over from a plan, closed with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from asking import receive

from muster.economy.read import read
from muster.errors import BookError
from muster.plan import folder, share_out
from muster.services.depots import Measure
from muster.services.economies import new_economy
from muster.services.planned_requests import planned_requests
from muster.services.splits import kept_back, stores_of, wanted

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready
    from muster.web.sharing.models import GoodsRequest

Clients = Callable[..., "Client"]
GIVEN = {
    "who": "Mercy Kitchen",
    "store": "ghor",
    "resource": "flour",
    "n": "12",
    "unit": "bag",
    "people": "300",
    "until": "2026-12-24",
}


@pytest.fixture(autouse=True)
def nothing_is_asked(ready: Ready) -> Iterator[None]:
    """Take away requests and splits of other tests."""
    from muster.web.sharing.models import Change, GoodsRequest, Share, Split

    for each in (Change, Share, Split, GoodsRequest):
        each.objects.all().delete()
    yield


def only() -> GoodsRequest:
    """Return the one request there is."""
    from muster.web.sharing.models import GoodsRequest

    return GoodsRequest.objects.get()


def test_new_given_all_then_it_stands_there_with_a_number(client_of: Clients) -> None:
    answer = client_of("manager").post("/requests/new", GIVEN, follow=True)
    found = only()
    assert (found.asked, found.measure, found.entered) == (600_000, "g", "12 bag of 50 kg")
    assert (found.store, found.people, found.until) == ("store:ghor", 300, date(2026, 12, 24))
    assert (found.unit, found.filed_by) == ("kabul", "manager")
    page = answer.content.decode()
    assert f"The request has the number {found.number}." in page
    assert "Mercy Kitchen" in page
    assert "2 kg" in page  # for each of 300 people


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n": "1,200"}, "A quantity is not a decimal number."),
        ({"n": "0"}, "This is no amount of it."),
        ({"unit": "l"}, "This is no amount of it."),
        ({"unit": "crate"}, "It is not said how much a crate holds."),
        ({"store": ""}, "A place has no name."),
        ({"store": "kabul"}, "Nothing is sent to the store that it comes from."),
        ({"who": ""}, "It is not said who asks for what."),
        ({"people": "many"}, "It is not said for how many people."),
        ({"until": "soon"}, "It is not said by when."),
    ],
)
def test_new_given_what_cannot_be_then_told_and_nothing_is_taken_down(
    client_of: Clients, wrong: dict[str, str], said: str
) -> None:
    from muster.web.sharing.models import GoodsRequest

    answer = client_of("manager").post("/requests/new", GIVEN | wrong)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "Mercy Kitchen" in answer.content.decode() or "who" in wrong  # what was written stays
    assert not GoodsRequest.objects.exists()


def test_new_given_digits_of_another_script_then_read(client_of: Clients) -> None:
    client_of("manager").post("/requests/new", GIVEN | {"n": "١٢", "people": "۳۰۰"})
    assert (only().asked, only().people) == (600_000, 300)


def test_close_given_a_reason_then_closed_by_name_and_without_one_not(client_of: Clients) -> None:
    client = client_of("manager")
    client.post("/requests/new", GIVEN)
    where = f"/requests/{only().pk}/close"
    client.post(where, {"why": " "})
    assert only().closed is None
    client.post(where, {"why": "they were helped by others"})
    assert (only().closed_by, only().why_closed) == ("manager", "they were helped by others")
    assert "they were helped by others" in client.get("/requests").content.decode()


def test_requests_given_another_unit_then_they_stay_away(client_of: Clients, ready: Ready) -> None:
    from muster.web.people.accounts import NewAccount, keep
    from muster.web.people.person import Person

    client_of("manager").post("/requests/new", GIVEN)
    keep(NewAccount(Person("head.ghor", "ghor", frozenset({"manager"})), "a long way off"))
    stranger = client_of("head.ghor")
    assert "Mercy Kitchen" not in stranger.get("/requests").content.decode()
    assert stranger.post(f"/requests/{only().pk}/close", {"why": "x"}).status_code == 404


def test_planned_given_a_plan_that_the_book_does_not_know_then_told(
    client_of: Clients, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muster.web.sharing.requests.plan_folders", lambda plans: [ready.site.plans / "two-villages"])
    answer = client_of("manager").post("/requests/planned", follow=True)
    assert "The plan gives nothing now that this book knows by the same names." in answer.content.decode()


@pytest.fixture(scope="module")
def plan(ready: Ready, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a plan whose places and goods ``book.toml`` gives the names of the book."""
    economy = tmp_path_factory.mktemp("planned") / "economy"
    new_economy(economy, example="two-villages")
    (economy / "book.toml").write_text(
        '[places]\nghor = "hill"\nbadghis = "valley"\nkabul = "depot"\n[resources]\nflour = "flour"\nwheat = ""\n',
        encoding="utf-8",
    )
    return folder.write(share_out(read(economy)), economy.parent / "plan")


def test_planned_requests_given_a_map_of_names_then_what_the_plan_gives_in_names_of_the_book(
    ready: Ready, plan: Path
) -> None:
    where = {"economy": plan.parent / "economy", "unit": "kabul"}
    found = planned_requests(ready.site.book, plan, today=date(2026, 11, 27), **where)  # type: ignore[arg-type]
    assert [(each.place, each.store, each.resource) for each in found] == [
        ("Hill", "store:ghor", "flour"),
        ("Valley", "store:badghis", "flour"),
    ]
    given = folder.read(plan).given
    for each, place in zip(found, ("hill", "valley"), strict=True):
        rows = given.filter(place=place, resource="flour", period=0)
        assert each.quantity == pytest.approx(rows["quantity"].sum() * 1e6, abs=1)
        assert (each.unit, each.until) == ("g", date(2026, 11, 30))
    assert planned_requests(ready.site.book, plan, today=date(2028, 1, 1), **where) == []  # type: ignore[arg-type]


def test_planned_given_twice_then_each_line_is_taken_over_once(
    client_of: Clients, ready: Ready, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from muster.web.sharing import requests
    from muster.web.sharing.models import GoodsRequest

    monkeypatch.setattr(requests, "plan_folders", lambda plans: [plan])
    monkeypatch.setattr(
        requests,
        "planned_requests",
        lambda book, found, *, economy, unit, today: planned_requests(
            book, found, economy=plan.parent / "economy", unit=unit, today=date(2026, 11, 27)
        ),
    )
    first = client_of("manager").post("/requests/planned", follow=True).content.decode()
    again = client_of("manager").post("/requests/planned", follow=True).content.decode()
    assert "2 requests were taken over." in first
    assert "0 requests were taken over." in again
    assert GoodsRequest.objects.count() == 2
    assert "Hill, November 2026" in first


def test_stores_of_given_a_unit_then_all_but_its_own(ready: Ready) -> None:
    assert stores_of(ready.site.book, unit="kabul") == ["store:badghis", "store:ghor", "store:hairatan"]


def test_wanted_given_a_store_with_its_kind_then_the_same(ready: Ready) -> None:
    for name in ("ghor", "store:ghor"):
        assert wanted(ready.site.book, "flour", number="1", unit="bag", target=name).target == "store:ghor"


@pytest.mark.parametrize(
    ("told", "unit", "kept"),
    [("", "%", 0), ("10", "%", 2), ("100", "%", 12), ("3", "", 3), ("2.5", "", 3), ("99", "", 12), ("0.1", "%", 1)],
)
def test_kept_back_given_a_share_or_packs_then_whole_packs(told: str, unit: str, kept: int) -> None:
    assert kept_back(told, unit, there=12 * 50, measure=Measure("bag", 50)) == kept * 50


@pytest.mark.parametrize("told", ["-1", "much", "nan", "1e400"])
def test_kept_back_given_no_number_then_refused(told: str) -> None:
    with pytest.raises(BookError, match="no number"):
        kept_back(told, "", there=100, measure=Measure("bag", 50))


def test_requests_given_one_that_is_late_then_it_is_marked(client_of: Clients) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    client_of("manager").post("/requests/new", GIVEN | {"until": yesterday.isoformat()})
    assert re.search(r'class="nowrap late"', client_of("manager").get("/requests").content.decode())


def test_requests_given_more_than_there_is_then_which_other_stores_have_it_without_amounts_of_other_units(
    client_of: Clients, ready: Ready
) -> None:
    from muster.services.book_views import balances

    client = client_of("manager")
    client.post("/requests/new", GIVEN | {"n": "90000"})
    others = {row.place for row in balances(ready.site.book, resource="flour") if row.place.startswith("store:")}
    assert "store:hairatan" in others
    for page in ("/requests", "/morning"):
        said = re.sub(r"<[^>]+>", "", client.get(page).content.decode())
        assert "store:hairatan: some; how much, its own people see" in said, page
        assert not re.search(r"store:hairatan: \d", said), page
    only().delete()
    receive(client_of("clerk"), 1, lot="HERE")  # other tests may have sent all that there was
    client.post("/requests/new", GIVEN | {"n": "1"})
    assert "store:hairatan: some" not in re.sub(r"<[^>]+>", "", client.get("/requests").content.decode())
