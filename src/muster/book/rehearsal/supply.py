"""What centres do: they take in what comes from outside, send it out with waybills, and hand over."""

from __future__ import annotations

from muster.book.rehearsal.desks import Act
from muster.book.rehearsal.setting import DIESEL, WHEAT, Good
from muster.book.rehearsal.stage import Lorry, Stage, store
from muster.book.rehearsal.world import Carried

DONORS = ("outside:wfp", "outside:government", "outside:red-crescent")
_MILL_EVERY = 8
_FOR_A_MILL = {WHEAT: 80, DIESEL: 1}
"""Packs that a mill uses up in a week."""


def has_mill(stage: Stage, depot: str) -> bool:
    """Return whether a depot has a mill."""
    return stage.setting.depots.index(depot) % _MILL_EVERY == 0


def usual(stage: Stage, depot: str, good: Good) -> int:
    """Return how much of a good a depot uses up in a usual week, in smallest units."""
    packs = good.weekly or (_FOR_A_MILL.get(good.resource, 0) if has_mill(stage, depot) else 0)
    return packs * good.packed


def open_stores(stage: Stage) -> None:
    """Record what was there before the first day: three weeks of everything at centres, one at depots."""
    for unit, device in [*stage.desks.items(), *stage.keepers.items()]:
        if unit in stage.setting.depots and device is stage.desks[unit]:
            continue
        weeks, depots = (3, _served(stage, unit)) if unit in stage.setting.centres else (1, [unit])
        moves = []
        for good in stage.setting.goods:
            much = weeks * sum(usual(stage, depot, good) for depot in depots)
            if much:
                lot = stage.fresh_lot(f"{good.resource}-before-{unit}", good.resource)
                carried = Carried("outside:before", store(unit), good.resource, lot, much)
                moves.append(stage.world.carry(carried))
        stage.records.record(device, Act("opening", stage.now(), tuple(moves), document="sheet 1"))


def take_in(stage: Stage) -> None:
    """Deliveries from outside come to the centres."""
    for centre in stage.setting.centres:
        moves, donor = [], stage.chance.pick(DONORS)
        for good in stage.setting.goods:
            packs = sum(usual(stage, depot, good) for depot in _served(stage, centre)) // good.packed
            much = packs * stage.chance.whole(85, 125) // 100 * good.packed
            if much:
                lot = stage.fresh_lot(f"{good.resource}-{stage.week:02}-{centre}", good.resource)
                moves.append(stage.world.carry(Carried(donor, store(centre), good.resource, lot, much)))
        act = Act("receipt", stage.now(), tuple(moves), document=f"DN-{stage.week:02}{centre[-1]}")
        stage.records.record(stage.desks[centre], act)


def send_out(stage: Stage) -> None:
    """Most depots are sent a lorry; some are sent something by others, or fetch it themselves."""
    for depot in stage.setting.depots:
        centre = stage.centre_of(depot)
        if stage.chance.happens(0.85):
            waybill, moves = stage.waybill(), []
            for good in stage.setting.goods:
                much = usual(stage, depot, good) // good.packed * stage.chance.whole(70, 130) // 100 * good.packed
                if much and stage.chance.happens(0.9):
                    moves += stage.world.taken(store(centre), f"transit:{waybill}", good.resource, much)
            if moves:
                _on_the_road(stage, centre, depot, waybill=waybill, moves=tuple(moves))
        if stage.chance.happens(0.04):
            _sent_by_others(stage, centre, depot)
        if stage.chance.happens(0.05):
            good = stage.chance.pick(stage.setting.goods)
            moves = stage.world.taken(store(centre), store(depot), good.resource, 4 * good.packed)
            if moves:
                stage.records.record(stage.desks[centre], Act("transfer", stage.now(), tuple(moves)))


def count_centres(stage: Stage) -> None:
    """Each centre is counted, entered by one clerk and closed by the other."""
    for centre in stage.setting.centres:
        stage.records.record(stage.desks[centre], found(stage, centre, closed_by=f"second.{centre}"))


def found(stage: Stage, unit: str, *, closed_by: str) -> Act:
    """Return a count of all that is in the store of a unit, or should be."""
    place = store(unit)
    here = {(resource, lot) for resource, lot, _ in stage.world.there(place)}
    here |= stage.records.uncounted.pop(place, set())
    lines = tuple(((place, *what), stage.world.holds[(place, *what)]) for what in sorted(here))
    return Act("count", stage.now(), found=lines, closed_by=closed_by)


def send(stage: Stage, depot: str, *, waybill: str, moves: tuple[Carried, ...]) -> Act:
    """Put a lorry on the road, and return what is recorded of it; of some it is not said when they are due."""
    travel = 1 + stage.setting.depots.index(depot) % 6
    late = stage.chance.whole(8, 30) if stage.chance.happens(0.04) else stage.chance.whole(0, 2)
    stage.lorries.append(Lorry(waybill, depot, stage.day + travel + late))
    due = stage.date(after=travel + 2).isoformat() if stage.chance.happens(0.9) else ""
    return Act("dispatch", stage.now(), moves, document=waybill, destination=store(depot), due=due)


def _on_the_road(stage: Stage, centre: str, depot: str, *, waybill: str, moves: tuple[Carried, ...]) -> None:
    stage.records.record(stage.desks[centre], send(stage, depot, waybill=waybill, moves=moves))


def _sent_by_others(stage: Stage, centre: str, depot: str) -> None:
    waybill = stage.waybill()
    good = stage.chance.pick([good for good in stage.setting.goods if good.weekly])
    lot = stage.fresh_lot(f"{good.resource}-{waybill}", good.resource)
    carried = Carried("outside:charity", f"transit:{waybill}", good.resource, lot, good.weekly * good.packed)
    _on_the_road(stage, centre, depot, waybill=waybill, moves=(stage.world.carry(carried),))


def _served(stage: Stage, centre: str) -> list[str]:
    return [depot for depot in stage.setting.depots if stage.centre_of(depot) == centre]
