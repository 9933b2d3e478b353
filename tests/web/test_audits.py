"""The auditor's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from muster.services.audits import exceptions, trial_balance, waybills
from muster.services.book_checks import verify_book
from muster.services.books import root_of

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
PAGES = ("/audit", "/audit/waybills", "/audit/exceptions", "/audit/rights", "/audit/log")


def words(answer: object) -> str:
    """Return the words of a page, without its marks."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.mark.parametrize("page", [*PAGES, "/audit/checkpoint", "/audit/key"])
@pytest.mark.parametrize("name", ["clerk", "chair", "manager", "logistician", "office"])
def test_audit_given_another_role_then_403(client_of: Clients, page: str, name: str) -> None:
    assert client_of(name).get(page).status_code == 403


def test_trial_given_the_book_then_it_adds_up_and_every_resource_has_a_row(client_of: Clients, ready: Ready) -> None:
    answer = client_of("auditor").get("/audit")
    found = trial_balance(ready.site.book)
    assert "It adds up" in words(answer)
    assert f"What there is, as known when the book had {found.size:,} events: all that it has." in words(answer)
    rows = re.findall(r'<tr><th scope="row">([^<]+?) <span', answer.content.decode().partition("<details>")[0])
    assert rows == [line.resource for line in found.lines]


def test_trial_given_what_was_known_at_the_start_then_nothing_had_been_recorded(client_of: Clients) -> None:
    said = words(client_of("auditor").get("/audit?known_at=0"))
    assert "Nothing had been recorded." in said


def test_trial_given_a_day_on_which_it_was_known_then_so_many_events(client_of: Clients, ready: Ready) -> None:
    size = trial_balance(ready.site.book).size
    day = datetime.now(UTC).date() - timedelta(days=14)
    known = trial_balance(ready.site.book, known_on=day).known
    assert 0 < known < size
    said = words(client_of("auditor").get(f"/audit?as_of={day}&known_on={day}"))
    assert f"as known when the book had {known:,} events; it has {size:,} now." in said


def test_trial_given_a_day_before_the_book_then_nothing(client_of: Clients) -> None:
    assert "Nothing had been recorded." in words(client_of("auditor").get("/audit?as_of=2000-01-01"))


def test_trial_given_no_day_then_the_form_says_so(client_of: Clients) -> None:
    answer = client_of("auditor").get("/audit?as_of=31.13.2026&known_at=-1")
    assert answer.status_code == 200
    assert "Enter a valid date." in words(answer)


def test_waybills_given_the_book_then_what_differs_and_if_asked_all(client_of: Clients, ready: Ready) -> None:
    found = waybills(ready.site.book, today=datetime.now(UTC).date())
    assert found.differ
    for page, rows in (("/audit/waybills", found.differ), ("/audit/waybills?all", found.differ + found.arrived)):
        answer = client_of("auditor").get(page)
        named = re.findall(r'<tr><th scope="row">([^<]+)', answer.content.decode())
        assert named == [row.waybill for row in rows]
        assert "overdue" in words(answer)


def test_exceptions_given_the_book_then_reversals_with_reason_and_what_they_undid(
    client_of: Clients, ready: Ready
) -> None:
    said = words(client_of("auditor").get("/audit/exceptions"))
    found = next(each for each in exceptions(ready.site.book) if each.undone)
    assert f"reversal of the {found.undone.kind} by {found.undone.recorder}" in said  # type: ignore[union-attr]
    assert found.event.reason in said


def test_rights_given_the_book_then_people_with_what_their_roles_mean(client_of: Clients) -> None:
    said = words(client_of("auditor").get("/audit/rights"))
    assert "manager kabul manager does all that, registers people" in said


def test_log_given_a_checkpoint_that_was_taken_then_the_book_begins_with_it(client_of: Clients, ready: Ready) -> None:
    client = client_of("auditor")
    taken = client.get("/audit/checkpoint")
    assert taken["Content-Disposition"].startswith("attachment; ")
    key = ready.site.folder / "book.key"
    assert taken.content.decode() == root_of(ready.site.book, key=key).note
    said = words(client.post("/audit/log", {"checkpoint": SimpleUploadedFile("kept", taken.content)}))
    assert "Begins with the checkpoint that you brought." in said
    assert root_of(ready.site.book, key=key).root in said
    assert "Everything holds: every hash of the log" in said


def test_log_given_a_changed_checkpoint_then_that_is_said(client_of: Clients) -> None:
    client = client_of("auditor")
    changed = client.get("/audit/checkpoint").content.replace(b"\n1", b"\n2", 1).replace(b"\n3", b"\n4", 1)
    answer = client.post("/audit/log", {"checkpoint": SimpleUploadedFile("kept", changed + b"x")})
    assert "Begins with" not in words(answer)
    assert 'class="said error"' in answer.content.decode()


def test_log_given_a_large_file_then_it_is_not_read(client_of: Clients) -> None:
    answer = client_of("auditor").post("/audit/log", {"checkpoint": SimpleUploadedFile("kept", b"x" * 10_001)})
    assert answer.status_code == 400
    assert "too large to be a checkpoint" in words(answer)


def test_key_given_the_book_then_the_public_key_that_checks_the_checkpoint(
    client_of: Clients, ready: Ready, tmp_path: Path
) -> None:
    client = client_of("auditor")
    (tmp_path / "kept").write_bytes(client.get("/audit/checkpoint").content)
    (tmp_path / "book.pub").write_bytes(client.get("/audit/key").content)
    found = verify_book(ready.site.book, checkpoints=[tmp_path / "kept"], key=tmp_path / "book.pub")
    assert found.begins_with == (str(tmp_path / "kept"),)
