"""Policies side by side: compared as a job, shown as a table and a picture, with the price of fairness."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from html import unescape
from shutil import rmtree
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]


def words(answer: object) -> str:
    """Return the words of a page, without its marks."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


@pytest.fixture(autouse=True)
def nothing_compared(ready: Ready) -> Iterator[None]:
    """Take away what a test has compared."""
    from muster.web.jobs.models import Job

    yield
    Job.objects.all().delete()
    rmtree(ready.site.comparisons, ignore_errors=True)


def test_policies_given_a_choice_then_they_are_compared_and_shown_with_the_price(
    client_of: Clients, ready: Ready
) -> None:
    from muster.web.jobs.models import Version
    from muster.web.jobs.worker import work

    client = client_of("logistician")
    version = Version.objects.get(name="two-villages", number=1)
    choice = {"version": version.pk, "name": "side-by-side", "policies": ["leximin", "first-come"]}
    page = client.post("/policies", choice)["Location"]
    assert "side-by-side : waits" in words(client.get("/policies"))
    assert "side-by-side" not in words(client.get("/plans"))
    work(ready.site, stop=threading.Event(), once=True)
    assert "It is made" in words(client.get(page))
    answer = client.get("/policies/side-by-side")
    said = words(answer)
    assert "Sharing worst-off first costs nothing here" in said or "The price of sharing worst-off first" in said
    assert re.search(r"leximin 500 92 % .* first-come 500 <1 %", said)
    assert answer.content.count(b"<polyline") == 2
    assert "two-villages, version 1" in said
    taken = client.get("/policies/side-by-side/page")
    assert taken["Content-Disposition"] == 'attachment; filename="side-by-side-comparison.html"'
    assert b"ways to share" in b"".join(taken.streaming_content)
    again = client.post("/policies", choice)
    assert again.status_code == 400
    assert "There is one of this name already." in words(again)


@pytest.mark.parametrize("wrong", [{"policies": []}, {"policies": ["luck"]}, {"name": "../x"}])
def test_policies_given_a_wrong_choice_then_400(client_of: Clients, wrong: dict[str, object]) -> None:
    from muster.web.jobs.models import Job, Version

    version = Version.objects.get(name="two-villages", number=1)
    choice = {"version": version.pk, "name": "new", "policies": ["leximin"]} | wrong
    assert client_of("logistician").post("/policies", choice).status_code == 400
    assert not Job.objects.exists()


@pytest.mark.parametrize("page", ["/policies/none", "/policies/none/page", "/policies/.."])
def test_policies_given_a_name_that_is_none_then_404(client_of: Clients, page: str) -> None:
    assert client_of("logistician").get(page).status_code == 404
