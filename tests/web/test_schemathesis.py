"""The interface under requests that are made from its own description: no 5xx, and every answer fits the description."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from muster.web.serve import Ready

schemathesis = pytest.importorskip("schemathesis", reason="needs the test extra (schemathesis)")
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402  # behind what may be lacking
from hypothesis import strategies as st  # noqa: E402
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

EXAMPLES = 25
"""Requests to each operation by each person."""

PEOPLE = {"auditor": 9, "clerk": 7, "logistician": 2, "chair": 1}
"""Who asks, and how many operations answer them with something else than 403."""


def statuses(operation: Any, token: str) -> set[int]:
    """Return how an operation answers requests as it describes them, and others; every answer is checked."""
    described = operation.as_strategy()
    other = operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)
    seen = set()

    @settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(described, other))
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask()
    return seen


@pytest.mark.parametrize("name", PEOPLE)
def test_operations_given_what_they_describe_and_more_then_answers_are_as_described(
    ready: Ready, token_of: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from muster.web.api import limits
    from muster.web.wsgi import application

    for limit in ("OF_A_TOKEN", "FROM_AN_ADDRESS", "BAD_FROM_AN_ADDRESS"):
        monkeypatch.setattr(limits, limit, 1_000_000)
    schema, token = schemathesis.openapi.from_wsgi("/api/openapi.json", application), token_of(name)
    found = {operation.ok().label: statuses(operation.ok(), token) for operation in schema.get_all_operations()}
    assert len(found) == 12
    answered = [label for label, seen in found.items() if 200 in seen]
    assert len(answered) == PEOPLE[name], found
