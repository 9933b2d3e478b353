from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from muster.store.wheres import Wheres

PLACES = st.sampled_from(["", "events.jsonl", "a:b:7", "a:b", "7"]) | st.builds("f:{}".format, st.integers(0, 4))


@given(st.lists(st.tuples(PLACES, st.integers(0, 3)), max_size=12))
def test_law_of_then_what_was_added(added: list[tuple[str, int]]) -> None:
    wheres = Wheres()
    for where, line in added:
        wheres.add(where, line)
    assert [wheres.of(event) for event in range(1, len(added) + 1)] == [(line, where) for where, line in added]


@given(st.lists(PLACES, min_size=1, max_size=6) | st.integers(1, 9).map(lambda n: [f"f:{n + k}" for k in range(n)]))
def test_law_add_all_then_as_one_by_one(places: list[str]) -> None:
    wheres, others = Wheres(), Wheres()
    for each in (wheres, others):
        each.add("f:3", 2)
    wheres.add_all(places, 3)
    for line, where in enumerate(places, start=3):
        others.add(where, line)
    events = range(1, len(places) + 2)
    assert [wheres.of(event) for event in events] == [others.of(event) for event in events]


def test_add_given_line_after_line_then_a_single_run() -> None:
    wheres = Wheres()
    for line in range(10_000):
        wheres.add(f"events.jsonl:{line + 1}", line)
    assert (len(wheres._runs), wheres.of(9_000)) == (1, (8_999, "events.jsonl:9000"))
