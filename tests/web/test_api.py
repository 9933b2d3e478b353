"""The interface for programs: what it reads, what it records, and how it says no."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from secrets import randbits
from typing import TYPE_CHECKING, Any

import pytest

from muster.book.ids import uuid7
from muster.book.merkle import leaf_hash, verify_inclusion

if TYPE_CHECKING:
    from django.test import Client

    from muster.web.serve import Ready

Programs = Callable[[str], "Client"]
FIVE = {"what", "where", "seen", "do", "rule"}


def new_id() -> str:
    return uuid7(time.time_ns() // 1_000_000, random=randbits(74))


def receipt(kilograms: int, **more: Any) -> dict[str, Any]:
    goods = {"from": "outside:wfp", "to": "store:kabul", "resource": "wheat", "quantity": str(kilograms), "unit": "kg"}
    return {"id": new_id(), "kind": "receipt", "moves": [goods], **more}


def handed_out(kilograms: int, **more: Any) -> dict[str, Any]:
    goods = {"from": "store:kabul", "to": "people:kabul", "resource": "wheat", "quantity": str(kilograms), "unit": "kg"}
    return {"id": new_id(), "kind": "distribution", "moves": [goods], **more}


def send(program: Client, path: str, body: Any) -> Any:
    return program.post(path, json.dumps(body), content_type="application/json")


def posted(program: Client, *events: dict[str, Any], offline: bool = False) -> list[dict[str, Any]]:
    answer = send(program, "/api/events", {"events": events, "offline": offline})
    assert answer.status_code == 200, answer.content
    outcomes: list[dict[str, Any]] = answer.json()["outcomes"]
    return outcomes


def wheat(ready: Ready) -> int:
    from muster.services.book_views import balances

    return sum(row.quantity for row in balances(ready.site.book, place="store:kabul", resource="wheat"))


def test_balances_given_pages_then_the_same_rows_as_the_book(program_of: Programs, ready: Ready) -> None:
    from muster.services.book_views import balances

    auditor = program_of("auditor")
    rows: list[dict[str, Any]] = []
    offset: int | None = 0
    while offset is not None:
        answer = auditor.get("/api/balances", {"limit": 7, "offset": offset}).json()
        assert len(answer["rows"]) <= 7
        rows += answer["rows"]
        offset = answer["next"]
    assert rows == [row._asdict() for row in balances(ready.site.book)]
    assert answer["count"] == len(rows)


def test_balances_given_a_clerk_then_only_stores_of_the_own_unit(program_of: Programs) -> None:
    rows = program_of("clerk").get("/api/balances", {"limit": 500}).json()["rows"]
    assert {row["place"] for row in rows} == {"store:kabul"}


def test_balances_given_what_was_known_at_the_start_then_none(program_of: Programs) -> None:
    assert program_of("auditor").get("/api/balances", {"known_at": 0}).json()["rows"] == []


def test_card_given_a_resource_then_its_last_balance_is_what_is_there(program_of: Programs, ready: Ready) -> None:
    answer = program_of("clerk").get("/api/card", {"resource": "wheat", "limit": 500}).json()
    assert (answer["place"], answer["unit"], answer["balance"]) == ("store:kabul", "g", wheat(ready))
    assert answer["rows"][-1]["balance"] == answer["balance"]


@pytest.mark.parametrize("path", ["/api/transit?closed=true", "/api/expiring?days=3650", "/api/disputed"])
def test_lists_given_the_auditor_then_rows_as_the_services_have_them(
    program_of: Programs, ready: Ready, path: str
) -> None:
    from muster.services import book_views
    from muster.web.api.reading import _today

    expected = {
        "/api/transit": lambda: book_views.on_the_way(ready.site.book, today=_today(), closed=True),
        "/api/expiring": lambda: book_views.expiring_soon(ready.site.book, today=_today(), days=3650),
        "/api/disputed": lambda: book_views.disputes(ready.site.book),
    }[path.partition("?")[0]]()
    answer = program_of("auditor").get(path, headers={"accept": "application/json"}).json()
    assert answer["count"] == len(expected)
    if path.startswith("/api/transit"):
        first, row = expected[0], answer["rows"][0]
        assert row["still"] == first.still == row["dispatched"] - row["arrived"] - row["lost"] - row["claimed"]


def test_place_given_a_chair_then_what_came_and_what_binds(program_of: Programs) -> None:
    answer = program_of("chair").get("/api/places/hill").json()
    assert (answer["plan"], answer["name"], answer["people"]) == ("two-villages", "Hill", 500)
    assert answer["needs"][0]["need"] == "Heat"
    assert answer["needs"][0]["level"] == pytest.approx(0.917, abs=2e-3)
    assert "Depot → Hill (truck)" in answer["limits"][0]["sentence"]
    assert [each["period"] for each in answer["worst"]]


def test_plans_given_the_logistician_then_heads_and_differences(program_of: Programs) -> None:
    program = program_of("logistician")
    assert [each["name"] for each in program.get("/api/plans").json()["rows"]] == ["two-villages"]
    two = {"before": "two-villages", "after": "two-villages"}
    answer = program.get("/api/plans/differences", two).json()
    assert (answer["gain"], answer["lose"], answer["same_economy"]) == ([], [], True)


def test_trial_given_the_auditor_then_every_row_comes_to_nothing(program_of: Programs) -> None:
    answer = program_of("auditor").get("/api/trial").json()
    assert answer["adds_up"]
    assert [sum(row["held"].values()) for row in answer["rows"]] == [0] * answer["count"]
    assert any(row["held"]["store"] for row in answer["rows"])


def test_inclusion_given_an_event_then_its_proof_leads_to_the_root_of_the_log(program_of: Programs) -> None:
    event = receipt(1)
    posted(program_of("clerk"), event)
    auditor = program_of("auditor")
    log, found = auditor.get("/api/log").json(), auditor.get(f"/api/log/{event['id']}").json()
    assert (found["size"], found["root"]) == (log["size"], log["root"])
    assert log["note"].splitlines()[1] == str(log["size"])
    leaf = leaf_hash(found["entry"].encode())
    proof = [bytes.fromhex(each) for each in found["proof"]]
    root = bytes.fromhex(found["root"])
    assert verify_inclusion(leaf, index=found["seq"] - 1, size=found["size"], root=root, proof=proof)
    assert event["id"] in found["entry"]
    before = auditor.get(f"/api/log/{event['id']}", {"size": found["seq"] - 1})
    assert (before.status_code, before.json()["rule"]) == (400, "S7")


def test_events_given_a_batch_twice_then_each_is_there_once(program_of: Programs, ready: Ready) -> None:
    clerk, before = program_of("clerk"), wheat(ready)
    batch = [receipt(kilograms) for kilograms in range(1, 6)]
    assert [each["status"] for each in posted(clerk, *batch)] == ["taken"] * 5
    assert [each["status"] for each in posted(clerk, *batch)] == ["known"] * 5
    assert wheat(ready) == before + 15_000


def test_events_given_a_wrong_one_among_right_ones_then_only_that_is_refused(
    program_of: Programs, ready: Ready
) -> None:
    before = wheat(ready)
    wrong = receipt(1) | {"kind": "gift"}
    outcomes = posted(program_of("clerk"), receipt(2), wrong, {"kind": "receipt"}, receipt(3))
    assert [each["status"] for each in outcomes] == ["taken", "refused", "refused", "taken"]
    assert [each["faults"][0]["rule"] for each in outcomes[1:3]] == ["B3", "B2"]
    assert set(outcomes[1]["faults"][0]) >= FIVE
    assert wheat(ready) == before + 5_000


def test_events_given_the_same_id_with_other_goods_then_refused(program_of: Programs) -> None:
    clerk, event = program_of("clerk"), receipt(1)
    posted(clerk, event)
    moved = [event["moves"][0] | {"quantity": "2"}]
    assert [each["rule"] for each in posted(clerk, event | {"moves": moved})[0]["faults"]] == ["B11"]


def test_events_given_more_than_is_there_then_refused_and_offline_disputed(program_of: Programs, ready: Ready) -> None:
    clerk, event, before = program_of("clerk"), handed_out(10**9), wheat(ready)
    (refused,) = posted(clerk, event)
    assert (refused["status"], refused["faults"][0]["rule"]) == ("refused", "B17")
    assert posted(clerk, event, offline=True)[0]["status"] == "disputed"
    rows = program_of("auditor").get("/api/disputed").json()["rows"]
    assert ("store:kabul", "wheat") in {(row["place"], row["resource"]) for row in rows}
    undo = {"id": new_id(), "kind": "reversal", "reverses": event["id"], "reason": "a slip"}
    assert posted(clerk, undo)[0]["status"] == "taken"
    assert wheat(ready) == before


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"recorder": "second"}, "A2"),
        ({"unit": "ghor"}, "A2"),
        ({"approved_by": "manager"}, "A7"),
        ({"closed_by": "second"}, "A7"),
    ],
)
def test_events_given_the_word_of_another_then_refused(
    program_of: Programs, ready: Ready, more: dict[str, str], rule: str
) -> None:
    before = wheat(ready)
    (outcome,) = posted(program_of("clerk"), receipt(1, **more))
    assert (outcome["status"], outcome["faults"][0]["rule"]) == ("refused", rule)
    assert wheat(ready) == before


def test_arrivals_given_a_waybill_twice_then_received_once_and_the_rest_claimed(
    program_of: Programs, ready: Ready
) -> None:
    clerk = program_of("clerk")
    rows = [row for row in clerk.get("/api/transit", {"limit": 500}).json()["rows"] if row["destination"]]
    waybill = rows[0]["waybill"]
    mine = [row for row in rows if row["waybill"] == waybill]
    goods = [
        f"{row['resource']}{', lot ' + row['lot'] if row['lot'] else ''}: {row['still'] - 1} {row['unit']}"
        for row in mine
    ]
    sent = {"id": new_id(), "waybill": waybill, "goods": goods, "claim": "outside:transco"}
    assert send(clerk, "/api/arrivals", sent).json()["status"] == "taken"
    assert send(clerk, "/api/arrivals", sent).json()["status"] == "known"
    after = clerk.get("/api/transit", {"limit": 500, "closed": "true"}).json()["rows"]
    assert {(row["still"], row["claimed"]) for row in after if row["waybill"] == waybill} == {(0, 1)}


def test_arrivals_given_no_such_waybill_then_refused_with_the_rule(program_of: Programs) -> None:
    sent = {"id": new_id(), "waybill": "WB-none", "goods": ["flour: 1 kg"]}
    answer = send(program_of("clerk"), "/api/arrivals", sent).json()
    assert (answer["status"], answer["faults"][0]["rule"]) == ("refused", "U3")


BAD = {
    "no such address": ("get", "/api/nothing", "", 404, "A4"),
    "no such plan": ("get", "/api/places/hill?plan=../x", "", 404, "P2"),
    "no such place": ("get", "/api/places/nowhere", "", 404, "P4"),
    "no such resource": ("get", "/api/card?resource=gold", "", 404, "U7"),
    "no such event": ("get", "/api/log/0198abcd-ef01-7000-8000-000000000001", "", 404, "U6"),
    "no id": ("get", "/api/log/x", "", 422, "A3"),
    "no place": ("get", "/api/balances?place=nowhere", "", 400, "B7"),
    "no day": ("get", "/api/balances?as_of=31.12.2026", "", 422, "A3"),
    "too many rows": ("get", "/api/balances?limit=501", "", 422, "A3"),
    "a sign that is none": ("get", "/api/card?resource=%00", "", 400, "A3"),
    "a sign that is none, in an address": ("get", "/api/places/%00", "", 400, "A3"),
    "wrong way": ("delete", "/api/balances", "", 405, "A3"),
    "no json": ("post", "/api/events", "{", 400, "A3"),
    "half a surrogate pair": ("post", "/api/events", '{"events": [{"id": "\\ud800"}]}', 400, "A3"),
    "no object": ("post", "/api/events", "[]", 422, "A3"),
    "no events": ("post", "/api/events", '{"events": []}', 422, "A3"),
    "a field too many": ("post", "/api/events", '{"events": [{}], "of": 1}', 422, "A3"),
}


@pytest.mark.parametrize("case", BAD)
def test_requests_given_what_cannot_be_done_then_a_problem_with_five_fields(program_of: Programs, case: str) -> None:
    method, path, body, status, rule = BAD[case]
    program = program_of("manager" if method == "post" else "auditor")
    more = {"data": body, "content_type": "application/json"} if body else {}
    answer = getattr(program, method)(path, **more)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "faults", *FIVE}
    assert (problem["status"], problem["rule"]) == (status, rule)
    assert problem["do"] and problem["what"] == problem["detail"]
    assert "Traceback" not in answer.content.decode()


def test_requests_given_a_fault_of_ours_then_500_without_a_word_of_it(
    program_of: Programs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from muster.web.api import proving

    def broken(*words: object, **named: object) -> None:
        raise RuntimeError("the inside of it")

    monkeypatch.setattr(proving, "trial_balance", broken)
    answer = program_of("auditor").get("/api/trial")
    assert (answer.status_code, answer.json()["rule"]) == (500, "A8")
    assert "inside" not in answer.content.decode()
    assert "the inside of it" in caplog.text


def test_page_given_anybody_then_every_operation_with_whom_it_is_for(client_of: Programs) -> None:
    answer = client_of("chair").get("/api/")
    text = answer.content.decode()
    described = client_of("chair").get("/api/openapi.json").json()
    assert "'none'" in answer["Content-Security-Policy"]
    assert len(described["paths"]) == 13
    for path in described["paths"]:
        assert f"<code>{'POST' if 'post' in described['paths'][path] else 'GET'} {path}</code>" in text
    assert "chair, manager, logistician, auditor" in text


def test_docs_then_every_address_is_there_and_every_rule_is_told(client_of: Callable[[], Client]) -> None:
    from muster.web.api.rules import RULES

    text = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
    described = client_of().get("/api/openapi.json").json()["paths"]
    named = set(re.findall(r"/api/[a-z/{}]*[a-z}]", text)) - {"/api/openapi"}
    assert named and named <= set(described)
    for number, sentence in RULES.items():
        assert re.search(rf"\| {number} \| [^|]+ \| {re.escape(sentence)} \|", text), number


def test_openapi_given_nobody_then_problems_are_described_as_such(client_of: Callable[[], Client]) -> None:
    described = client_of().get("/api/openapi.json").json()
    refused = described["paths"]["/api/balances"]["get"]["responses"]["403"]
    assert list(refused["content"]) == ["application/problem+json"]
    assert described["components"]["securitySchemes"]["Token"]["scheme"] == "bearer"
