"""A year of a book: day by day what happens, is recorded and is sent, and what the book must show of it."""

from __future__ import annotations

from collections.abc import Iterator

from muster.book.events import Packs, Person, Stores
from muster.book.rehearsal import depots, supply
from muster.book.rehearsal.desks import Batch, Writer, batch, sent
from muster.book.rehearsal.notebook import Notebook
from muster.book.rehearsal.setting import Setting
from muster.book.rehearsal.stage import ADMIN, SECOND_MS, SENDING_BEGINS_MS, Stage, store
from muster.book.rehearsal.world import World

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
"""Days of a week of the rehearsal; its first day is a Monday whatever the calendar says."""


class Rehearsal:
    """A year that is played while its batches are taken.

    Args:
        setting: The same setting gives the same year, to the byte.
    """

    def __init__(self, setting: Setting) -> None:
        self._stage = Stage(setting)

    @property
    def world(self) -> World:
        """What truly is where, by now."""
        return self._stage.world

    @property
    def notebook(self) -> Notebook:
        """What the book must show of the batches that were taken so far, and of each time before."""
        return self._stage.records.notebook

    def batches(self) -> Iterator[Batch]:
        """Play, and yield what is sent to the book, in the order of its time of record."""
        stage = self._stage
        for day in range(stage.setting.days):
            stage.begin(day)
            if day == 0:
                _begin(stage)
            _work(stage, last=day == stage.setting.days - 1)
            yield from _evening(stage)
        phones = [*stage.keepers.values(), *stage.givers.values()]
        while any(phone.outbox for phone in phones):
            stage.begin(stage.day + 1)
            yield from _evening(stage)


def _begin(stage: Stage) -> None:
    """Register who and what there is, and what was there before."""
    setting = stage.setting
    people = [Person(ADMIN, "office", ("admin",))]
    for centre in setting.centres:
        people += [Person(f"{name}.{centre}", centre, ("clerk",)) for name in ("clerk", "second")]
    for depot in setting.depots:
        people += [Person(f"{name}.{depot}", depot, ("clerk",)) for name in ("keeper", "giver")]
        people.append(Person(f"manager.{depot}", depot, ("manager",)))
    stores = [Stores(unit, (store(unit),)) for unit in (*setting.centres, *setting.depots)]
    packs = [Packs(good.resource, good.unit, ((good.pack, good.holds),)) for good in setting.goods]
    stage.records.register(stage.office, *people, at_ms=stage.now())
    stage.records.register(stage.office, *stores, *packs, at_ms=stage.now())
    supply.open_stores(stage)


def _work(stage: Stage, *, last: bool) -> None:
    weekday = stage.day % 7
    depots.put_right(stage)
    if weekday == MONDAY:
        supply.take_in(stage)
    elif weekday == TUESDAY:
        supply.send_out(stage)
    elif weekday == WEDNESDAY:
        depots.help_each_other(stage)
    depots.unload(stage)
    depots.vanish(stage)
    if weekday == THURSDAY:
        depots.give_out(stage)
    elif weekday == FRIDAY:
        depots.mill(stage)
    elif weekday == SATURDAY:
        depots.lose(stage)
    elif weekday == SUNDAY:
        _count(stage, everything=last)
    _newcomers(stage)


def _count(stage: Stage, *, everything: bool) -> None:
    """Each depot is counted every fourth week, the centres too; on the last day everybody."""
    for number, depot in enumerate(stage.setting.depots):
        if everything or number % 4 == stage.week % 4:
            depots.count(stage, depot)
    if everything or stage.week % 4 == 0:
        supply.count_centres(stage)


def _newcomers(stage: Stage) -> None:
    """Half-way, at every fifth depot, somebody else takes over the giving out.

    The manager registers the newcomer; in the evening both phones of the depot send all they have; the day after, the
    newcomer records, and who went is no clerk any more.
    """
    half = stage.setting.weeks // 2 * 7
    if stage.day not in (half, half + 1):
        return
    for depot in stage.setting.depots[::5]:
        new, old = f"newcomer.{depot}", f"giver.{depot}"
        if stage.day == half:
            person = Person(new, depot, ("clerk",))
            for phone in (stage.keepers[depot], stage.givers[depot]):
                phone.next_day, phone.holds_back = stage.day, False
        else:
            person = Person(old, depot, ())
            stage.givers[depot].writer = Writer(depot, new)
        stage.records.register(stage.desks[depot], person, at_ms=stage.now())


def _evening(stage: Stage) -> Iterator[Batch]:
    """Desks send what they recorded today; phones that are in reach send what they have."""
    notebook, at_ms = stage.records.notebook, stage.at(SENDING_BEGINS_MS)
    for desk in (stage.office, *stage.desks.values()):
        events, desk.outbox = desk.outbox, []
        if events:
            at_ms += SECOND_MS
            yield batch(events, device=desk, notebook=notebook, at_ms=at_ms)
    for depot in stage.setting.depots:
        for phone in (stage.keepers[depot], stage.givers[depot]):
            events = sent(phone, day=stage.day, chance=stage.chance) if phone.next_day <= stage.day else []
            if events:
                at_ms += SECOND_MS
                yield batch(events, device=phone, notebook=notebook, at_ms=at_ms)
