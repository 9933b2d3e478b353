"""What units record, drawn from a seed: the same seed, the same batches, byte for byte."""

from __future__ import annotations

import random

from recording import Desk, counted, move

from muster.book.events import Event
from muster.book.lines import Line

STORES = ("kabul", "herat", "ghor")
GOODS = (("flour", "50 kg"), ("oil", "4 kg"), ("rice", "25 kg"))


class Work:
    """Clerks of three units, and a phone for each.

    Args:
        seed: What is drawn follows from it.
        label: Stands before the names of recorders, so that several works go into one book.
    """

    def __init__(self, seed: int, *, label: str = "") -> None:
        self._draw = random.Random(seed)
        self._desks = {unit: Desk(unit, f"{label}clerk.{unit}") for unit in STORES}
        self._phones = {unit: Desk(unit, f"{label}phone.{unit}") for unit in STORES}
        self._sent: list[tuple[str, str, str]] = []
        self._made: dict[str, list[Event]] = {unit: [] for unit in STORES}

    def batch(self) -> tuple[tuple[Line, ...], bool]:
        """Return the lines of a batch, and whether it comes from a phone."""
        unit, offline = self._draw.choice(STORES), self._draw.random() < 0.3
        desk = (self._phones if offline else self._desks)[unit]
        events = [self._event(desk) for _ in range(self._draw.choice((1, 1, 2, 5)))]
        self._made[unit] += events
        return tuple(Line(f"batch:{number}", event) for number, event in enumerate(events, start=1)), offline

    def _event(self, desk: Desk) -> Event:
        draw, unit = self._draw, desk.unit
        resource, pack = draw.choice(GOODS)
        much, on = f"{draw.randint(1, 20)} bags of {pack} {resource}", draw.randint(6, 26)
        way = draw.choice(("receipt",) * 8 + ("distribution", "loss", "dispatch", "arrival", "count", "reversal"))
        meant = [sent for sent in self._sent if sent[2] == unit]
        if way == "arrival" and meant:
            waybill, much, _ = draw.choice(meant)
            return desk.event("arrival", f"transit:{waybill} > store:{unit}, {much}", on=on)
        if way == "reversal" and self._made[unit]:
            return desk.reversal(draw.choice(self._made[unit]), on=27)
        if way == "count":
            return desk.count(counted(f"store:{unit}, {draw.randint(0, 500)} kg {resource}"), on=on)
        if way == "dispatch":
            waybill = f"{desk.recorder}-{desk.n}"
            to = draw.choice([store for store in STORES if store != unit])
            self._sent.append((waybill, f"1 bag of {pack} {resource}", to))
            return desk.event("dispatch", f"store:{unit} > transit:{waybill}, {much}", on=on, destination=f"store:{to}")
        if way in ("distribution", "loss"):
            target = f"people:{unit}" if way == "distribution" else "loss:rain"
            return desk.event(way, move(f"store:{unit} > {target}, {much}"), on=on)
        return desk.event("receipt", move(f"outside:wfp > store:{unit}, {much}"), on=draw.randint(1, 6))
