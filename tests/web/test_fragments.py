"""Parts of pages for htmx: the main part alone, refusals, and pages that do without."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

import pytest
from asking import clear, scarce

if TYPE_CHECKING:
    from django.test import Client

Clients = Callable[..., "Client"]
ASKED = {"HX-Request": "true", "HX-Current-URL": "http://testserver/audit?as_of=2026-11-01"}
PARTS = {
    "/plan/two-villages/map?at=1": ("logistician", "map-shown"),
    "/plan/two-villages?period=1": ("logistician", "sent"),
    "/audit?as_of=2026-11-01": ("auditor", "trial"),
    "/audit/waybills?all=1": ("auditor", "waybills"),
    "/morning?days=30": ("manager", "came-in"),
    "/place?q=hill": ("manager", "places"),
    "/admin?q=clerk": ("office", "people"),
    "/admin/changes?q=x": ("auditor", "rows"),
    "/admin/door?q=login": ("office", "rows"),
}
"""Page -> who asks for it, and the part that takes the place of what is shown."""


def inside(page: str, part: str) -> str:
    """Return what a page has from the beginning of a part on."""
    found = re.search(rf'id="{part}"[^>]*>(.*)</main>', page, re.DOTALL)
    assert found is not None, page[:2_000]
    return found[1]


@pytest.mark.parametrize("address", PARTS)
def test_page_given_htmx_then_its_main_part_alone_and_the_same(client_of: Clients, address: str) -> None:
    name, part = PARTS[address]
    client = client_of(name)
    whole = client.get(address).content.decode()
    asked = client.get(address, headers=ASKED).content.decode()
    assert "<html" in whole and "<nav aria-label=" in whole
    assert "<html" not in asked and "<footer" not in asked
    assert asked.startswith("<title>")
    assert inside(asked, part).strip() == inside(whole, part).strip()


@pytest.mark.parametrize("address", PARTS)
def test_page_given_a_form_for_a_part_then_htmx_and_the_policy_agree(client_of: Clients, address: str) -> None:
    answer = client_of(PARTS[address][0]).get(address)
    page = answer.content.decode()
    told = re.search(r'<meta name="htmx-config" content="([^"]*)">', page)
    assert told is not None
    config = json.loads(unescape(told[1]))
    assert (config["allowEval"], config["includeIndicatorStyles"], config["historyCacheSize"]) == (False, False, 0)
    assert page.count("django_htmx/htmx-2.min.js") == 1
    assert "'unsafe" not in answer["Content-Security-Policy"]
    assert "hx-on" not in page


@pytest.mark.parametrize("address", ["/clerk/", "/clerk/enter/received", "/clerk/card/flour", "/clerk/enter/put-right"])
def test_clerk_given_a_page_then_no_htmx(client_of: Clients, address: str) -> None:
    page = client_of("clerk").get(address).content.decode()
    assert "htmx" not in page and "hx-" not in page


def test_page_given_htmx_and_nobody_then_the_whole_page_goes_to_the_login_and_comes_back_to_itself(
    client_of: Clients,
) -> None:
    answer = client_of().get("/audit?as_of=2026-11-03", headers=ASKED)
    assert answer["HX-Redirect"] == "/login?next=/audit%3Fas_of%3D2026-11-01"


def test_page_given_htmx_and_another_role_then_refused_and_the_page_loaded_anew(client_of: Clients) -> None:
    answer = client_of("clerk").get("/audit", headers=ASKED)
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (403, "true", b"")


def test_search_given_a_word_then_only_what_holds_it(client_of: Clients) -> None:
    office, auditor = client_of("office"), client_of("auditor")
    found = office.get("/admin?q=CLER").content.decode()
    assert ">clerk<" in found and ">manager<" not in found
    assert (
        ">Hill<" in (places := client_of("manager").get("/place?q=hil").content.decode()) and ">Valley<" not in places
    )
    rows = auditor.get("/audit/waybills?all=1").content.decode()
    number = re.search(r'<th scope="row">([^<]+)</th>', rows)
    assert number is not None
    one = auditor.get("/audit/waybills", {"all": "1", "q": number[1]}).content.decode()
    assert 1 <= one.count('<th scope="row">') < rows.count('<th scope="row">')
    assert "There are none." in auditor.get("/audit/waybills?q=no-such-thing").content.decode()


def test_preview_given_a_keep_back_then_what_the_split_will_be_and_nothing_is_made(client_of: Clients) -> None:
    from muster.web.sharing.models import Split

    client = client_of("manager")
    scarce(client_of("clerk"), client)
    try:
        form = {"resource": "flour", "keep": "10", "keep_unit": "", "measure": ""}
        shown = client.get("/splits/preview", form).content.decode()
        assert not Split.objects.exists()
        packs = [int(each) for each in re.findall(r"<strong>(\d+)</strong>", shown)]
        client.post("/splits/new", form)
        made = Split.objects.get()
        assert packs == [each.share // made.pack_size for each in made.shares.order_by("id")]
        told = client.get("/splits/preview", {**form, "keep": "many"})
        assert told.status_code == 200 and "many" in told.content.decode()
    finally:
        clear()
