"""What the pages of ``docs/`` say of ``muster book``: the keys of ``--json``, and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from muster.book.kinds import KINDS
from muster.book.log_rules import LOG_RULES
from muster.book.rules import RULES
from muster.cli.markdown import rows
from muster.joining.rules import JOINING_RULES
from muster.services.backups import BACKUP_RULES
from muster.services.book_names import CARRIED_RULES
from muster.services.book_rules import USE_RULES
from muster.store.faults import STORE_RULES

_RECORDED: Mapping[str, str] = {
    "id": "of the event",
    "seq": "its place in the order of record",
    "kind": "what happened",
    "n": "the recorder's running number",
    "size": "events in the book now",
    "faults": "warnings",
}
_POSTED: Mapping[str, str] = {
    "accepted": "lines that are in the book now",
    "known": "lines that were in it already",
    "disputed": "lines in the book that took what was not there, or are not clear otherwise",
    "refused": "lines that are not in the book",
    "held": "lines with nothing wrong, not posted because another one of the batch is refused",
    "size": "events in the book now",
    "batch": "SHA-256 over the bodies: the id of the batch",
    "lines": "where, id, status, seq, reasons of each line with something to say (of a synced batch: of every line)",
    "faults": "what is wrong",
}

BOOK_JSON: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "book init": {
            "book": "the address",
            "key": "file of the secret key",
            "public": "file of the public key",
            "public_key": "the key that checks the log",
        },
        "book renew": {"size": "events in the book", "root": "root hash (hex) of the log, the same as before"},
        "book add": {**_RECORDED, "accepted …": "after `--events`, the keys of `muster book sync` instead of these"},
        "book receive": {
            "before": "goods of the waybill: waybill, resource, lot, dispatched, arrived, lost, claimed, still, unit, "
            "destination, due, overdue",
            "after": "the same after what was recorded",
            "id …": "where something was recorded, the keys of `muster book add`",
        },
        "book count": {
            "open": "file of the open count",
            "code": "eight signs over what was entered",
            "lines": "how many were counted",
            "sheet": "after `--sheet`: the file, and its `lines`",
            "found": "after `--close`: place, resource, lot, counted, book, difference, unit of each line",
            "id …": "after `--close`: the keys of `muster book add`",
            "not_counted": "after `--close`: resource and lot that the book has there and nobody counted",
        },
        "book reverse": {
            **_RECORDED,
            "reverses": "id of what is undone",
            "asked": "after `--to`, in the place of these: the file, with its `code` and `what` it is about",
        },
        "book register": _RECORDED,
        "book text": {
            "answer": "what is sent back",
            "known": "whether the message came before",
            "seq": "place of its event in the order of record; 0: nothing was recorded",
            "id": "of the event",
            "faults": "why it was refused",
        },
        "book sync": _POSTED,
        "book map": {
            "mapping": "the proposal as TOML",
            "questions": "about, ask and choices of each",
            "reasons": "why a key is as it is, by the key",
        },
        "book import": {
            "source": "name of the source in the mapping",
            "file": "its name",
            "batch": "SHA-256 over the events: the id of the batch",
            "rows": "rows of data",
            "events": "rows that are events",
            "returned": "rows that came back",
            "left_out": "rows that the mapping leaves out",
            "reconciled": "whether every row is there once and every total adds up",
            "reasons": "how many rows came back for each reason",
            "unmeasured": "amounts that cannot be read",
            "totals": "resource, unit, in_file, in_events, returned, left_out",
            "rows_returned": "line, column, value, reason, do, rule, left_out",
            "said": "what a reader should know",
            "differences": "same, added, changed, gone (gone_count; 1,000 named), unreadable beside what was imported",
            "posted": "whether it was recorded",
            "accepted": "events that were recorded",
            "size": "events in the book, where it was recorded",
        },
        "book economy": {
            "economy": "the folder",
            "as_of": "the day",
            "known_at": "events of the book that were known",
            "stocks": "rows written: place, resource, quantity, unit, lot, expires, and both in the smallest unit",
            "arrivals": "rows of what is on the road: the same with the waybill, the day it comes and why that day",
            "kept": "rows of arrivals that stayed as they were",
            "people": "rows of people written, or null",
            "left_out": "what is not carried over: where, resource, lot, quantity, unit, why",
            "written": "files that were replaced",
            "faults": "warnings, each with what, where, seen, do, rule",
        },
        "book export": {"events …": "the file or folder; nothing is printed beside what goes to standard output"},
        "book balance": {
            "(a list)": "one object per place, resource and lot that is not zero",
            "place": "where",
            "resource": "what",
            "lot": "which lot; blank: none",
            "quantity": "whole number of the unit; below zero where more left than came",
            "unit": "smallest unit of the resource",
        },
        "book card": {
            "place": "where",
            "resource": "what",
            "unit": "smallest unit",
            "balance": "now, all lots together",
            "rows": "occurred, seq, kind, document, other, lot, received, issued, balance, id",
        },
        "book transit": {"rows": "as `before` of `muster book receive`"},
        "book expiring": {"rows": "place, resource, lot, quantity, unit, expires, days"},
        "book disputed": {"rows": "since, place, resource, lot, lowest, now, unit"},
        "book root": {
            "size": "events in the log",
            "root": "root hash (hex)",
            "note": "the signed checkpoint; blank: not signed",
            "public_key": "the key that checks it",
        },
        "book verify": {
            "holds": "whether nothing at all is wrong",
            "size": "events",
            "root": "root hash (hex)",
            "begins_with": "checkpoints that hold on",
            "checked": "what was looked at",
            "faults": "what is wrong, as above",
        },
    }
)
"""What ``muster book … --json`` prints, key by key."""

_BOOK = """\
What the book asks of every event, one message for each that is broken. A batch is posted whole or not at all; of a
device that was offline (`muster book sync`) the other lines are posted, and *disputed* means: it is in the book, and is
shown until it is settled."""

_USE = "What a command about a book asks of what it is given."


def book_rules() -> str:
    """Return the part of the page of rules that is about the book, as Markdown."""
    asked = [(rule.number, _sentence(rule.title, rule.why), rule.offline) for rule in RULES]
    parts = [
        f"## The book\n\n{_BOOK}",
        rows(["rule", "says", "from an offline device"], asked),
        "### Kinds of event",
        rows(
            ["kind", "says", "goods move"],
            [(kind.name, kind.meaning, _ways(kind.ways)) for kind in KINDS.values()],
        ),
        f"### Using it\n\n{_USE}",
        rows(["rule", "says"], USE_RULES.items()),
        "### The database",
        rows(["rule", "says"], STORE_RULES.items()),
        "### The log\n\n[What the log proves](log.md) stands on a page of its own.",
        rows(["rule", "says"], LOG_RULES.items()),
        "### Joining\n\n[Other people's files and messages](joining.md) stand on a page of their own.",
        rows(["rule", "says"], JOINING_RULES.items()),
        "### From a book to an economy",
        rows(["rule", "says"], CARRIED_RULES.items()),
        "### Backups of the application\n\n[The web application](serve.md) makes them and brings them back.",
        rows(["rule", "says"], BACKUP_RULES.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _sentence(title: str, why: str) -> str:
    return " ".join(f"{title}. {why}".split())


def _ways(ways: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{source} → {target}" for source, target in sorted(ways))
