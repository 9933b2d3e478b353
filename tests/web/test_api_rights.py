"""Every operation of the interface by every role, of the own unit and of another."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

ID = "0198abcd-ef01-7000-8000-000000000001"
BATCH, ARRIVAL = {"events": [{"id": ID}]}, {"id": ID, "waybill": "WB-none", "goods": ["flour: 1 kg"]}
KEEPERS, WRITERS = {"clerk", "manager", "auditor"}, {"clerk", "manager"}
READERS = {"chair", "manager", "logistician", "auditor"}
TWO = "before=two-villages&after=two-villages"

TABLE: dict[str, tuple[str, set[str], Any]] = {
    "GET /api/balances": ("/api/balances", KEEPERS, None),
    "GET /api/card": ("/api/card?resource=wheat", KEEPERS, None),
    "GET /api/transit": ("/api/transit", KEEPERS, None),
    "GET /api/expiring": ("/api/expiring", KEEPERS, None),
    "GET /api/disputed": ("/api/disputed", KEEPERS, None),
    "GET /api/plans": ("/api/plans", {"logistician"}, None),
    "GET /api/plans/differences": (f"/api/plans/differences?{TWO}", {"logistician"}, None),
    "GET /api/places/{place}": ("/api/places/hill", READERS, None),
    "GET /api/trial": ("/api/trial", {"auditor"}, None),
    "GET /api/log": ("/api/log", {"auditor"}, None),
    "GET /api/log/{id}": (f"/api/log/{ID}", {"auditor"}, None),
    "POST /api/events": ("/api/events", WRITERS, BATCH),
    "POST /api/arrivals": ("/api/arrivals", WRITERS, ARRIVAL),
}
"""Operation -> an address and a body that it answers, and who may."""

FOREIGN: dict[str, dict[str, int]] = {
    "/api/balances?place=store:ghor": {"clerk": 403, "manager": 403, "auditor": 200},
    "/api/balances?place=people:kabul": {"clerk": 403, "manager": 403, "auditor": 200},
    "/api/card?resource=wheat&place=store:ghor": {"clerk": 403, "manager": 403, "auditor": 200},
    "/api/places/valley": {"chair": 403, "manager": 200, "logistician": 200, "auditor": 200},
    "/api/places/Hill": {"chair": 403, "manager": 200},
}
"""What belongs to another unit or place."""

ACCOUNTS = {
    "clerk": "clerk",
    "chair": "chair",
    "manager": "manager",
    "logistician": "logistician",
    "auditor": "auditor",
    "office": "admin",
}


def asked(client: Client, method: str, address: str, body: Any) -> Any:
    if method == "GET":
        return client.get(address)
    return client.post(address, json.dumps(body), content_type="application/json")


def test_table_then_it_has_every_operation_with_the_roles_that_the_code_says(ready: Ready) -> None:
    from muster.web.api.views import described

    found = {f"{each.method} {each.path}": set(each.roles) for each in described()}
    assert found == {label: roles for label, (_, roles, _) in TABLE.items()}


@pytest.mark.parametrize("label", TABLE)
def test_operation_given_every_role_then_only_those_it_is_for(
    program_of: Callable[[str], Client], client_of: Callable[[str], Client], label: str
) -> None:
    from muster.web.people.models import Knock

    address, roles, body = TABLE[label]
    method = label.split()[0]
    for account, role in ACCOUNTS.items():
        answer = asked(program_of(account), method, address, body)
        if role in roles:
            assert answer.status_code in (200, 404), f"{label} as {account}: {answer.content}"
            assert answer.status_code == 200 or answer.json()["rule"] == "U6"
        else:
            assert (answer.status_code, answer.json()["rule"]) == (403, "A2"), f"{label} as {account}"
    denied = set(Knock.objects.filter(what="denied").values_list("who", flat=True))
    assert denied == {account for account, role in ACCOUNTS.items() if role not in roles}
    assert asked(client_of("auditor"), method, address, body).status_code == 401


@pytest.mark.parametrize("address", FOREIGN)
def test_operation_given_another_unit_or_place_then_only_who_sees_all(
    program_of: Callable[[str], Client], address: str
) -> None:
    from muster.web.people.models import Knock

    for account, status in FOREIGN[address].items():
        assert program_of(account).get(address).status_code == status, account
        noted = Knock.objects.filter(what="denied", who=account).exists()
        assert noted == (status == 403), account


@pytest.mark.parametrize("path", ["/api/balances", "/api/expiring", "/api/transit", "/api/disputed"])
def test_lists_given_a_person_of_another_unit_then_nothing_of_this_one(
    program_of: Callable[[str], Client], path: str
) -> None:
    from muster.web.people.models import Account

    account = Account.objects.get(user__username="second")
    account.unit = "ghor"
    account.save()
    try:
        rows = program_of("second").get(path, {"limit": 500}).json()["rows"]
    finally:
        account.unit = "kabul"
        account.save()
    assert [row for row in rows if "store:kabul" in (row.get("place"), row.get("destination"))] == []
