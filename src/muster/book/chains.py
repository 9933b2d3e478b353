"""The hash chain of each recorder: what a device recorded before stands in what it records next.

An event may carry ``previous``, the SHA-256 of the body of the same recorder's event before it. A cloned device shows
as a fork: one running number twice, or two events that follow the same one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

from muster.book.events import Event
from muster.book.wording import several
from muster.errors import Fault

_SHOWN = 5
"""Numbers named in one message."""


class Link(NamedTuple):
    """One event as a link of its recorder's chain."""

    recorder: str
    n: int
    id: str
    digest: str
    previous: str


def link(event: Event, *, body: bytes) -> Link:
    """Return an event as a link."""
    return Link(event.recorder, event.n, event.id, sha256(body).hexdigest(), event.previous)


def chain_faults(links: Iterable[Link]) -> list[Fault]:
    """Return where chains fork, break, or lack a number (a warning: it may still come), by recorder."""
    chains: dict[str, dict[int, list[Link]]] = defaultdict(lambda: defaultdict(list))
    for each in links:
        chains[each.recorder][each.n].append(each)
    faults = []
    for recorder in sorted(chains):
        chain = chains[recorder]
        faults += _forks(recorder, chain) + _breaks(recorder, chain) + _gaps(recorder, chain)
    return faults


def chain_head(links: Iterable[Link]) -> str:
    """Return one digest (hex) for the whole chain of one recorder: each link hashed with all before it."""
    head = b""
    for each in sorted(links, key=lambda each: (each.n, each.digest)):
        head = sha256(head + bytes.fromhex(each.digest)).digest()
    return head.hex()


def _forks(recorder: str, chain: dict[int, list[Link]]) -> list[Fault]:
    do = "find out which device is the copy; reverse what it recorded wrongly"
    return [
        Fault(
            f"The chain of {recorder} forks: a running number was used {several(len(links), 'time')}.",
            f"{recorder}, number {n}",
            ", ".join(sorted(each.id for each in links)),
            do,
            "B12",
        )
        for n, links in sorted(chain.items())
        if len(links) > 1
    ]


def _breaks(recorder: str, chain: dict[int, list[Link]]) -> list[Fault]:
    faults = []
    for n, links in sorted(chain.items()):
        before = {each.digest for each in chain.get(n - 1, ())}
        for each in links:
            if each.previous and (n == 1 or (before and each.previous not in before)):
                what = f"The chain of {recorder} breaks: an event follows another one than stands before it."
                do = "compare the events before it with those on the recorder's device"
                faults.append(Fault(what, f"{recorder}, number {n}", each.id, do, "B12"))
    return faults


def _gaps(recorder: str, chain: dict[int, list[Link]]) -> list[Fault]:
    numbers = sorted(chain)
    missing = [(before + 1, after - 1) for before, after in pairwise(numbers) if after > before + 1]
    if not missing:
        return []
    shown = ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in missing[:_SHOWN])
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    do = f"let {recorder} send what is missing"
    return [Fault(f"The chain of {recorder} has gaps.", recorder, f"numbers {shown}{more}", do, "B12", "warning")]
