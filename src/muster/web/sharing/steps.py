"""The steps of a split: open requests, the fair share, changed lines, sent or withdrawn; each in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from muster.errors import BookError, Fault
from muster.plan.split import Request
from muster.services import splits
from muster.services.book_records import Desk
from muster.services.depots import Depot, Good, Measure
from muster.web.clerk.forms import western
from muster.web.people.person import Person
from muster.web.sharing.models import LONGEST_REASON, Change, GoodsRequest, Share, Split, Waybill

LIVE = (Split.OPEN, Split.SENDING)


@dataclass(frozen=True)
class Standing:
    """A request and what it has had of it so far."""

    request: GoodsRequest
    had: int

    @property
    def lacks(self) -> int:
        """What it still asks for."""
        return max(0, self.request.asked - self.had)

    @property
    def met(self) -> float:
        """The share that is met, 0 to 1."""
        return min(1.0, self.had / self.request.asked)

    @property
    def a_person(self) -> int:
        """What was asked for each person, in smallest units; 0: it is not said for how many."""
        return self.request.asked // self.request.people if self.request.people else 0


@dataclass(frozen=True)
class Short:
    """A request that the store cannot cover: what it would lack after a fair split of all that is there."""

    standing: Standing
    missing: int
    there: int


@dataclass(frozen=True)
class Fair:
    """What a split would be: reckoned, and not kept.

    Attributes:
        lines: Who asks, and what each would get, in smallest units.
        there, keep: What can be sent, and what is kept back of it, in smallest units.
        measure, unit: The pack it comes in, and its smallest unit.
    """

    lines: tuple[tuple[Standing, int], ...]
    there: int
    keep: int
    measure: Measure
    unit: str

    @property
    def left(self) -> int:
        """What nobody gets, in smallest units: kept back, or not to be shared in whole packs."""
        return self.there - sum(share for _, share in self.lines)


@dataclass(frozen=True)
class Kept:
    """What a split keeps back: now, and what was asked for when it was made."""

    now: int
    asked: int

    @property
    def more(self) -> int:
        """So much more is kept back than was asked for; negative: less."""
        return self.now - self.asked


def open_requests(book: str, unit: str, *, today: date) -> list[Standing]:
    """Return the open requests of a unit, by good, the earliest day first, each with what was sent for it."""
    found = GoodsRequest.objects.filter(unit=unit, closed=None).order_by("resource", "until", "id")
    return with_had(book, found, today=today)


def with_had(book: str, requests: QuerySet[GoodsRequest], *, today: date) -> list[Standing]:
    """Return requests with what was sent for them and not taken back."""
    sent = Share.objects.filter(request__in=requests, split__state=Split.SENT, share__gt=0)
    rows = list(sent.values_list("request", "share", "split", "request__store"))
    waybills = Waybill.objects.filter(split__in={row[2] for row in rows}).values_list("split", "store", "number")
    numbers = {(split, store): number for split, store, number in waybills}
    there = splits.standing(book, numbers.values(), today=today)
    had: Counter[int] = Counter()
    for request, much, split, store in rows:
        if numbers.get((split, store)) in there:
            had[request] += much
    return [Standing(each, had[each.pk]) for each in requests]


def not_covered(book: str, depot: Depot, unit: str, *, today: date) -> list[Short]:
    """Return the open requests of a unit that what lies in its store does not cover, the earliest day first."""
    found = []
    standing = [each for each in open_requests(book, unit, today=today) if each.lacks]
    for resource in dict.fromkeys(each.request.resource for each in standing):
        asking = [each for each in standing if each.request.resource == resource]
        good = good_of(depot, resource)
        measure = good.measures[0] if good and good.measures else Measure("", 1)
        there = splits.can_be_sent(good, measure, today=today)
        if there >= sum(each.lacks for each in asking):
            continue
        shared = splits.share(_asked(asking), there=there, keep=0, measure=measure)
        found += [Short(each, each.lacks - shared.shares[str(each.request.pk)], there) for each in asking]
    return sorted((each for each in found if each.missing), key=lambda each: each.standing.request.until)


def _asked(standing: Sequence[Standing]) -> list[Request]:
    return [Request(str(each.request.pk), each.request.asked, each.had, each.request.people) for each in standing]


def good_of(depot: Depot, resource: str) -> Good | None:
    """Return a good as a store knows it."""
    return next((good for good in depot.goods if good.resource == resource), None)


def measure_of(good: Good | None, text: str) -> Measure:
    """Return what a good is told in, by its text; without one, its first pack.

    Raises:
        BookError: The good is not told in that (B9).
    """
    known = {each.text: each for each in good.measures} if good else {}
    if known and not text:
        return next(iter(known.values()))
    if text not in known:
        do = f"choose one of: {', '.join(known) or 'nothing of it is known'}"
        raise BookError(Fault("The good does not come in this pack.", "the pack", text, do, "B9"))
    return known[text]


def reckon(book: str, depot: Depot, person: Person, said: Mapping[str, str], *, today: date) -> Fair:
    """Return how a good of a unit's store would be shared out over its open requests; nothing is kept of it.

    Args:
        book: Its address.
        depot: The store of the unit, as it is now.
        person: Who splits.
        said: ``resource``; ``measure``, the pack; ``keep`` and ``keep_unit``, what is kept back.
        today: What has expired by then is not sent.
    Raises:
        BookError: There is nothing to split, or it is not said well.
    """
    resource = said.get("resource", "")
    standing = [each for each in open_requests(book, person.unit, today=today) if each.request.resource == resource]
    good = good_of(depot, resource)
    measure = measure_of(good, said.get("measure", ""))
    there = splits.can_be_sent(good, measure, today=today)
    asking = [each for each in standing if each.lacks]
    if not asking or not there:
        what = "Nobody asks for it." if not asking else "There is nothing of it to be sent."
        do = "enter a request first" if not asking else "wait until some has come in; what has expired is not sent"
        raise BookError(Fault(what, resource, "nothing", do, "B8"))
    keep = splits.kept_back(western(said.get("keep", "")), said.get("keep_unit", ""), there=there, measure=measure)
    shared = splits.share(_asked(asking), there=there, keep=keep, measure=measure)
    lines = tuple((each, shared.shares[str(each.request.pk)]) for each in asking)
    return Fair(lines, there, keep, measure, good.unit if good else "")


def make(book: str, depot: Depot, person: Person, said: Mapping[str, str], *, now: datetime) -> tuple[Split, bool]:
    """Split a good over the open requests of a unit.

    Args:
        book: Its address.
        depot: The store of the unit, as it is now.
        person: Who splits.
        said: As for ``reckon``.
        now: The time.
    Returns:
        The split, and whether it was made now; one that is open is not made again.
    Raises:
        BookError: There is nothing to split, or it is not said well.
    """
    resource = said.get("resource", "")
    if found := Split.objects.filter(unit=person.unit, resource=resource, state__in=LIVE).first():
        return found, False
    fair = reckon(book, depot, person, said, today=now.date())
    pack = {"pack": fair.measure.text, "pack_size": fair.measure.size, "measure": fair.unit}
    where = {"unit": person.unit, "store": depot.store, "resource": resource}
    try:
        with transaction.atomic():
            made = Split.objects.create(
                **where, **pack, there=fair.there, keep=fair.keep, made_by=person.name, made=now, state=Split.OPEN
            )
            for each, share in fair.lines:
                Share.objects.create(split=made, request=each.request, had=each.had, fair=share, share=share)
    except IntegrityError:  # somebody else has just pressed the button
        return Split.objects.get(unit=person.unit, resource=resource, state__in=LIVE), False
    return made, True


def kept(split: Split) -> Kept:
    """Return what a split keeps back."""
    return Kept(split.there - sum(each.share for each in split.shares.all()), split.keep)


@transaction.atomic
def change(split: Split, person: Person, said: Mapping[str, str], *, now: datetime) -> int:
    """Change lines of an open split, each with a reason; return how many were changed.

    Args:
        split: Which.
        person: Who changes.
        said: ``share-7``: packs for the line with the key 7; ``why-7``: the reason.
        now: The time.
    Raises:
        BookError: A number cannot be read, is more than was asked, or all are more than there is (B8, B17); a
            changed line has no reason (B3); the split is not open (B3). Nothing was changed.
    """
    split = _open(split)
    faults, changed, total = [], [], 0
    for line in split.shares.select_related("request").order_by("id"):
        told, why = said.get(f"share-{line.pk}", "").strip(), said.get(f"why-{line.pk}", "").strip()
        after = line.share
        if told:
            after = int(told) * split.pack_size if told.isdecimal() and len(told) < 12 else -1
        total += max(after, 0)
        if after == line.share:
            continue
        faults += _faults(line, after, told, why)
        changed.append((line, after, why))
    if total > split.there:
        seen = f"{total // split.pack_size} of {split.there // split.pack_size} × {split.pack}"
        faults.append(Fault("More is shared out than is there.", "all lines", seen, "lower another line", "B17"))
    if faults:
        raise BookError(faults)
    for line, after, why in changed:
        Change.objects.create(share=line, at=now, who=person.name, before=line.share, after=after, why=why)
        line.share = after
        line.save(update_fields=["share"])
    return len(changed)


def _faults(line: Share, after: int, told: str, why: str) -> list[Fault]:
    who, size = line.request.who, line.split.pack_size
    found = []
    if after < 0:
        found.append(Fault("A line has no number of packs.", who, told[:40], "write whole packs, e.g. 12", "B8"))
    elif after > line.request.asked - line.had and after > line.share:
        most = (line.request.asked - line.had) // size
        found.append(Fault("A line gives more than was asked for.", who, told, f"write at most {most}", "B8"))
    if not why or len(why) > LONGEST_REASON:
        do = f"write beside it why it differs, in at most {LONGEST_REASON} signs"
        found.append(Fault("A changed line has no reason.", who, why[:40] or "nothing", do, "B3"))
    return found


@transaction.atomic
def withdraw(split: Split, person: Person, why: str, *, now: datetime) -> None:
    """Withdraw an open split, with a reason; the requests stay open.

    Raises:
        BookError: It is not open, or no reason is given (B3).
    """
    split = _open(split)
    if not why or len(why) > LONGEST_REASON:
        do = f"write why, in at most {LONGEST_REASON} signs"
        raise BookError(Fault("A split is withdrawn with a reason.", split.number, why[:40] or "nothing", do, "B3"))
    _end(split, Split.WITHDRAWN, person, why, now=now)


def send(book: str, split: Split, desk: Desk, person: Person, *, now: datetime, new_id: Callable[[], str]) -> bool:
    """Record a waybill for each store that gets something; return whether that was done now.

    The ids of the events are kept before anything is recorded: whatever breaks in between, and however often the
    button is pressed, the same waybills are meant, and the book takes each once.

    Raises:
        BookError: It is withdrawn, gives nobody anything, or the book refuses it; then nothing was recorded.
    """
    split = _sending(split, person, now=now, new_id=new_id)
    if split.state == Split.SENT:
        return False
    due: dict[str, date] = {}
    much: Counter[str] = Counter()
    for line in split.shares.select_related("request").filter(share__gt=0):
        much[line.request.store] += line.share
        due[line.request.store] = min(line.request.until, due.get(line.request.store, line.request.until))
    waybills = list(split.waybills.order_by("id"))
    loads = [
        splits.Load(each.event, each.number, each.store, _due(due[each.store], now.date()), much[each.store])
        for each in waybills
    ]
    source = splits.Source(split.store, split.resource, Measure(split.pack, split.pack_size))
    try:
        done = splits.send(book, source, loads, desk, today=now.date())
    except BookError:
        with transaction.atomic():
            again = Split.objects.select_for_update().get(pk=split.pk)
            if again.state == Split.SENDING:
                again.waybills.all().delete()
                again.state = Split.OPEN
                again.save(update_fields=["state"])
        raise
    _sent(split, person, now=now)
    return done


def _due(day: date, today: date) -> str:
    """Return the day by which goods should be there; one that has passed cannot be kept any more."""
    return max(day, today).isoformat()


@transaction.atomic
def _sending(split: Split, person: Person, *, now: datetime, new_id: Callable[[], str]) -> Split:
    split = Split.objects.select_for_update().get(pk=split.pk)
    if split.state != Split.OPEN:
        if split.state == Split.WITHDRAWN:
            raise _not_open(split)
        return split
    stores = sorted(set(split.shares.filter(share__gt=0).values_list("request__store", flat=True)))
    if not stores:
        do = "give somebody something, or withdraw the split"
        raise BookError(Fault("The split gives nobody anything.", split.number, "0", do, "B3"))
    for count, store in enumerate(stores, start=1):
        number = f"{split.unit}-{now:%y%m%d}-{split.pk}-{count}"
        Waybill.objects.create(split=split, store=store, event=new_id(), number=number)
    split.state = Split.SENDING
    split.save(update_fields=["state"])
    return split


@transaction.atomic
def _sent(split: Split, person: Person, *, now: datetime) -> None:
    split = Split.objects.select_for_update().get(pk=split.pk)
    if split.state != Split.SENDING:
        return
    _end(split, Split.SENT, person, "", now=now)
    for line in split.shares.select_related("request"):
        if line.had + line.share >= line.request.asked and line.request.closed is None:
            close([line.request], person, f"met in full by {split.number}", now=now)


def close(requests: Sequence[GoodsRequest], person: Person, why: str, *, now: datetime) -> None:
    """Close open requests with a reason."""
    GoodsRequest.objects.filter(pk__in=[each.pk for each in requests], closed=None).update(
        closed=now, closed_by=person.name, why_closed=why[:LONGEST_REASON]
    )


def _open(split: Split) -> Split:
    """Return a split, held for this transaction, that is open.

    Raises:
        BookError: It is not.
    """
    held = Split.objects.select_for_update().get(pk=split.pk)
    if held.state != Split.OPEN:
        raise _not_open(held)
    return held


def _not_open(split: Split) -> BookError:
    do = "make a new split; what was sent is taken back in the store, with a reason"
    return BookError(Fault("The split is not open any more.", split.number, split.state, do, "B3"))


def _end(split: Split, state: str, person: Person, why: str, *, now: datetime) -> None:
    split.state, split.ended, split.ended_by, split.why_ended = state, now, person.name, why
    split.save(update_fields=["state", "ended", "ended_by", "why_ended"])
