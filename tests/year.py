"""A year of a book in a database, and everything that must hold of it; small in the tests, full by one command.

python3 tests/year.py                       # 40 depots, 52 weeks, on SQLite and on PostgreSQL
python3 tests/year.py --depots 10 --weeks 26 --seed 7
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from muster import store
from muster.book import merkle
from muster.book.book import Book
from muster.book.chains import chain_faults, link
from muster.book.events import from_body
from muster.book.lines import Line
from muster.book.rehearsal import Batch, Rehearsal, Setting, numbered
from muster.book.times import DAY_MS, day_date, end_of_day
from muster.plan.options import PlanOptions
from muster.services.book_economy import FromBook, economy_from_book
from muster.services.plans import plan_economy, verify_plan

Held = tuple[str, str, str]
Shown = dict[Held, int]

START = date(2025, 12, 1)
LATE_DAYS = 28
"""From so many days on a sync is a month late."""


@dataclass
class Moment:
    """A day on which somebody looked: what the log was, and what the plan was made from.

    Attributes:
        day: At its end.
        size, root: Of the log.
        balances: By the notebook.
        tables: ``stocks.csv`` and ``arrivals.csv``.
    """

    day: date
    size: int
    root: bytes
    balances: Shown
    tables: tuple[bytes, bytes]


@dataclass
class Played:
    """A year that was played into a book.

    Attributes:
        rehearsal: At its end.
        address: Of the book.
        last: The last day on which something happened.
        moments: Days on which somebody looked.
        became: Lines by what became of them.
        moves: Moves and counted lines.
        batches, late: Batches, and those that were a month late.
        post_seconds: Spent in posting.
    """

    rehearsal: Rehearsal
    address: str
    setting: Setting
    moments: list[Moment] = field(default_factory=list)
    became: Counter[str] = field(default_factory=Counter)
    moves: int = 0
    batches: int = 0
    late: int = 0
    post_seconds: float = 0.0

    @property
    def days(self) -> list[date]:
        """Every day from before the first to after the last."""
        return [self.setting.start + timedelta(days=number) for number in range(-1, self.setting.days + 1)]


def play(address: str, setting: Setting, *, folder: Path, look_every: int = 28, watch: int = 3) -> Played:
    """Play a year into a new book; what becomes of each batch must be what was foretold.

    Args:
        address: Of the book.
        folder: Where the economies of each look are put.
        look_every: Days between two looks.
        watch: So many late batches are watched: what do they change?
    """
    played = Played(Rehearsal(setting), address, setting)
    looked = setting.start
    with store.open(address) as book:
        for batch in played.rehearsal.batches():
            today = day_date(batch.at_ms)
            if today > looked + timedelta(days=look_every) and today <= played.days[-2]:
                looked = today - timedelta(days=1)
                played.moments.append(look(book, played, looked, folder))
            is_late = batch.offline and batch.new and lateness(batch) >= LATE_DAYS
            played.late += bool(is_late)
            if is_late and played.late <= watch:
                late_sync_changes_only_what_it_may(book, played, batch)
            else:
                post(book, played, batch)
    return played


def lateness(batch: Batch) -> int:
    """Return how many days the oldest event of a batch is old."""
    return (batch.at_ms - min(event.occurred_ms for event in batch.events)) // DAY_MS


def post(book: store.Store, played: Played, batch: Batch) -> None:
    """Post a batch; what becomes of it must be what was foretold."""
    began = time.perf_counter()
    posted = book.post([Line("", event) for event in batch.events], at_ms=batch.at_ms, offline=batch.offline)
    played.post_seconds += time.perf_counter() - began
    new = posted.count("accepted") + posted.count("disputed")
    refused = tuple(each.id for each in posted.outcomes if each.status == "refused")
    assert (new, posted.count("known"), set(refused)) == (batch.new, batch.known, set(batch.refused)), posted.faults[:3]
    assert batch.offline or not posted.count("disputed")
    played.became.update(posted.counts)
    played.moves += sum(len(event.moves) + len(event.counted) for event in batch.events)
    played.batches += 1


def look(book: store.Store, played: Played, day: date, folder: Path) -> Moment:
    """Note what the book is at the end of a day, and make the inputs of a plan from it."""
    carried = carry_over(played, day, folder / f"then-{day}")
    balances = played.rehearsal.notebook.balances(until_ms=end_of_day(day), known_at=book.size)
    return Moment(day, book.size, book.log.root(), balances, tables(carried))


def late_sync_changes_only_what_it_may(book: store.Store, played: Played, batch: Batch) -> None:
    """Post a late batch: what was known before stays, and what changes is what it speaks of, until the next count.

    Looked at are every day since the oldest of its events, and one day of every week of the year.
    """
    oldest = day_date(min(event.occurred_ms for event in batch.events)) - timedelta(days=2)
    close = {day for day in played.days if oldest <= day <= day_date(batch.at_ms)}
    days = sorted(close | set(played.days[::7]))
    before, size = by_day(book, days), book.size
    post(book, played, batch)
    notebook = played.rehearsal.notebook
    assert by_day(book, days, known_at=size) == before
    new = [from_body(record.body).id for record in book.records(first=size + 1)]
    counts, windows = notebook.counts(), dict[Held, list[tuple[int, int]]]()
    for held, at_ms in notebook.touches(new):
        times = counts.get(held, [])
        following = bisect_right(times, at_ms)
        until = times[following] if following < len(times) else end_of_day(date.max)
        windows.setdefault(held, []).append((at_ms, until))
        if held[0].startswith("store:"):
            over = ("discrepancy:" + held[0].removeprefix("store:"), *held[1:])
            found_at = at_ms if at_ms in times else until
            windows.setdefault(over, []).append((found_at, end_of_day(date.max)))
    changed = 0
    for day, after in by_day(book, days).items():
        for held in {held for held, _ in after.items() ^ before[day].items()}:
            changed += 1
            at = end_of_day(day)
            assert any(since <= at < until for since, until in windows.get(held, ())), (held, day)
    assert changed


def by_day(book: store.Store | Book, days: list[date], *, known_at: int | None = None) -> dict[date, Shown]:
    """Return what the book shows at the end of each day."""
    return {day: shown(book, as_of=day, known_at=known_at) for day in days}


def shown(book: store.Store | Book, *, as_of: date | None = None, known_at: int | None = None) -> Shown:
    """Return what the book shows."""
    return {row[:3]: row.quantity for row in book.balances(as_of=as_of, known_at=known_at)}


def balances_are_what_truly_is(played: Played) -> None:
    """At the end all was counted and all was sent: book, notebook and world are one."""
    with store.open(played.address) as book:
        true = {held: quantity for held, quantity in played.rehearsal.world.holds.items() if quantity}
        assert shown(book) == true
        assert played.rehearsal.notebook.balances(until_ms=end_of_day(date.max)) == true
        disputes = {row[:3]: row[3:] for row in book.disputes()}
        assert disputes == played.rehearsal.notebook.disputes()


def every_date_adds_up(played: Played) -> None:
    """At the end of every day the book shows what the notebook shows, and all of a resource and lot adds up to 0."""
    with store.open(played.address) as book:
        for day in played.days:
            now = shown(book, as_of=day)
            assert now == played.rehearsal.notebook.balances(until_ms=end_of_day(day)), day
            trial: Counter[tuple[str, str]] = Counter()
            for (_, resource, lot), quantity in now.items():
                trial[resource, lot] += quantity
            assert not any(trial.values()), day


def log_holds(played: Played) -> None:
    """The book verifies; the log is its leaves, begins with what it was at every look; no chain forks or has gaps."""
    with store.open(played.address) as book:
        tree, links = merkle.Tree(), []
        for record in book.records():
            (leaf,) = merkle.leaf_hashes([record.body + record.recorded.encode()])
            tree, _ = merkle.append(tree, [leaf])
            links.append(link(from_body(record.body), body=record.body))
        assert store.verify(book) == []
        assert tree.root() == book.log.root()
        assert chain_faults(links) == []
        for moment in played.moments:
            assert book.log.root(moment.size) == moment.root
            proof = book.log.consistency(moment.size)
            sizes, roots = {"old": moment.size, "size": tree.size}, {"old_root": moment.root, "root": tree.root()}
            assert merkle.verify_consistency(**sizes, **roots, proof=proof)


def known_then_is_shown_now(played: Played, folder: Path) -> None:
    """An auditor who asks for what was known at each look gets what was shown then, and the same inputs of the plan."""
    with store.open(played.address) as book:
        for moment in played.moments:
            assert shown(book, as_of=moment.day, known_at=moment.size) == moment.balances
            carried = carry_over(played, moment.day, folder / f"now-{moment.day}", known_at=moment.size)
            assert tables(carried) == moment.tables
            assert in_stores(carried) == stores_of(moment.balances)
            assert on_the_road(carried) == roads_of(moment.balances)


def carry_over(played: Played, day: date, folder: Path, *, known_at: int | None = None) -> FromBook:
    """Make an economy that starts on the day after, from the book."""
    describe(played.setting, folder, start=day + timedelta(days=1))
    return economy_from_book(folder, book=played.address, as_of=day, known_at=known_at)


def tables(carried: FromBook) -> tuple[bytes, bytes]:
    """Return the two tables that come from the book."""
    return (carried.folder / "stocks.csv").read_bytes(), (carried.folder / "arrivals.csv").read_bytes()


def in_stores(carried: FromBook) -> Shown:
    """Return what was carried over from stores, and what was left out there."""
    rows = {(f"store:{row.place}", row.resource, row.lot): row.smallest for row in carried.stocks}
    return rows | {(row.where, row.resource, row.lot): row.quantity for row in left_out(carried, "store:")}


def on_the_road(carried: FromBook) -> Shown:
    """Return what was carried over from waybills, and what was left out there."""
    rows = {(f"transit:{row.waybill}", row.resource, row.lot): row.smallest for row in carried.on_the_road}
    return rows | {(row.where, row.resource, row.lot): row.quantity for row in left_out(carried, "transit:")}


def left_out(carried: FromBook, kind: str) -> list:
    """Return what was left out at places of a kind."""
    return [row for row in carried.left_out if row.where.startswith(kind)]


def stores_of(balances: Shown) -> Shown:
    """Return what is in stores."""
    return {held: quantity for held, quantity in balances.items() if held[0].startswith("store:")}


def roads_of(balances: Shown) -> Shown:
    """Return what is on waybills."""
    return {held: quantity for held, quantity in balances.items() if held[0].startswith("transit:")}


def plan_runs(played: Played, folder: Path) -> float:
    """Plan from the book at the end, and check the plan's proof; return the best level that all can reach."""
    carried = carry_over(played, played.days[-2], folder / "last")
    planned = plan_economy(carried.folder, to=folder / "plan", options=PlanOptions(goals=("floor", "norm")))
    assert verify_plan(carried.folder, folder / "plan").holds
    return float(planned.plan.met["met_floor"].min())  # type: ignore[arg-type]


def describe(setting: Setting, folder: Path, *, start: date) -> None:
    """Write an economy that describes everything but what the book knows."""
    folder.mkdir(parents=True)
    units = [*setting.centres, *setting.depots]
    lead = {depot: 1 + number % 6 for number, depot in enumerate(setting.depots)}
    served = {depot: setting.centres[number % len(setting.centres)] for number, depot in enumerate(setting.depots)}
    text = {
        "resources": ["resource,unit", "flour,t", "pulses,t", "oil,t", "wsb,t", "wheat,t", "diesel,l"],
        "places": ["place", *units],
        "people": ["place,group,people", *(f"{depot},all,25000" for depot in setting.depots)],
        "groups": ["group", "all"],
        "needs": ["need,unit", "energy,kcal"],
        "norms": ["group,need,floor,norm", "all,energy,1050,2100"],
        "contents": ["resource,need,amount", "flour,energy,3500000", "pulses,energy,3400000", "oil,energy,8850000"],
        "routes": ["from,to,mode,lead_days", *(f"{served[depot]},{depot},truck,{lead[depot]}" for depot in lead)],
        "recipes": [
            "recipe,resource,use,quantity",
            "mill,wheat,input,1",
            "mill,diesel,input,18",
            "mill,flour,output,.75",
        ],
        "plants": ["place,recipe,runs_per_day", *(f"{depot},mill,2" for depot in setting.depots[::8])],
    }
    for name, lines in text.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    (folder / "economy.toml").write_text(f'title = "After the year"\nstart = {start}\nperiod = "week"\nperiods = 4\n')
    (folder / "book.toml").write_text('[resources]\nblanket = ""\n')


def everything_holds(address: str, setting: Setting, *, folder: Path, watch: int, say: Callable[[str], None]) -> None:
    """Play a year into a new book and check all of it."""
    with timed("played", say):
        played = play(address, setting, folder=folder, watch=watch)
    became = ", ".join(f"{count:,} {name}" for name, count in sorted(played.became.items()))
    say(f"{played.batches:,} batches, {played.late} of them a month late; {became}")
    say(f"{played.moves:,} moves and counted lines sent; {played.post_seconds:.1f} s of it in posting")
    for check in (balances_are_what_truly_is, every_date_adds_up, log_holds):
        with timed(check.__name__.replace("_", " "), say):
            check(played)
    with timed(f"known then is shown now, at {len(played.moments)} looks", say):
        known_then_is_shown_now(played, folder)
    with timed("the plan runs and its proof holds", say):
        level = plan_runs(played, folder)
    say(f"least met of the floor: {level:.3f}")


@contextmanager
def timed(what: str, say: Callable[[str], None]) -> Iterator[None]:
    """Say how long something took, by the clock and in this process's CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    say(f"{what}: {time.perf_counter() - wall:.1f} s, {time.process_time() - cpu:.1f} s of CPU")


@contextmanager
def new_books(where: Path) -> Iterator[dict[str, str]]:
    """Make a new book on each database."""
    from postgres import running

    with running() as server:
        books = {"SQLite": str(where / "year.book"), "PostgreSQL": server.address(server.new_database())}
        for address in books.values():
            store.create(address)
        yield books


def main() -> None:
    """Play a year on both databases and say what came of it."""
    words = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name, usual in (("depots", 40), ("weeks", 52), ("seed", 1), ("watch", 3)):
        words.add_argument(f"--{name}", type=int, default=usual)
    given = words.parse_args()
    centres = max(1, given.depots // 13)
    setting = numbered(depots=given.depots, centres=centres, start=START, weeks=given.weeks, seed=given.seed)
    roots = set()
    with tempfile.TemporaryDirectory() as name, new_books(Path(name)) as books:
        for database, address in books.items():
            print(f"{database}: {given.depots} depots, {centres} centres, {given.weeks} weeks, seed {given.seed}")

            def say(text: str) -> None:
                print(f"  {text}", flush=True)

            everything_holds(address, setting, folder=Path(name) / database, watch=given.watch, say=say)
            with store.open(address) as book:
                roots.add(book.log.root())
                say(f"{book.size:,} events, root {book.log.root().hex()[:16]}…")
    assert len(roots) == 1, "both databases have the same log"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"the same root on both; peak memory {peak:.0f} MiB")


if __name__ == "__main__":
    main()
