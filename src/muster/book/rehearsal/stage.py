"""What every act of a rehearsal works on: the world, the records, the people, the day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from muster.book.events import Event
from muster.book.rehearsal.chance import Chance
from muster.book.rehearsal.desks import Act, Device, Records, Writer
from muster.book.rehearsal.setting import Setting
from muster.book.rehearsal.world import Carried, World
from muster.book.times import DAY_MS

WORK_BEGINS_MS, SENDING_BEGINS_MS, SECOND_MS = 6 * 3_600_000, 20 * 3_600_000, 1_000
"""When the day's work begins, when phones are in reach; one thing happens after the other."""

QUIET_DAYS = 25
"""At the end no new mistakes are made: all are put right before the last count."""

ADMIN = "admin"
_ERRING = ("arrival", "distribution", "loss", "receipt", "count")
_WRONG = 0.03


@dataclass
class Lorry:
    """A waybill on its way: its name, the unit it is for, the day it is there, and whether it came before."""

    waybill: str
    depot: str
    comes: int
    came: bool = False


@dataclass(frozen=True)
class Mistake:
    """Something recorded wrongly: when it is put right, on what device, and what is right (``None``: nothing)."""

    day: int
    device: Device
    event: Event
    right: Act | None
    reason: str


def store(unit: str) -> str:
    """Return the store of a unit."""
    return f"store:{unit}"


class Stage:
    """The world and its people on one day.

    Attributes:
        setting, chance, world, records: See there.
        day: Counted from 0.
        office: The desk of the admin; ``desks``: of the centres and of the managers of depots.
        keepers, givers: Phones of the depots: of who keeps the store, and of who gives out.
        lorries: Waybills on their way.
        mistakes: Not put right yet.
    """

    def __init__(self, setting: Setting) -> None:
        self.setting, self.chance, self.world = setting, Chance(setting.seed), World()
        self.records = Records(setting, self.chance, self.world.last_days)
        self.day, self._tick, self._waybills = 0, 0, 0
        self.office = Device(Writer("office", ADMIN))
        self.desks = {unit: Device(Writer(unit, f"clerk.{unit}")) for unit in setting.centres}
        self.desks |= {unit: Device(Writer(unit, f"manager.{unit}")) for unit in setting.depots}
        self.keepers = {unit: Device(Writer(unit, f"keeper.{unit}"), offline=True) for unit in setting.depots}
        self.givers = {unit: Device(Writer(unit, f"giver.{unit}"), offline=True) for unit in setting.depots}
        self.lorries: list[Lorry] = []
        self.mistakes: list[Mistake] = []

    @property
    def week(self) -> int:
        """The week, counted from 0."""
        return self.day // 7

    def begin(self, day: int) -> None:
        """Begin a day."""
        self.day, self._tick = day, 0

    def date(self, after: int = 0) -> date:
        """Return the date of the day, or of one some days after."""
        return self.setting.start + timedelta(days=self.day + after)

    def now(self) -> int:
        """Return the time; it is a second later each time."""
        self._tick += 1
        return self.at(WORK_BEGINS_MS + self._tick * SECOND_MS)

    def at(self, within_day_ms: int) -> int:
        """Return a time of the day."""
        return ((self.date() - date(1970, 1, 1)).days * DAY_MS) + within_day_ms

    def waybill(self) -> str:
        """Return the name of a new waybill."""
        self._waybills += 1
        return f"WB{self._waybills:05}"

    def centre_of(self, depot: str) -> str:
        """Return the centre that a depot is served by."""
        centres = self.setting.centres
        return centres[self.setting.depots.index(depot) % len(centres)]

    def fresh_lot(self, name: str, resource: str) -> str:
        """Return the name of a new lot of a resource that keeps so long, from today; ``""`` where it has no lots."""
        keeps = self.setting.good(resource).keeps_days
        if not keeps:
            return ""
        self.world.last_days[resource, name] = self.date(after=keeps).isoformat()
        return name

    def told(self, device: Device, act: Act) -> None:
        """Record what happened at a depot; now and then wrongly, to be put right some days later."""
        may_err = act.kind in _ERRING and self.day < self.setting.days - QUIET_DAYS
        if not may_err or not self.chance.happens(_WRONG):
            self.records.record(device, act)
            return
        wrong, reason = act, "a nought too many"
        right: Act | None = act
        if act.kind == "count":
            (held, found), *others = act.found
            wrong, reason = replace(act, found=((held, found + self.chance.whole(1, 9) * 1_000), *others)), "miscounted"
        elif self.chance.happens(0.5):
            self.records.record(device, act)
            right, reason = None, "entered twice"
        else:
            wrong = replace(act, moves=tuple(each._replace(quantity=each.quantity * 10) for each in act.moves))
        event = self.records.record(device, wrong)
        after = self.chance.whole(1, QUIET_DAYS - 5)
        self.mistakes.append(Mistake(self.day + after, device, event, right, reason))

    def carry_all(self, source: str, target: str, *, share: tuple[int, int] = (100, 100)) -> tuple[Carried, ...]:
        """Carry what is at a place to another one, of each resource and lot a share between so many per cent."""
        carried = []
        for resource, lot, held in self.world.there(source):
            much = held * self.chance.whole(*share) // 100
            if much:
                carried.append(self.world.carry(Carried(source, target, resource, lot, much)))
        return tuple(carried)
