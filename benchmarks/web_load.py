"""Many people at once: clerks who send what their phones kept, and readers of the chair's page while a plan is made.

``python -m benchmarks.web_load DATABASE CLERKS SECONDS READERS READING_SECONDS EXAMPLE`` measures once.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.measure import Figures, alone, medians
from muster.book.ids import RANDOM_BITS, uuid7
from muster.book.times import time_text

ENTRIES, AGAIN = 20, 4
"""Entries of a phone; every so many-th phone sends its batch twice, as if the first answer had been lost."""

SIZE = ("200", "60", "50", "30", "afghan-winter")
"""Clerks, within so many seconds; readers, for so many seconds; the example that is planned and read."""

DATABASES = ("SQLite", "PostgreSQL")
PAGES = {
    "login": ("/login", ""),
    "clerk's first page": ("/clerk/", "clerk"),
    "clerk: received": ("/clerk/enter/received", "clerk"),
    "clerk: gave out": ("/clerk/enter/gave-out", "clerk"),
    "clerk: counted": ("/clerk/enter/counted", "clerk"),
    "chair's page": ("/place", "chair"),
}
_PAUSE_S = (0.5, 1.5)
_LINKED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@dataclass(frozen=True)
class Timed:
    """How long one answer took, and whether it was what it should be."""

    seconds: float
    right: bool


def figures(times: int) -> list[Figures]:
    """Measure both databases ``times`` times, each time with a new site and a new server.

    Returns:
        For each database a row of clerks and one of readers: ``what``, ``database``, ``people``, ``answers``,
        ``errors``, ``lost``, ``doubled``, ``p50_ms``, ``p95_ms``, ``max_ms``. Then the weight of pages: ``what``,
        ``page_bytes`` over the wire, ``with_bytes`` with the files that it loads the first time.
    """
    turns = [[alone("benchmarks.web_load", database, *SIZE) for database in DATABASES] for _ in range(times)]
    found = [
        medians(runs)
        for at in range(len(DATABASES))
        for runs in zip(*(turn[at]["load"] for turn in turns), strict=True)
    ]
    return found + turns[0][0]["weights"]


def once(database: str, clerks: int, seconds: float, readers: int, reading_s: float, plan: str) -> Figures:
    """Measure a site once."""
    from benchmarks import web_site

    with web_site.new_site(database, plan) as site:
        senders, chairs = web_site.clerks(site, clerks), web_site.chairs(site, plan, readers)
        before, _ = web_site.found_in_book(site)
        with web_site.served(site) as port:
            sent = sync(port, senders, seconds)
            size, wheat = web_site.found_in_book(site)
            wanted = clerks * ENTRIES
            row = _row("clerks sync", database, clerks, sent)
            row |= {"lost": max(0, before + wanted - size), "doubled": max(0, size - before - wanted)}
            assert {place: wheat[place] for place in _expected(senders)} == _expected(senders)
            with web_site.planning(site, plan):
                read = reading(port, chairs, reading_s, f"/place?plan={plan}")
            who = {"clerk": senders[0].session, "chair": chairs[0].session, "": ""}
            weights = [weight(port, what, path, who[role]) for what, (path, role) in PAGES.items()]
        load = [row, _row("readers while a plan is made", database, readers, read) | {"lost": 0, "doubled": 0}]
    return {"load": load, "weights": weights}


def sync(port: int, senders: Sequence[object], seconds: float) -> list[Timed]:
    """Let every phone send its batch at some time within so many seconds; return how long each batch took."""
    from benchmarks import web_site

    random, found = Random(20261127), []
    starts = [random.uniform(0, seconds) for _ in senders]

    def send(number: int, begin: float) -> None:
        member = senders[number]
        time.sleep(max(0.0, begin + starts[number] - time.monotonic()))
        page = web_site.ask(port, "/clerk/", session=member.session)
        token = re.search(r"csrftoken=(\w+)", page.headers)
        csrf = token[1] if token else ""
        body = json.dumps({"person": member.person.name, "asked": False, "entries": entries(number)}).encode()
        for again in range(2 if number % AGAIN == 0 else 1):
            start = time.perf_counter()
            answer = web_site.ask(port, "/clerk/sync", session=member.session, body=body, csrf=csrf)
            taken = time.perf_counter() - start
            data = gzip.decompress(answer.body) if "gzip" in answer.headers else answer.body
            told = [each["status"] for each in json.loads(data)["outcomes"]] if answer.status == 200 else []
            found.append(Timed(taken, told == ["known" if again else "taken"] * ENTRIES))

    _all_at_once(send, len(senders))
    return found


def entries(number: int) -> list[dict[str, object]]:
    """Return what a clerk entered in the last two days: received and gave out in turn, more in than out."""
    random, now_ms = Random(number), time.time_ns() // 1_000_000
    forms = ("received", "gave-out")
    return [
        {
            "id": uuid7(now_ms, random=random.getrandbits(RANDOM_BITS)),
            "form": forms[position % 2],
            "occurred": time_text(now_ms - (ENTRIES - position) * 60_000),
            "fields": {"n-0": str(2 - position % 2), "unit-0": "bag of 50 kg", "what-0": "wheat", "from": "wfp"},
        }
        for position in range(ENTRIES)
    ]


def reading(port: int, members: Sequence[object], seconds: float, path: str) -> list[Timed]:
    """Let every reader open the page of the own place, look at it for a second, and open it again."""
    from benchmarks import web_site

    found = []

    def read(number: int, begin: float) -> None:
        random, member = Random(number), members[number]
        time.sleep(random.uniform(0, _PAUSE_S[1]))
        while time.monotonic() < begin + seconds:
            start = time.perf_counter()
            answer = web_site.ask(port, path, session=member.session)
            found.append(Timed(time.perf_counter() - start, answer.status == 200))
            time.sleep(random.uniform(*_PAUSE_S))

    _all_at_once(read, len(members))
    return found


def weight(port: int, what: str, path: str, session: str) -> Figures:
    """Return what a page weighs over the wire, alone and with the files that it loads."""
    from benchmarks import web_site

    page = web_site.ask(port, path, session=session)
    assert page.status == 200, path
    text = (gzip.decompress(page.body) if "gzip" in page.headers else page.body).decode()
    files = [web_site.ask(port, each).wire for each in sorted(set(_LINKED.findall(text)))]
    return {"what": what, "page_bytes": page.wire, "files": len(files), "with_bytes": page.wire + sum(files)}


def _expected(senders: Sequence[object]) -> dict[str, int]:
    """Return how much wheat each depot must have, in grams: half of what each clerk received."""
    stores = [f"store:{member.person.unit}" for member in senders]
    return {store: stores.count(store) * ENTRIES // 2 * 50_000 for store in stores}


def _row(what: str, database: str, people: int, timed: Sequence[Timed]) -> Figures:
    ms = sorted(each.seconds * 1_000 for each in timed)
    row: Figures = {"what": what, "database": database, "people": people, "answers": float(len(ms))}
    row |= {"errors": sum(not each.right for each in timed), "p50_ms": ms[len(ms) // 2]}
    return row | {"p95_ms": ms[min(len(ms) - 1, int(len(ms) * 0.95))], "max_ms": ms[-1]}


def _all_at_once(work: Callable[[int, float], None], number: int) -> None:
    begin, wrong = time.monotonic(), []

    def one(n: int) -> None:
        try:
            work(n, begin)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[:3]


if __name__ == "__main__":
    words = sys.argv[1:]
    print(json.dumps(once(words[0], int(words[1]), float(words[2]), int(words[3]), float(words[4]), words[5])))
