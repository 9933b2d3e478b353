"""Text messages of a phone become events: ``R WB123 MAIZE 588 B50``.

The grammar, on half a page::

    message = R waybill items             received against a waybill
            | D waybill items [TO store]  sent off with a waybill
            | C items                     counted in the store
            | L items reason              lost: WET, STOLEN, EXPIRED, …
            | G items [TO group]          given to people
    items   = item { ";" item }
    item    = resource [#lot] number unit
    unit    = KG | G | T | L | ML | PC                  measured or counted
            | B50   bag of 50 kg      | C24  carton of 24 pieces
            | J20   jerrycan of 20 l  | D200 drum of 200 l
            | BAGS OF 50 KG                             the same in words

Capital or small letters, one space or several, commas and full stops between words, ``588B50`` in one, digits of any
script: all the same. A number with one comma or point before exactly three digits can be read in two ways and
is asked back. Every message that is refused gets an answer of at most 160 characters that says what to send instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rapidfuzz import fuzz, process

from muster.book.wording import spoken
from muster.economy.format import shown
from muster.errors import Fault
from muster.joining.amounts import measure
from muster.joining.ids import message_id
from muster.joining.message_words import Words, words_of
from muster.joining.problems import Problem

LONGEST_ANSWER = 160
"""Characters of one text message."""

LONGEST_TAIL = 80
"""Characters of a reason, store or group at the end of a message."""

LONGEST_MESSAGE = 640
"""Characters of a message that is read."""

HELP = (
    "R WB123 MAIZE 588 B50 received; D sent, C counted, L lost (reason last), G given. "
    "B50 bag of 50kg, C24 carton of 24, J20 can of 20l, KG, L, PC."
)
"""What is answered to ``HELP`` or ``?``."""

_EXAMPLES: Mapping[str, str] = {
    "R": "R WB123 MAIZE 588 B50",
    "D": "D WB124 MAIZE 600 B50 TO HERAT",
    "C": "C MAIZE 412 B50",
    "L": "L MAIZE 12 B50 WET",
    "G": "G MAIZE 300 B50",
}
_KINDS = {"R": "arrival", "D": "dispatch", "C": "count", "L": "loss", "G": "distribution"}
_DONE = {"R": "received", "D": "sent", "C": "counted", "L": "lost", "G": "given"}
_VERBS = {word: verb for verb in _KINDS for word in (verb, _KINDS[verb].upper(), _DONE[verb].upper())} | {
    "RECEIPT": "R", "REC": "R", "DISPATCHED": "D", "LOST": "L", "GAVE": "G", "COUNTED": "C",
}  # fmt: skip
_NEAR = 60


@dataclass(frozen=True)
class Sender:
    """Who sends from a phone, and for which store.

    Attributes:
        recorder: The person, as the book names them.
        unit: Their unit.
        store: Their store, without ``store:``.
        closer: Who closes the counts they send; without one, counts are refused.
    """

    recorder: str
    unit: str
    store: str
    closer: str = ""


@dataclass(frozen=True)
class Lexicon:
    """Words that a message may name.

    Attributes:
        resources: Word or words -> resource of the book, in any script; case does not matter.
        stores: Stores that goods may be sent to, without ``store:``; none: any.
    """

    resources: Mapping[str, str]
    stores: Iterable[str] = ()


@dataclass(frozen=True)
class Reply:
    """What came of a message.

    Attributes:
        event: In the interchange form without ``n``; ``None`` where the message was refused or asked for help.
        answer: What is sent back, at most 160 characters.
        fault: Why it was refused, for those who look after the phones.
    """

    event: dict[str, Any] | None
    answer: str
    fault: Fault | None = None


class _Refused(Exception):
    """A message is not understood: what is wrong, and the message or example to send instead."""

    def __init__(self, what: str, instead: str) -> None:
        super().__init__(what)
        self.what, self.instead = what, instead


def read_message(text: str, *, sender: Sender, lexicon: Lexicon, at: datetime, reference: str = "") -> Reply:
    """Return the event that a message tells, and the answer to its sender.

    Args:
        text: As it came.
        sender: Known by the number it came from.
        lexicon: Resources and stores.
        at: When it was sent, with its zone; the event occurred then.
        reference: The gateway's own id of the message. The id of the event follows from it, so that a message that is
            delivered twice is one event; without it, from the time.
    Example:
        >>> kabul = Sender("a.karimi", "kabul", "kabul")
        >>> maize, noon = Lexicon({"maize": "maize"}), datetime(2026, 11, 3, 12, tzinfo=UTC)
        >>> read_message("r wb123 maize 588 b50", sender=kabul, lexicon=maize, at=noon).answer
        'OK: received on WB123 at kabul: 588 bags of 50 kg maize (29,400 kg)'
    """
    plain = text.strip()
    if plain.upper() in ("HELP", "?", "H"):
        return Reply(None, HELP)
    try:
        verb, words = _begin(plain)
        event = _event(verb, words, sender, lexicon)
    except _Refused as refused:
        answer = _short(refused.what, refused.instead)
        return Reply(None, answer, Fault(refused.what, sender.recorder, shown(text), refused.instead, "J15"))
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")
    made = {"id": message_id(sender.recorder, reference or moment, plain), "kind": _KINDS[verb]}
    made |= {"unit": sender.unit, "recorder": sender.recorder, "occurred": moment} | event
    return Reply(made, _accepted(verb, made, sender))


def _begin(text: str) -> tuple[str, Words]:
    """Return the verb of a message and the words behind it."""
    if len(text) > LONGEST_MESSAGE:
        raise _Refused("The message is too long.", f"send one message for each waybill: {_EXAMPLES['R']}")
    words = words_of(text)
    first = words.next()
    verb = _VERBS.get(first, "")
    if not verb:
        what = f"{shown(first)[:20]} is not a word to begin with." if first else "The message is empty."
        raise _Refused(what, f"begin with R, D, C, L or G: {_EXAMPLES['R']}")
    return verb, words


def _event(verb: str, words: Words, sender: Sender, lexicon: Lexicon) -> dict[str, Any]:
    """Return what is particular to the event of a verb."""
    store = f"store:{sender.store}"
    if verb == "C" and not sender.closer:
        raise _Refused("A count is closed by another person, and none is named for you.", "ask your office to name one")
    document = _document(verb, words) if verb in "RD" else ""
    entries = [_item(verb, words, lexicon)]
    while words.separator():
        entries.append(_item(verb, words, lexicon))
    tail = _tail(verb, words, sender, lexicon)
    said: dict[str, Any] = {"document": document} if document else {}
    if verb == "D" and tail:
        said["destination"] = f"store:{tail}"
    if verb == "C":
        said["closed_by"] = sender.closer
        return said | {"counted": [{"place": store, **entry} for entry in entries]}
    goes = {
        "R": (f"transit:{document}", store),
        "D": (store, f"transit:{document}"),
        "L": (store, f"loss:{tail}"),
        "G": (store, f"people:{sender.unit}/{tail}" if tail else f"people:{sender.unit}"),
    }[verb]
    return said | {"moves": [{"from": goes[0], "to": goes[1], **entry} for entry in entries]}


def _document(verb: str, words: Words) -> str:
    word = words.next()
    if not word or not any(sign.isdigit() for sign in word):
        what = "The number of the waybill is missing." if not word else f"{word[:20]} is no number of a waybill."
        raise _Refused(what, f"send: {_EXAMPLES[verb]}")
    return word


def _item(verb: str, words: Words, lexicon: Lexicon) -> dict[str, str]:
    """Return one resource with its lot and amount."""
    name = words.until_number()
    lot = next((word[1:] for word in name if word.startswith("#") and len(word) > 1), "")
    resource = _resource([word for word in name if not word.startswith("#")], words, lexicon, verb)
    number = words.number()
    if number is None:
        raise _Refused(f"There is no number behind {' '.join(name)[:30]}.", f"send: {_EXAMPLES[verb]}")
    quantity, doubtful = number
    if doubtful:
        one, other = doubtful
        raise _Refused(f"{quantity} can be {one} or {other}.", f"send: {words.with_number(one)} or …{other}…")
    unit = words.unit()
    if unit is None:
        after = words.peek()
        what = f"{after[:20]} is not a unit." if after else f"The unit of {quantity} is missing."
        raise _Refused(
            what, f"B50 is a bag of 50kg, C24 a carton of 24, J20 a can of 20l; or KG, L, PC: {_EXAMPLES[verb]}"
        )
    entry = {"resource": resource, "quantity": quantity, "unit": unit[0]} | ({"pack": unit[1]} if unit[1] else {})
    if lot:
        entry["lot"] = lot
    measured = measure("", entry)
    if isinstance(measured, Problem):
        raise _Refused(measured.reason, f"{measured.do}")
    if not measured[0] and verb != "C":
        raise _Refused("The number is 0: nothing moved.", f"send the number, e.g. {_EXAMPLES[verb]}")
    return entry


def _resource(name: list[str], words: Words, lexicon: Lexicon, verb: str) -> str:
    known = {word.casefold(): resource for word, resource in lexicon.resources.items()}
    said = " ".join(name)
    if not said:
        raise _Refused("What is it?", f"write the resource before the number: {_EXAMPLES[verb]}")
    found = known.get(said.casefold())
    if found is None:
        near = process.extractOne(said.casefold(), list(known), scorer=fuzz.ratio, score_cutoff=_NEAR)
        if near:
            raise _Refused(
                f"{said[:30]} is not known.", f"if you mean {near[0].upper()}: {words.with_name(said, near[0])}"
            )
        raise _Refused(f"{said[:30]} is not known.", "known are: " + ", ".join(word.upper() for word in known))
    return found


def _tail(verb: str, words: Words, sender: Sender, lexicon: Lexicon) -> str:
    """Return what stands behind the items: where to, to whom, or why."""
    rest = words.rest()
    if sum(map(len, rest)) > LONGEST_TAIL:
        raise _Refused("There is too much behind the numbers.", f"send: {_EXAMPLES[verb]}")
    if verb == "L":
        if not rest:
            raise _Refused("Why was it lost?", f"write the reason at the end: {_EXAMPLES['L']}")
        return " ".join(rest).lower()
    if not rest:
        return ""
    if verb in "DG" and rest[0] == "TO" and len(rest) > 1:
        return _destination(" ".join(rest[1:]).lower(), lexicon) if verb == "D" else " ".join(rest[1:]).lower()
    raise _Refused(f"{' '.join(rest)[:30]} is not understood.", f"send: {_EXAMPLES[verb]}")


def _destination(name: str, lexicon: Lexicon) -> str:
    stores = {store.casefold(): store for store in lexicon.stores}
    if stores and name not in stores:
        near = process.extractOne(name, list(stores), scorer=fuzz.ratio, score_cutoff=_NEAR)
        hint = f"did you mean TO {near[0].upper()}?" if near else "stores: " + ", ".join(stores).upper()
        raise _Refused(f"There is no store {name.upper()[:20]}.", hint)
    return stores.get(name, name)


def _accepted(verb: str, event: Mapping[str, Any], sender: Sender) -> str:
    told = []
    for entry in (*event.get("moves", ()), *event.get("counted", ())):
        plural = "s" if entry.get("pack") else ""
        pack = f" of {entry['pack']}" if entry.get("pack") else ""
        measured = measure("", entry)
        assert not isinstance(measured, Problem), "it was measured when it was read"
        whole = f" ({spoken(*measured)})" if pack else ""
        told.append(f"{entry['quantity']} {entry['unit']}{plural}{pack} {entry['resource']}{whole}")
    document = f" on {event['document']}" if event.get("document") else ""
    text = f"OK: {_DONE[verb]}{document} at {sender.store}: " + "; ".join(told)
    return text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"


def _short(what: str, instead: str) -> str:
    """Return an answer of at most one message; what to send instead is cut last."""
    text = f"{what} {instead[:1].upper()}{instead[1:]}"
    if len(text) <= LONGEST_ANSWER:
        return text
    room = LONGEST_ANSWER - len(what) - 2
    return f"{what} {instead[:1].upper()}{instead[1:room]}…" if room > 20 else text[: LONGEST_ANSWER - 1] + "…"
