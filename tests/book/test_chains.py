from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from recording import Desk

from muster.book.chains import Link, chain_faults, chain_head, link
from muster.book.events import Event, body

FLOUR = "outside:wfp > store:kabul, 600 kg flour"


def chained(desk: Desk, length: int) -> list[Event]:
    """Return events that each carry the digest of the one before."""
    events: list[Event] = []
    for _ in range(length):
        previous = sha256(body(events[-1])).hexdigest() if events else ""
        events.append(replace(desk.event("receipt", FLOUR), previous=previous))
    return events


def links(events: list[Event]) -> list[Link]:
    """Return the links of events."""
    return [link(event, body=body(event)) for event in events]


def test_chain_faults_given_a_whole_chain_in_any_order_then_none() -> None:
    whole = links(chained(Desk(), 5))
    assert chain_faults(whole) == chain_faults(whole[::-1]) == []
    assert chain_head(whole) == chain_head(whole[::-1])
    assert chain_head(whole[:4]) != chain_head(whole)


def test_chain_faults_given_a_cloned_device_then_a_fork() -> None:
    events = chained(Desk(), 3)
    clone = replace(events[2], id="0198abcd-ef01-7000-8000-000000000000", document="copy")
    (fault,) = chain_faults(links([*events, clone]))
    assert (fault.rule, fault.severity) == ("B12", "fault")
    assert "forks" in fault.what
    assert clone.id in fault.seen
    assert events[2].id in fault.seen


def test_chain_faults_given_an_event_changed_behind_the_back_of_its_device_then_a_break() -> None:
    events = chained(Desk(), 3)
    (fault,) = chain_faults(links([events[0], replace(events[1], document="another"), events[2]]))
    assert "breaks" in fault.what
    assert events[2].id in fault.seen


def test_chain_faults_given_missing_numbers_then_a_warning_for_each_recorder() -> None:
    events = [*chained(Desk(), 6), Desk(recorder="m.noori", n=16).event("receipt", FLOUR)]
    (fault,) = chain_faults(links([events[0], events[2], events[5], events[6]]))
    assert (fault.severity, fault.seen) == ("warning", "numbers 2, 4 to 5")
