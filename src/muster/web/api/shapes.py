"""What goes in and what comes out, field by field: from here openapi.json is made."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from muster.book.limits import LONGEST_NAME, LONGEST_TEXT
from muster.web.api.limits import MOST_EVENTS, MOST_ROWS

_NO_CONTROL = r"^[^\x00-\x1f\x7f]*$"

Name = Annotated[str, Field(max_length=LONGEST_NAME, pattern=_NO_CONTROL)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=_NO_CONTROL)]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Problem(Schema):
    """Why something was not done (RFC 9457); the five fields are those of the first fault."""

    type: str
    title: str
    status: int
    detail: str
    what: str
    where: str
    seen: str
    do: str
    rule: str
    faults: list[FaultOut]


class FaultOut(Schema):
    """One thing that is wrong: what, where, what was seen there, what can be done, by which rule."""

    severity: Literal["fault", "warning"]
    what: str
    where: str
    seen: str
    do: str
    rule: str
    count: int = 1


class Page(Schema):
    """A part of the rows: ``count`` are all there are, ``next`` is the ``offset`` of the next part."""

    count: int
    offset: int
    next: int | None


class Piece(Schema):
    """Which part of the rows is asked for."""

    limit: int = Field(100, ge=1, le=MOST_ROWS)
    offset: int = Field(0, ge=0, le=10_000_000)


class BalanceRow(Schema):
    """So much of a resource and lot at a place, in its smallest unit."""

    place: str
    resource: str
    lot: str
    quantity: int
    unit: str


class Balances(Page):
    """Balances."""

    rows: list[BalanceRow]


class CardRow(Schema):
    """One row of a stock card; ``occurred_ms``: milliseconds since 1970, UTC."""

    occurred_ms: int
    seq: int
    kind: str
    document: str
    other: str
    lot: str
    received: int
    issued: int
    balance: int
    id: str


class Card(Page):
    """A stock card; the balance of now, of all lots together."""

    place: str
    resource: str
    unit: str
    balance: int
    rows: list[CardRow]


class TransitRow(Schema):
    """The goods of a waybill: dispatched = arrived + lost + claimed + still on the way."""

    waybill: str
    resource: str
    lot: str
    unit: str
    dispatched: int
    arrived: int
    lost: int
    claimed: int
    still: int
    destination: str
    due: str
    overdue: bool


class Transit(Page):
    """What is on the way."""

    rows: list[TransitRow]


class ExpiringRow(Schema):
    """A lot that expires in so many days; below 0: it has expired."""

    place: str
    resource: str
    lot: str
    quantity: int
    unit: str
    expires: str
    days: int


class Expiring(Page):
    """What expires."""

    rows: list[ExpiringRow]


class DisputedRow(Schema):
    """What was less than nothing since some time; at its lowest, and now."""

    place: str
    resource: str
    lot: str
    unit: str
    since_ms: int
    lowest: int
    now: int


class Disputed(Page):
    """What is disputed."""

    rows: list[DisputedRow]


class PlanRow(Schema):
    """A plan in a line; ``level``: what the worst-off place gets of the measure, 0 to 1."""

    name: str
    title: str
    span: str
    written: datetime
    measure: str
    people: float
    below: float
    worst: str
    level: float


class Plans(Page):
    """Plans, the one written last first."""

    rows: list[PlanRow]


class MovedRow(Schema):
    """How a place stands in two plans: the least it gets of floor and norm, 0 to 1."""

    place: str
    people: float
    floor_before: float
    floor_after: float
    norm_before: float
    norm_after: float
    reason: str


class Differences(Schema):
    """Who gains and who loses from one plan to another."""

    before: PlanRow
    after: PlanRow
    gain: list[MovedRow]
    lose: list[MovedRow]
    same: int
    only_before: list[str]
    only_after: list[str]
    same_economy: bool


class Span(Schema):
    """The least and the most, over groups and periods."""

    least: float
    most: float


class NeedRow(Schema):
    """One need of a place, per person and day: what counts, what came, and what others have."""

    need: str
    unit: str
    floor: Span
    norm: Span
    own: Span
    came: Span
    met_floor: float | None
    met_norm: float
    measure: str
    level: float
    others_least: float | None
    others_mean: float | None
    lower: int


class LimitRow(Schema):
    """What binds: its share of the explanation, and a sentence."""

    share: float
    sentence: str


class PeriodRow(Schema):
    """The least that any claim has of the first need, in one period."""

    period: str
    level: float


class StandingRow(Schema):
    """A place that has more."""

    place: str
    name: str
    people: float
    level: float


class Place(Schema):
    """One place in one plan; the need that is met least stands first."""

    plan: str
    place: str
    name: str
    title: str
    span: str
    sha256: str
    people: float
    needs: list[NeedRow]
    worst: list[PeriodRow]
    more: list[StandingRow]
    more_left: int
    same: int
    less: int
    limits: list[LimitRow]


class TrialRow(Schema):
    """What every kind of place holds of a resource; ``total`` is nothing where nothing appeared or vanished."""

    resource: str
    unit: str
    held: dict[str, int]
    total: int


class Trial(Page):
    """A trial balance."""

    adds_up: bool
    size: int
    rows: list[TrialRow]


class Log(Schema):
    """What the log is now; ``note``: the signed checkpoint, blank where there is no key to sign with."""

    size: int
    root: Hash
    note: str
    public_key: str


class Inclusion(Schema):
    """The proof that an event is in the log (RFC 6962): its entry, and the hashes beside its way to the root."""

    id: str
    seq: int
    entry: str
    leaf: Hash
    size: int
    root: Hash
    proof: list[Hash]


class Batch(Schema):
    """Events in the interchange form; ``offline``: nobody could ask, what is not there is disputed, not refused."""

    model_config = ConfigDict(extra="forbid")

    events: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_EVENTS)
    offline: bool = False


class Arrival(Schema):
    """What came of a waybill, in the words of ``muster book receive``: ``flour, lot L12: 40 bag of 50 kg``."""

    model_config = ConfigDict(extra="forbid")

    id: Id
    waybill: Name = Field(min_length=1)
    goods: list[Text] = Field(max_length=MOST_ROWS)
    claim: Name = ""
    occurred: Name = ""


class Outcome(Schema):
    """What became of an entry; ``known``: it was there, ``disputed``: taken, but more went out than was there."""

    id: str
    status: Literal["taken", "known", "disputed", "asked", "refused"]
    faults: list[FaultOut]


class Outcomes(Schema):
    """What became of each event, in the order in which they were sent."""

    outcomes: list[Outcome]
