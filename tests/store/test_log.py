from __future__ import annotations

from collections.abc import Callable

import pytest
from recording import AT_MS, Desk, batch

from muster import store
from muster.book import merkle
from muster.errors import BookError
from muster.store import posting

SIZE = 21


def grown(address: str, *, part: int) -> store.Store:
    """Return a book that grew by batches of ``part`` events."""
    desk = Desk()
    events = [desk.event("receipt", f"outside:wfp > store:kabul, {number + 1} kg flour") for number in range(SIZE)]
    book = store.open(address)
    for at in range(0, SIZE, part):
        book.post(batch(*events[at : at + part]), at_ms=AT_MS)
    return book


@pytest.mark.parametrize("part", [1, 4, SIZE])
def test_log_given_any_size_it_had_then_roots_and_proofs_hold(address: str, part: int) -> None:
    with grown(address, part=part) as book:
        leaves = merkle.leaf_hashes(record.body + record.recorded.encode() for record in book.records())
        roots = [merkle.append(merkle.Tree(), leaves[:size])[0].root() for size in range(SIZE + 1)]
        assert book.log.size == SIZE
        assert book.log.root() == roots[SIZE]
        for size in range(1, SIZE + 1):
            assert book.log.root(size) == roots[size]
            assert book.log.leaf(size) == leaves[size - 1]
            proof = book.log.consistency(size)
            assert merkle.verify_consistency(old=size, size=SIZE, old_root=roots[size], root=roots[SIZE], proof=proof)
            for seq in range(1, size + 1):
                proof = book.log.inclusion(seq, size=size)
                assert merkle.verify_inclusion(leaves[seq - 1], index=seq - 1, size=size, root=roots[size], proof=proof)


def test_log_given_a_number_it_never_had_then_says_so(address: str) -> None:
    with grown(address, part=SIZE) as book:
        acts: list[Callable[[], object]] = [
            lambda: book.log.root(SIZE + 1),
            lambda: book.log.inclusion(SIZE + 1),
            lambda: book.log.inclusion(0),
            lambda: book.log.inclusion(5, size=4),
            lambda: book.log.consistency(SIZE + 1),
            lambda: book.log.leaf(0),
        ]
        for act in acts:
            with pytest.raises(BookError, match="The book has"):
                act()


def test_log_given_an_empty_book_then_the_root_of_nothing(address: str) -> None:
    with store.open(address) as book:
        assert (book.log.size, book.log.root()) == (0, merkle.EMPTY_ROOT)


def test_stream_given_lines_one_after_the_other_then_reads_no_more_than_a_part_ahead(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "PART", 5)
    desk, ahead = Desk(), []
    read = heard = 0

    def lines():  # type: ignore[no-untyped-def]
        nonlocal read
        for _ in range(23):
            read += 1
            ahead.append(read - heard)
            yield from batch(desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour"))

    def progress(number: int) -> None:
        nonlocal heard
        heard = number

    with store.open(address) as book:
        result = book.stream(lines(), at_ms=AT_MS, progress=progress)
        assert (result.counts, result.outcomes, book.size) == ({"accepted": 23}, (), 23)
    assert (max(ahead), heard) == (5, 23)


def test_stream_given_something_refused_late_then_nothing_is_posted_and_it_says_where(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from muster.book.lines import Line

    monkeypatch.setattr(posting, "PART", 2)
    desk = Desk()
    events = [desk.event("receipt", "outside:wfp > store:kabul, 10 kg flour", on=3)]
    events += [desk.event("loss", "store:kabul > loss:rain, 4 kg flour", on=on) for on in (4, 5, 6)]
    events += [desk.event("receipt", "outside:wfp > store:kabul, 1 kg flour", on=7)]
    lines = [Line(f"events.jsonl:{number}", event) for number, event in enumerate(events, start=11)]
    with store.open(address) as book:
        result = book.stream(lines, at_ms=AT_MS)
        assert result.counts == {"refused": 1, "held": 4}
        assert [(each.where, each.status) for each in result.outcomes] == [("events.jsonl:14", "refused")]
        assert (book.size, book.balances()) == (0, [])
        fine = book.stream([lines[-1], *lines[:-1], *lines[:1]], at_ms=AT_MS, offline=True)
        assert fine.counts == {"accepted": 4, "disputed": 1, "known": 1}
