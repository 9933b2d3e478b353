"""The administrator's pages: people, units, languages, passwords; and that the book hears of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from apart import apart

from muster.services.audits import rights

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
OWN = "three green bicycles"


@pytest.fixture(autouse=True)
def as_before(ready: Ready) -> Iterator[None]:
    """Take away the accounts, units and choices that a test made."""
    from django.contrib.auth.models import User

    from muster.web.people.models import Change, Choice, Unit

    yield
    User.objects.filter(username__startswith="new-").delete()
    Unit.objects.exclude(name__in=["kabul", "office"]).delete()
    Choice.objects.all().delete()
    Change.objects.all().delete()


@pytest.fixture
def make(client_of: Clients) -> Callable[..., str]:
    """Return what makes an account in the browser, and returns its one-time password."""

    def made(name: str, *, unit: str = "kabul", roles: tuple[str, ...] = ("clerk",), **more: str) -> str:
        answer = client_of("office").post("/admin/new", {"name": name, "unit": unit, "roles": roles, **more})
        assert answer.status_code == 200, answer.content.decode()
        found = re.search(r'id="word">(\w+)<', answer.content.decode())
        assert found
        return found[1]

    return made


def page_of(name: str) -> str:
    from django.contrib.auth.models import User

    return f"/admin/people/{User.objects.get(username=name).pk}"


def in_book(ready: Ready, name: str) -> tuple[str, tuple[str, ...]] | None:
    return next(((each.unit, each.roles) for each in rights(ready.site.book).rights if each.person == name), None)


@pytest.fixture(autouse=True)
def nothing_changed_yet(ready: Ready) -> None:
    """Let ``changes`` tell of one test alone: others of the room leave theirs behind."""
    from muster.web.people.models import Change

    Change.objects.all().delete()


def changes() -> list[tuple[str, str, str]]:
    from muster.web.people.models import Change

    return list(Change.objects.order_by("id").values_list("by", "what", "whom"))


def test_new_given_a_clerk_then_in_the_book_and_led_to_a_password_of_their_own(
    ready: Ready, client_of: Clients, make: Callable[..., str]
) -> None:
    word = make("new-amina")
    assert in_book(ready, "new-amina") == ("kabul", ("clerk",))
    client = client_of()
    client.post("/login", {"name": "new-amina", "password": word})
    assert client.get("/clerk/")["Location"] == "/password"
    asked = client.post(
        "/clerk/sync", data="{}", content_type="application/json", headers={"accept": "application/json"}
    )
    assert asked.status_code == 403
    for bad in ("short", "1234567890123", "new-amina-new", word):
        answer = client.post("/password", {"new_password1": bad, "new_password2": bad})
        assert answer.status_code == 400, bad
    assert client.post("/password", {"new_password1": OWN, "new_password2": OWN})["Location"] == "/"
    assert client.get("/clerk/").status_code == 200
    assert client_of().post("/login", {"name": "new-amina", "password": word}).status_code == 403
    assert changes() == [("office", "account made", "new-amina"), ("new-amina", "own password chosen", "new-amina")]
    shown = client_of("auditor").get("/admin/changes").content.decode()
    assert "account made" in shown
    assert word not in shown


def test_new_given_a_name_that_is_there_or_no_unit_then_refused(client_of: Clients, ready: Ready) -> None:
    client, size = client_of("office"), len(rights(ready.site.book).rights)
    given = {"name": "Clerk", "unit": "kabul", "roles": ["clerk"]}
    assert client.post("/admin/new", given).status_code == 409
    for wrong in ({"name": "new-x", "unit": "nowhere"}, {"name": "new=x"}, {"name": "new-x", "roles": []}):
        assert client.post("/admin/new", given | wrong).status_code == 400
    assert client.post("/admin/new", {"name": "new-x", "unit": "kabul", "roles": ["chair"]}).status_code == 400
    assert len(rights(ready.site.book).rights) == size
    assert changes() == []


def test_new_given_that_the_book_refuses_then_there_is_no_account_either(
    client_of: Clients, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.models import User

    from muster.web.people.models import Account

    Account.objects.filter(user__username="office").update(unit="kabul")  # in the book, of another unit
    answer = client_of("office").post("/admin/new", {"name": "new-x", "unit": "kabul", "roles": ["clerk"]})
    Account.objects.filter(user__username="office").update(unit="office")
    assert answer.status_code == 409
    assert "B24" in answer.content.decode()
    assert not User.objects.filter(username="new-x").exists()
    assert in_book(ready, "new-x") is None


def test_new_given_a_chair_then_not_in_the_book(ready: Ready, make: Callable[..., str]) -> None:
    make("new-chair", roles=("chair",), place="hill")
    assert in_book(ready, "new-chair") is None


def test_person_given_another_unit_and_roles_then_the_book_hears_of_it(
    ready: Ready, client_of: Clients, make: Callable[..., str]
) -> None:
    client = client_of("office")
    make("new-amina")
    assert client.post("/admin/units", {"name": "herat"}).status_code == 302
    changed = {"do": "change", "unit": "herat", "roles": ["manager", "chair"], "place": "hill", "language": "ar"}
    assert client.post(page_of("new-amina"), changed).status_code == 302
    assert in_book(ready, "new-amina") == ("herat", ("manager",))
    assert client.post(page_of("new-amina"), {"do": "close"}).status_code == 302
    assert in_book(ready, "new-amina") == ("herat", ())
    answer = client.post(page_of("new-amina"), {"do": "reopen"})
    assert 'id="word"' in answer.content.decode()
    assert in_book(ready, "new-amina") == ("herat", ("manager",))
    said = [what for _, what, _ in changes()]
    assert said == [
        "account made",
        "unit made",
        "account changed",
        "account closed",
        "account opened again",
        "new one-time password",
    ]


def test_close_given_somebody_who_is_logged_in_then_they_are_out(client_of: Clients, make: Callable[..., str]) -> None:
    word, client = make("new-amina"), client_of()
    client.post("/login", {"name": "new-amina", "password": word})
    assert client.get("/password").status_code == 200
    client_of("office").post(page_of("new-amina"), {"do": "close"})
    assert client.get("/password")["Location"].startswith("/login")
    assert client_of().post("/login", {"name": "new-amina", "password": word}).status_code == 403


def test_last_administrator_given_any_way_out_then_refused_until_another_has_been_in(
    client_of: Clients, make: Callable[..., str], ready: Ready
) -> None:
    client, own = client_of("office"), page_of("office")
    ways = ({"do": "close"}, {"do": "change", "unit": "office", "roles": ["auditor"]})
    word = make("new-admin", unit="office", roles=("admin",))
    for way in ways:  # the other one has never been in
        answer = client.post(own, way)
        assert answer.status_code == 409
        assert "W1" in answer.content.decode()
    other = client_of()
    other.post("/login", {"name": "new-admin", "password": word})
    other.post("/password", {"new_password1": OWN, "new_password2": OWN})
    assert client.post(own, ways[1]).status_code == 302
    assert in_book(ready, "office") == ("office", ("auditor",))
    assert other.post(page_of("new-admin"), {"do": "close"}).status_code == 409
    back = other.post(own, {"do": "change", "unit": "office", "roles": ["admin"]})
    assert back.status_code == 302
    assert in_book(ready, "office") == ("office", ("admin",))


def test_one_time_password_given_two_weeks_then_it_lets_nobody_in(client_of: Clients, make: Callable[..., str]) -> None:
    from django.utils import timezone

    from muster.web.people.models import Account

    word = make("new-amina")
    Account.objects.filter(user__username="new-amina").update(one_time=timezone.now() - timedelta(minutes=1))
    answer = client_of().post("/login", {"name": "new-amina", "password": word})
    assert answer.status_code == 403
    assert "has expired" in answer.content.decode()


def test_password_given_a_wrong_old_one_then_refused_and_in_the_end_not_heard(
    client_of: Clients, make: Callable[..., str]
) -> None:
    word, client = make("new-amina"), client_of()
    client.post("/login", {"name": "new-amina", "password": word})
    client.post("/password", {"new_password1": OWN, "new_password2": OWN})
    other = {"old_password": "guess", "new_password1": f"{OWN} two", "new_password2": f"{OWN} two"}
    assert [client.post("/password", other).status_code for _ in range(6)] == [400] * 5 + [429]


def test_unit_given_people_then_it_stays_open_and_without_them_it_closes(
    client_of: Clients, make: Callable[..., str]
) -> None:
    client = client_of("office")
    client.post("/admin/units", {"name": "herat"})
    make("new-amina", unit="herat")
    assert client.post("/admin/units", {"close": "herat"}).status_code == 409
    client.post(page_of("new-amina"), {"do": "close"})
    assert client.post("/admin/units", {"close": "herat"}).status_code == 302
    assert client.post("/admin/new", {"name": "new-b", "unit": "herat", "roles": ["clerk"]}).status_code == 400
    assert client.post(page_of("new-amina"), {"do": "reopen"}).status_code == 409
    assert client.post("/admin/units", {"name": "herat"}).status_code == 302
    assert client.post("/admin/units", {"name": "her/at"}).status_code == 400


def test_language_given_the_site_or_an_account_then_pages_are_in_it_and_the_foot_has_the_last_word(
    client_of: Clients, make: Callable[..., str]
) -> None:
    assert client_of("office").post("/admin/languages", {"language": "ru"}).status_code == 302
    assert '<html lang="ru"' in client_of().get("/login").content.decode()
    word = make("new-amina", language="ar")
    client = client_of()
    client.post("/login", {"name": "new-amina", "password": word})
    assert '<html lang="ar" dir="rtl">' in client.get("/password").content.decode()
    client.post("/language", {"language": "en", "next": "/password"})
    assert '<html lang="en"' in client.get("/password").content.decode()


def test_goods_given_a_pack_then_the_clerk_can_enter_it_and_another_size_is_refused(
    client_of: Clients, ready: Ready
) -> None:
    client, given = client_of("office"), {"name": "sorghum", "measure": "kg", "pack": "bag", "holds": "50"}
    assert client.post("/admin/goods", given).status_code == 302
    assert "bag of 50 kg" in client_of("clerk").get("/clerk/enter/received").content.decode().partition("sorghum")[2]
    answer = client.post("/admin/goods", given | {"holds": "25"})
    assert answer.status_code == 409
    assert "B24" in answer.content.decode()
    assert client.post("/admin/goods", given | {"holds": "1,000"}).status_code == 400
    assert [what for _, what, _ in changes()] == ["good registered"]


START = """
made = [serve.prepare(Site(folder), with_demo=False, tell=print).accounts for _ in range(2)]
from django.test import Client
from muster.services.audits import rights
(name, role, word), = made[0]
client = Client()
client.post("/login", {"name": name, "password": word})
client.post("/password", {"new_password1": "three green bicycles", "new_password2": "three green bicycles"})
led = client.get("/admin")["Location"]
people = [(each.person, each.unit, each.roles) for each in rights(str(folder / "book.db")).rights]
again = serve.let_in(Site(folder), name).accounts
client.post("/logout")
client.post("/login", {"name": name, "password": again[0][2]})
print(json.dumps([name, role, made[1], led, people, again[0][:2], client.get("/admin")["Location"]]))
"""


def test_prepare_given_an_empty_folder_then_one_administrator_once(tmp_path: Path) -> None:
    found: list[Any] = json.loads(apart(START, tmp_path / "site"))
    assert found == [
        "admin",
        "admin",
        [],
        "/code/enrol",
        [["admin", "office", ["admin"]]],
        ["admin", "admin"],
        "/password",
    ]
