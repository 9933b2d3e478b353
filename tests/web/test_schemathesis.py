"""The interface under requests that are made from its own description: no 5xx, and every answer fits it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from muster.web.serve import Ready

schemathesis = pytest.importorskip("schemathesis", reason="needs the test extra (schemathesis)")
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402  # behind what may be lacking
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

EXAMPLES = 8
"""Requests of each kind to each operation."""

KNOWN = {
    "GET /api/card": {"query": {"resource": "wheat", "place": "store:kabul", "limit": 5}},
    "GET /api/places/{place}": {"path_parameters": {"place": "hill"}},
    "GET /api/plans/differences": {"query": {"before": "two-villages", "after": "two-villages"}},
}
"""What is there to be asked for, where chance would not find it."""


@pytest.fixture
def everybody(ready: Ready) -> str:
    """Make somebody with every role, whom the book knows as a clerk too; return the name."""
    from muster.book.ids import uuid7
    from muster.services.book_records import Desk
    from muster.services.book_registers import ToRegister, register
    from muster.web.people.accounts import NewAccount, keep
    from muster.web.people.person import ROLES, Person

    name, now_ms = "everybody", time.time_ns() // 1_000_000
    keep(NewAccount(Person(name, "kabul", frozenset(ROLES), "hill"), secrets.token_hex(8)))
    desk = Desk("manager", "kabul", now_ms, lambda: uuid7(now_ms, random=secrets.randbits(74)))
    register(ready.site.book, ToRegister(people=[f"{name}=clerk"]), desk)
    return name


def statuses(operation: Any, token: str, known: Mapping[str, Any] | None) -> set[int]:
    """Return how an operation answers requests as it describes them, and others; every answer is checked."""
    other = schemathesis.GenerationMode.NEGATIVE
    seen: set[int] = set()

    def ask(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    asking = settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    strategies = [operation.as_strategy(), operation.as_strategy(other)]
    for cases in strategies + ([operation.as_strategy(**known)] if known else []):
        asking(given(cases)(ask))()
    return seen


def test_operations_given_what_they_describe_and_more_then_answers_are_as_described(
    ready: Ready, everybody: str, token_of: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from muster.services.depots import latest
    from muster.web.api import limits
    from muster.web.wsgi import application

    for limit in ("OF_A_TOKEN", "FROM_AN_ADDRESS", "BAD_FROM_AN_ADDRESS"):
        monkeypatch.setattr(limits, limit, 1_000_000)
    (item,) = latest(ready.site.book, "kabul", most=1)
    known = KNOWN | {"GET /api/log/{id}": {"path_parameters": {"id": item.event.id}}}
    schema, token = schemathesis.openapi.from_wsgi("/api/openapi.json", application), token_of(everybody)
    operations = [found.ok() for found in schema.get_all_operations()]
    found = {each.label: statuses(each, token, known.get(each.label)) for each in operations}
    assert len(found) == 13
    assert [label for label, seen in found.items() if 200 not in seen] == [], found
    assert {status for seen in found.values() for status in seen} <= {200, 400, 401, 403, 404, 409, 422}
