"""The chair's page: what a place has, why, what others have, what would change it, and objections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from shutil import rmtree
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.pages.models import Objection
    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
PLAN = "two-villages"


def words(answer: object) -> str:
    """Return the words of a page, without its marks."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.fixture(autouse=True)
def nobody_has_asked(ready: Ready) -> Iterator[None]:
    """Take away answers and objections of other tests."""
    from muster.web.pages.models import Objection

    rmtree(ready.site.plans / PLAN / "answers", ignore_errors=True)
    Objection.objects.all().delete()
    yield


def filed(client_of: Clients) -> Objection:
    """Return an objection that the chair has just filed."""
    from muster.web.pages.models import Objection

    client_of("chair").post("/place/hill/objection", {"plan": PLAN, "text": "We are 600, not 500."})
    return Objection.objects.get()


def test_place_given_a_chair_then_need_what_came_floor_norm_and_others(client_of: Clients) -> None:
    said = words(client_of("chair").get("/place"))
    assert "At worst people here get 92 % of what is needed to live" in said
    assert "People counted: 500." in said
    assert re.search(r"Heat \( kWh \) 2 4 1.83 92 % 46 % to live: 100 % at least 100 %", said)
    assert "Valley 100 %" in said
    assert "Nobody has less." in said
    assert "Depot → Hill (truck) carries no more than 45 t (November 2026)." in said


def test_place_given_russian_then_its_words_and_numbers_are_russian(client_of: Clients) -> None:
    client = client_of("chair")
    client.post("/language", {"language": "ru"})
    said = words(client.get("/place"))
    assert "Учтено людей: 500." in said
    assert "1,83" in said
    assert "Меньше нет ни у кого." in said
    assert "What" not in said
    assert "Depot → Hill (truck): перевозит не больше 45 т (ноябрь 2026)." in said
    assert "carries" not in said


def test_place_given_arabic_then_right_to_left_with_the_sentences_of_the_plan_in_arabic(client_of: Clients) -> None:
    client = client_of("chair")
    client.post("/language", {"language": "ar"})
    page = client.get("/place").content.decode()
    assert '<html lang="ar" dir="rtl">' in page
    assert "لا ينقل أكثر من" in page
    assert "carries" not in page
    assert "الاعتراضات" in page


@pytest.mark.parametrize(
    ("name", "status"), [("chair", 403), ("clerk", 403), ("office", 403), ("manager", 200), ("auditor", 200)]
)
def test_place_given_another_place_then_only_for_those_who_see_all(client_of: Clients, name: str, status: int) -> None:
    assert client_of(name).get("/place/valley").status_code == status


def test_place_given_somebody_without_a_place_then_the_list_of_places(client_of: Clients) -> None:
    page = client_of("logistician").get("/place").content.decode()
    assert re.findall(r'href="/place/(\w+)"', page) == ["hill", "valley"]


def test_place_given_an_unknown_place_or_plan_then_404_with_what_to_do(client_of: Clients) -> None:
    answer = client_of("auditor").get("/place/Hil")
    assert answer.status_code == 404
    assert 'did you mean "Hill"?' in words(answer)
    assert client_of("chair").get("/place?plan=../two-villages").status_code == 404


@pytest.mark.parametrize(("language", "said"), [("ru", "Выберите другой план."), ("ar", "اختر خطة أخرى.")])
def test_place_given_no_such_plan_then_it_is_said_in_the_language_of_the_reader(
    client_of: Clients, language: str, said: str
) -> None:
    client = client_of("chair")
    client.post("/language", {"language": language, "next": "/place"})
    answer = client.get("/place?plan=none")
    assert said in words(answer)
    assert 'lang="en"' not in re.sub(r"<footer.*", "", answer.content.decode(), flags=re.DOTALL)


def test_place_given_a_place_that_no_plan_has_then_the_chair_reads_what_it_has_to_be_called(client_of: Clients) -> None:
    from muster.web.people.models import Account

    chair = Account.objects.filter(user__username="chair")
    chair.update(place="far")
    said = words(client_of("chair").get("/place"))
    chair.update(place="hill")
    assert "Your place is in no plan" in said
    assert "No plan speaks of far." in said


def test_ask_given_a_chair_then_what_would_change_it_stands_there_for_everybody(client_of: Clients) -> None:
    assert "Work it out" in words(client_of("auditor").get("/place/hill"))
    answer = client_of("chair").post("/place/hill/why", {"plan": PLAN})
    assert answer["Location"] == "/place/hill?plan=two-villages"
    said = words(client_of("auditor").get("/place/hill"))
    assert "91.7 % → 97.8 % 0.1 t a day more on Depot → Hill (truck)" in said
    assert "no change 10 t more Flour in Depot at the start (now 42)" in said
    assert "Work it out" not in said


def test_ask_given_a_place_that_is_not_the_chairs_then_403(client_of: Clients) -> None:
    assert client_of("chair").post("/place/valley/why", {"plan": PLAN}).status_code == 403


def test_ask_given_another_is_being_worked_out_then_told_to_wait(client_of: Clients) -> None:
    from muster.web.pages import places

    with places._working:
        answer = client_of("chair").post("/place/hill/why", {"plan": PLAN}, follow=True)
    assert "Another place is being worked out." in words(answer)


def test_ask_given_it_takes_too_long_then_given_up_and_told(
    client_of: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    from muster.web.pages import answering, places

    monkeypatch.setattr(places, "worked_out", lambda plan, place: answering.worked_out(plan, place, seconds=0.01))
    answer = client_of("chair").post("/place/hill/why", {"plan": PLAN}, follow=True)
    assert "It could not be worked out within a minute." in words(answer)
    assert "Work it out" in words(answer)


def test_objection_given_a_chair_then_it_has_a_number_and_a_deadline(client_of: Clients) -> None:
    objection = filed(client_of)
    assert (objection.filed_by, objection.unit, objection.plan) == ("chair", "kabul", PLAN)
    assert objection.deadline == objection.filed.date() + timedelta(days=14)
    said = words(client_of("chair").get("/place"))
    assert f"{objection.number} , " in said
    assert "We are 600, not 500." in said
    assert "An answer is due by" in said


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_objection_given_no_words_or_too_many_then_none_is_filed(client_of: Clients, text: str) -> None:
    from muster.web.pages.models import Objection

    answer = client_of("chair").post("/place/hill/objection", {"plan": PLAN, "text": text}, follow=True)
    assert "in at most 4000 signs" in words(answer)
    assert not Objection.objects.exists()


@pytest.mark.parametrize("name", ["manager", "auditor", "clerk"])
def test_objection_given_somebody_else_then_403(client_of: Clients, name: str) -> None:
    assert client_of(name).post("/place/hill/objection", {"plan": PLAN, "text": "no"}).status_code == 403


def test_objection_given_another_place_then_403(client_of: Clients) -> None:
    assert client_of("chair").post("/place/valley/objection", {"plan": PLAN, "text": "no"}).status_code == 403


def test_answer_given_a_manager_then_it_is_recorded_once_with_the_name(client_of: Clients) -> None:
    objection = filed(client_of)
    client_of("manager").post(f"/objections/{objection.pk}/answer", {"text": "Counted anew: 600."})
    again = client_of("logistician").post(f"/objections/{objection.pk}/answer", {"text": "No."}, follow=True)
    assert "had been answered before" in words(again)
    objection.refresh_from_db()
    assert (objection.answer, objection.officer) == ("Counted anew: 600.", "manager")
    assert "Counted anew: 600." in words(client_of("chair").get("/place"))


def test_answer_given_a_manager_of_another_unit_then_404(client_of: Clients) -> None:
    objection = filed(client_of)
    objection.unit = "ghor"
    objection.save()
    assert client_of("manager").post(f"/objections/{objection.pk}/answer", {"text": "No."}).status_code == 404
    assert "We are 600" not in words(client_of("manager").get("/objections"))
    assert "We are 600" in words(client_of("auditor").get("/objections"))


def test_answer_given_no_words_then_none_is_recorded(client_of: Clients) -> None:
    objection = filed(client_of)
    client_of("manager").post(f"/objections/{objection.pk}/answer", {"text": " "})
    objection.refresh_from_db()
    assert objection.answered is None


@pytest.mark.parametrize("name", ["chair", "auditor", "clerk"])
def test_answer_given_who_is_no_officer_then_403(client_of: Clients, name: str) -> None:
    objection = filed(client_of)
    assert client_of(name).post(f"/objections/{objection.pk}/answer", {"text": "No."}).status_code == 403


def test_objections_given_one_is_late_then_that_is_said(client_of: Clients) -> None:
    objection = filed(client_of)
    objection.deadline -= timedelta(days=15)
    objection.save()
    assert "Overdue: an answer was due on" in words(client_of("manager").get("/objections"))
    assert "Not answered; the answer was due on" in words(client_of("chair").get("/place"))


def test_objection_given_marks_in_its_text_then_they_are_words(client_of: Clients) -> None:
    client_of("chair").post("/place/hill/objection", {"plan": PLAN, "text": "<script>alert(1)</script>"})
    for name, page in (("chair", "/place"), ("manager", "/objections")):
        assert b"<script>alert" not in client_of(name).get(page).content
