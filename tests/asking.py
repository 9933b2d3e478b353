"""Requests to be split, for the tests of splits and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready
    from muster.web.sharing.models import Split


def clear() -> None:
    """Take away requests and splits."""
    from muster.web.sharing.models import Change, GoodsRequest, Share, Split

    for each in (Change, Share, Split, GoodsRequest):
        each.objects.all().delete()


def ask(client: Client, who: str, packs: int, *, resource: str = "flour", store: str = "ghor") -> None:
    """Take a request down."""
    given = {"who": who, "store": store, "resource": resource, "n": str(packs), "unit": "bag"}
    done = client.post("/requests/new", given | {"people": str(10 * packs), "until": "2099-12-24"})
    assert done.status_code == 302, done.content.decode()


def receive(client: Client, packs: int, *, resource: str = "flour", lot: str, expires: str = "2099-12-31") -> None:
    """Let a clerk receive a lot."""
    page = client.get("/clerk/enter/received").content.decode()
    id = page.split('name="id" value="')[-1].partition('"')[0]
    goods = {"n-0": str(packs), "unit-0": "bag of 50 kg", "what-0": resource, "lot-0": lot, "expires-0": expires}
    sent = {"form": "received", "id": id, "from": "wfp", **goods}
    assert client.post("/clerk/enter/received", sent).status_code == 302


def scarce(clerk: Client, manager: Client, *, lot: str = "B1", others: tuple[tuple[str, str], ...] = ()) -> None:
    """Let people ask for more flour than there is, and nobody else for anything: 90 bags came, each wants 3,000."""
    clear()
    receive(clerk, 90, lot=lot)
    for who, store in (("Mercy Kitchen", "ghor"), ("Camp East", "badghis"), *others):
        ask(manager, who, 3_000, store=store)


def split_of(client: Client, resource: str = "flour", **said: str) -> Split:
    """Press the button; return the split."""
    from muster.web.sharing.models import Split

    answer = client.post("/splits/new", {"resource": resource, "measure": "bag of 50 kg", **said})
    assert answer.status_code == 302, answer.content.decode()
    return Split.objects.get(pk=int(answer["Location"].rpartition("/")[2]))


def held(ready: Ready, store: str, resource: str = "flour") -> int:
    """Return what lies in a store."""
    from muster.services.book_views import balances

    return sum(row.quantity for row in balances(ready.site.book, place=store, resource=resource))
