"""What depots do: they take in lorries, give out, mill, lose, count, help each other, and put mistakes right."""

from __future__ import annotations

from dataclasses import replace

from muster.book.rehearsal.desks import Act
from muster.book.rehearsal.setting import DIESEL, FLOUR, WHEAT
from muster.book.rehearsal.stage import Lorry, Mistake, Stage, store
from muster.book.rehearsal.supply import found, has_mill, send
from muster.book.rehearsal.world import Carried

CARRIER = "outside:carrier"
_WHEAT_G, _FLOUR_G, _DIESEL_ML = 4_000, 3_000, 72
"""What one turn of a mill takes and gives: 4 kg of wheat and 72 ml of diesel, 3 kg of flour."""


def unload(stage: Stage) -> None:
    """Lorries that are there are unloaded: some lack something, which comes later, is claimed, or is lost."""
    for lorry in [each for each in stage.lorries if each.comes <= stage.day]:
        stage.lorries.remove(lorry)
        road, here = f"transit:{lorry.waybill}", store(lorry.depot)
        if lorry.came and stage.chance.happens(0.5):
            act = Act("loss", stage.now(), stage.carry_all(road, CARRIER), document=lorry.waybill, reason="never came")
            stage.told(stage.keepers[lorry.depot], act)
            continue
        short = not lorry.came and stage.chance.happens(0.25)
        moves = stage.carry_all(road, here, share=(88, 99) if short else (100, 100))
        end = stage.chance.pick(("later", "claimed", "lost")) if short else ""
        if end == "claimed":
            moves += stage.carry_all(road, CARRIER)
        if moves:
            act = Act("arrival", stage.now(), moves, document=lorry.waybill)
            stage.told(stage.keepers[lorry.depot], act)
        if end == "lost":
            act = Act("loss", stage.now(), stage.carry_all(road, "loss:robbed"), reason="robbed on the way")
            stage.told(stage.keepers[lorry.depot], act)
        elif end == "later":
            stage.lorries.append(Lorry(lorry.waybill, lorry.depot, stage.day + stage.chance.whole(3, 40), came=True))


def help_each_other(stage: Stage) -> None:
    """Some depots send something on to another one, or hand it over at the gate."""
    for depot in stage.setting.depots:
        other = stage.chance.pick([each for each in stage.setting.depots if each != depot] or [depot])
        good = stage.chance.pick(stage.setting.goods)
        if other == depot:
            continue
        if stage.chance.happens(0.05):
            waybill = stage.waybill()
            moves = stage.world.taken(store(depot), f"transit:{waybill}", good.resource, 5 * good.packed)
            if moves:
                stage.told(stage.keepers[depot], send(stage, other, waybill=waybill, moves=tuple(moves)))
        elif stage.chance.happens(0.03):
            moves = stage.world.taken(store(depot), store(other), good.resource, 3 * good.packed)
            if moves:
                stage.told(stage.keepers[depot], Act("transfer", stage.now(), tuple(moves), document="handed over"))


def give_out(stage: Stage) -> None:
    """Depots give out what there is, what expires first first; now and then something is brought back."""
    for depot in stage.setting.depots:
        people, moves = f"people:{depot}", []
        for good in stage.setting.goods:
            much = good.weekly * stage.chance.whole(60, 115) // 100 * good.packed
            moves += stage.world.taken(store(depot), people, good.resource, much)
        if moves:
            stage.told(stage.givers[depot], Act("distribution", stage.now(), tuple(moves), document="list"))
        if moves and stage.chance.happens(0.05):
            back = moves[0]._replace(source=people, target=store(depot), quantity=min(moves[0].quantity, 25_000))
            stage.told(stage.givers[depot], Act("receipt", stage.now(), (stage.world.carry(back),), document="back"))


def mill(stage: Stage) -> None:
    """Depots with a mill grind their wheat."""
    for depot in [each for each in stage.setting.depots if has_mill(stage, each)]:
        here, turned = store(depot), f"process:mill {depot}"
        wheat, diesel = stage.world.holds[here, WHEAT, ""], stage.world.holds[here, DIESEL, ""]
        turns = min(wheat // _WHEAT_G, diesel // _DIESEL_ML, 1_000)
        if not turns:
            continue
        moves = stage.world.taken(here, turned, WHEAT, turns * _WHEAT_G)
        moves += stage.world.taken(here, turned, DIESEL, turns * _DIESEL_ML)
        lot = stage.fresh_lot(f"milled-{stage.day:03}-{depot}", FLOUR)
        moves.append(stage.world.carry(Carried(turned, here, FLOUR, lot, turns * _FLOUR_G)))
        stage.told(stage.givers[depot], Act("production", stage.now(), tuple(moves)))


def lose(stage: Stage) -> None:
    """What has expired is thrown away, and some is spoilt by rain."""
    today = stage.date().isoformat()
    for depot in stage.setting.depots:
        here, moves = store(depot), []
        for resource, lot, held in stage.world.there(here):
            if stage.world.last_days.get((resource, lot), "9999") < today:
                moves.append(stage.world.carry(Carried(here, "loss:expired", resource, lot, held)))
        if moves:
            stage.told(stage.givers[depot], Act("loss", stage.now(), tuple(moves), reason="past its last day"))
        left = stage.world.there(here)
        if left and stage.chance.happens(0.15):
            resource, lot, held = stage.chance.pick(left)
            much = min(held, stage.chance.whole(1, 40) * stage.setting.good(resource).size)
            carried = stage.world.carry(Carried(here, "loss:rain", resource, lot, much))
            stage.told(stage.givers[depot], Act("loss", stage.now(), (carried,), reason="the roof leaks"))


def vanish(stage: Stage) -> None:
    """Something vanishes, or turns up, that nobody records: mice, thieves, a wrong scale."""
    for unit in (*stage.setting.depots, *stage.setting.centres):
        here, left = store(unit), stage.world.there(store(unit))
        if left and stage.chance.happens(0.06):
            resource, lot, held = stage.chance.pick(left)
            size = stage.setting.good(resource).size
            much = -min(held, stage.chance.whole(1, 20 * size))
            if unit in stage.keepers and stage.chance.happens(0.2):
                much = stage.chance.whole(1, 5 * size)
            stage.world.unseen(here, resource, lot, much)
            stage.records.uncounted.setdefault(here, set()).add((resource, lot))


def count(stage: Stage, depot: str) -> None:
    """A depot is counted, entered by who keeps the store and closed by who gives out."""
    act = found(stage, depot, closed_by=stage.givers[depot].writer.name)
    if act.found:
        stage.told(stage.keepers[depot], act)


def put_right(stage: Stage) -> None:
    """Mistakes that were noticed are undone, and what is right is recorded as of when it happened."""
    for mistake in [each for each in stage.mistakes if each.day <= stage.day]:
        stage.mistakes.remove(mistake)
        _put_right(stage, mistake)


def _put_right(stage: Stage, mistake: Mistake) -> None:
    then = mistake.event.occurred_ms if stage.chance.happens(0.3) else stage.now()
    stage.records.undo(mistake.device, mistake.event, at_ms=then, reason=mistake.reason)
    if mistake.right is not None:
        giver = stage.givers[mistake.event.unit].writer.name  # whoever gives out now closes what is counted anew
        right = replace(mistake.right, closed_by=giver) if mistake.right.closed_by else mistake.right
        stage.records.record(mistake.device, right)
