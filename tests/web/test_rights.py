"""Every page by every role: who may see it, and that nobody else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from routes import routes

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Clients = Callable[..., "Client"]
ACCOUNTS = {
    "clerk": "clerk",
    "chair": "chair",
    "manager": "manager",
    "logistician": "logistician",
    "auditor": "auditor",
    "office": "admin",
}
OPEN = {"login", "logout", "set_language", "api:openapi", "openly:open-place", "openly:open-places"}
"""Pages for people who are not logged in."""


def test_every_page_given_every_role_then_only_those_it_is_for(client_of: Clients, ready: Ready) -> None:
    from django.urls import get_resolver

    seen, clients = 0, {account: client_of(account) for account in ("", *ACCOUNTS)}
    for name, address, view in routes(get_resolver().url_patterns):
        if address.startswith("/api/") and name not in ("api:listed", "api:openapi"):
            continue  # operations of the interface have a table of their own: test_api_rights.py
        roles = getattr(view, "roles", None)
        if roles is None:
            assert name in OPEN or address.startswith("/clerk/"), f"{address} is for everybody"
            continue
        for account, role in ACCOUNTS.items():
            for method in ("get", "post"):
                status = getattr(clients[account], method)(address).status_code
                if role not in roles:
                    assert status in (403, 405), f"{method} {address} as {account}: {status}"
                else:
                    assert status != 403, f"{method} {address} as {account}: {status}"
                assert status < 500, f"{method} {address} as {account}: {status}"
                seen += 1
        assert clients[""].get(address).status_code in (302, 405), f"{address} without a login"
    assert seen > 200
    assert all("_auth_user_id" in clients[account].session for account in ACCOUNTS), "nobody was logged out on the way"


@pytest.mark.parametrize("address", ["/place/valley", "/place/Valley", "/place/depot", "/place/nowhere"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_place_given_a_chair_of_another_then_403(client_of: Clients, address: str, method: str) -> None:
    ask = address if method == "get" else f"{address}/why"
    assert getattr(client_of("chair"), method)(ask).status_code == 403
