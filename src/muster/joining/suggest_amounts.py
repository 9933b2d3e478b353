"""Proposals for what is counted: resources beside those that are known, units, packs, lots and expiry."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from muster import units
from muster.book.wording import several
from muster.joining.cells import cell_of
from muster.joining.date_evidence import date_evidence
from muster.joining.drafting import Draft
from muster.joining.names import likeness, proposed_id, twins
from muster.joining.packs import Pack, container_in, decimal, pack_in
from muster.joining.seen import SeenColumn
from muster.joining.templates import column_text

MOST_NAMES = 2_000
"""Different names of resources that are compared with those that are known."""

_GOES_WITH = 0.98
"""Share of rows in which the words of a column must tell the measure."""

_AMOUNT = ("amount", "1")
_MEASURES = ("piece", "kg", "g", "l", "ml", "t")


def suggest_amounts(draft: Draft) -> None:
    """Propose resource, unit, pack, lot and expiry of the first ``[[amount]]``, and the table of names."""
    unit = draft.find("unit")
    pack = draft.find("pack")
    item = draft.column((*_AMOUNT, "resource"), "resource")
    for name in ("lot",):
        draft.column((*_AMOUNT, name), name, needed=False, doubt=False)
    _expires(draft)
    if item:
        _names(draft, draft.seen.named(item))
    _unit(draft, unit, pack, item)


def _names(draft: Draft, column: SeenColumn) -> None:
    """Propose a name of the book for each name of the file; ask where it is not nearly the same."""
    words = list(column.texts)[:MOST_NAMES]
    if len(column.texts) > MOST_NAMES:
        why = f"{len(column.texts):,} different names: they are taken as they stand"
        draft.reasons[*_AMOUNT, "resource"] = why
        return
    table = draft.raw.setdefault("names", {}).setdefault(column.name, {})
    if draft.known:
        _by_likeness(draft, column, table)
        return
    draft.reasons["names", column.name] = (
        "no resources are known yet: each name becomes one of its own, counted in its smallest unit whatever the pack"
    )
    by_id: dict[str, list[str]] = defaultdict(list)
    for word in words:
        table[word] = proposed_id(word)
        by_id[table[word]].append(word)
    alike = {(one, other): score for one, other, score in twins(words)}
    for made, same in by_id.items():
        for other in same[1:]:
            alike[same[0], other] = 100.0
            table[other] = made
    for (one, other), score in alike.items():
        _ask_twin(draft, column.name, table, (one, other, score))


def _ask_twin(draft: Draft, column: str, table: dict[str, str], pair: tuple[str, str, float]) -> None:
    """Ask whether two names of the file are one resource."""
    one, other, score = pair
    if one not in table or other not in table:
        return
    if table[other] == table[one]:
        said, choices = "differ only in the pack", (table[one], _by_pack(other))
    else:
        said = f"are {score:.0f} of 100 alike" if score < 100 else "differ only in accents, signs and capitals"
        choices = (table[other], table[one])
    question = f'"{other}" and "{one}" {said}. One resource ("{table[one]}"), or two?'
    del table[other]
    draft.ask(("names", column, other), question, choices)


def _by_pack(word: str) -> str:
    pack = pack_in(word)
    return f"{proposed_id(word)}-{pack.text.replace(' ', '-')}" if pack else f"{proposed_id(word)}-2"


def _by_likeness(draft: Draft, column: SeenColumn, table: dict[str, str]) -> None:
    for like in likeness(column.texts, draft.known):
        about = ("names", column.name, like.word)
        second = f'; next is "{like.second}" with {like.second_score:.0f}' if like.second else ""
        rows = column.texts[like.word]
        if like.sure:
            draft.put(about, like.best, f"{like.score:.0f} of 100 alike{second}; {several(rows, 'row')}")
            continue
        choices = [name for name in (like.best, like.second, proposed_id(like.word)) if name]
        said = f'"{like.best}" is {like.score:.0f} of 100 alike{second}' if like.best else "nothing known is like it"
        draft.ask(about, f'Which resource is "{like.word}" ({several(rows, "row")})? {said}.', choices)
        table.pop(like.word, None)


def _unit(draft: Draft, unit: SeenColumn | None, pack: SeenColumn | None, item: str) -> None:
    """Propose the unit, by a column, the header of the quantity, or the packs in the names."""
    about = (*_AMOUNT, "unit")
    if unit is not None and unit.number_share < 0.5:
        draft.put(about, column_text(unit.name), f'the header says "{unit.name}"')
        containers = _unit_words(draft, unit)
        if containers or pack is not None:
            _pack(draft, pack, item)
        return
    if pack is not None:
        draft.put(about, "pack", f'"{pack.name}" says how much a pack holds, so the quantity is of packs')
        _pack(draft, pack, item)
        return
    quantity = draft.raw["amount"][0].get("quantity", "")
    if found := _unit_in_header(quantity):
        draft.put(about, found[0], f'the header says "{found[1]}"')
        return
    recognised = _recognised(draft, item)
    if recognised:
        example = next(iter(recognised.values()))
        question = f'The names tell packs (e.g. "{example.words}"). Is the quantity a number of packs, or of the unit?'
        draft.ask(about, question, ("pack", example.unit, *_MEASURES))
        draft.ask((*_AMOUNT, "pack"), "What does a pack hold?", [example.text])
        return
    draft.ask(about, "No column and no header says the unit. In which unit is the quantity?", _MEASURES)


def _unit_words(draft: Draft, column: SeenColumn) -> set[str]:
    """Propose what the words of a column of units mean; return the containers among them."""
    words = column.texts
    if all(units.known(word) for word in words):
        return set()
    table = draft.raw.setdefault("names", {}).setdefault(column.name, {})
    containers = set()
    for word, rows in words.items():
        about = ("names", column.name, word)
        container, close = container_in(word), units.close(word)
        if units.known(word):
            table[word] = word
        elif container:
            table[word] = container
            containers.add(container)
        else:
            question = f'"{word}" is not a unit that is known ({several(rows, "row")}). What is it?'
            draft.ask(about, question, [close or "piece", *_MEASURES])
    return containers


def _pack(draft: Draft, pack: SeenColumn | None, item: str) -> None:
    """Propose what a pack holds: by its column with a measure, else by the packs in the names."""
    about = (*_AMOUNT, "pack")
    recognised = _recognised(draft, item)
    if pack is None:
        _pack_of_each(draft, item, recognised)
        return
    if pack.number_share < 0.5:
        draft.put(about, column_text(pack.name), f'the header says "{pack.name}"')
        return
    number = column_text(pack.name)
    measures = {found.unit for found in recognised.values()}
    companion = _companion(draft, item, recognised) if len(measures) > 1 else None
    if item and recognised:
        agree, told = _agreement(draft, pack, item, recognised)
        draft.put(
            (*_AMOUNT, "agrees"),
            column_text(item),
            f"the names tell packs too: in {agree:,} of {told:,} rows the same number; the others will come back until "
            "[packs] decides",
        )
    if companion:
        column, table = companion
        draft.raw.setdefault("names", {})[column] = table
        draft.put(about, f"{number} {column_text(column)}", f'the names tell the measure, and "{column}" goes with it')
        draft.reasons["names", column] = "the measure that the names of such rows tell"
    elif len(measures) == 1:
        [measure] = measures
        draft.put(about, f"{number} {measure}", "the measure that the names tell")
    else:
        draft.ask(about, f'"{pack.name}" holds numbers: of what?', [f"{number} {measure}" for measure in _MEASURES])


def _pack_of_each(draft: Draft, item: str, recognised: dict[str, Pack]) -> None:
    """Propose the pack of each resource that comes in packs by its name, or ask."""
    about = (*_AMOUNT, "unit")
    unit = draft.raw["amount"][0]["unit"].strip("{}")
    if not item:
        draft.ask((*_AMOUNT, "pack"), "What does a pack hold? No column says it.")
        return
    item_at, unit_at = draft.seen.named(item).position, draft.seen.named(unit).position
    pairs = {cell_of(row, item_at): cell_of(row, unit_at) for row in draft.seen.sample}
    packed = {name: word for name, word in pairs.items() if name and not units.known(word)}
    table = draft.raw.get("names", {}).get(item, {})
    draft.reasons[about] += "; what a pack holds stands in [packs]"
    for name, word in packed.items():
        resource = table.get(name)
        if resource is None or resource in draft.raw.setdefault("packs", {}):
            continue
        if name in recognised:
            draft.put(("packs", resource), recognised[name].text, f'the name says "{recognised[name].words}"')
        else:
            draft.ask(("packs", resource), f"What does one of the {word} of {name} hold? E.g. 50 kg, 24 piece.")


def _recognised(draft: Draft, item: str) -> dict[str, Pack]:
    """Return the packs that the names of resources tell."""
    if not item:
        return {}
    names = list(draft.seen.named(item).texts)[:MOST_NAMES]
    return {name: pack for name in names if (pack := pack_in(name))}


def _agreement(draft: Draft, pack: SeenColumn, item: str, recognised: dict[str, Pack]) -> tuple[int, int]:
    """Return in how many sampled rows name and column tell the same number, and in how many both tell one."""
    at = draft.seen.named(item).position
    told = [
        (recognised[cell_of(row, at)], cell_of(row, pack.position))
        for row in draft.seen.sample
        if cell_of(row, at) in recognised and cell_of(row, pack.position)
    ]
    return sum(decimal(found.number) == number for found, number in told), len(told)


def _companion(draft: Draft, item: str, recognised: dict[str, Pack]) -> tuple[str, dict[str, str]] | None:
    """Return a column whose words go with the measures that the names tell, and which word goes with which."""
    at = draft.seen.named(item).position
    fitting: list[tuple[int, str, dict[str, str]]] = []
    for column in draft.seen.columns:
        if column.name == item or not 1 < len(column.texts) <= 60 or column.number_share > 0.2:
            continue
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for row in draft.seen.sample:
            if found := recognised.get(cell_of(row, at)):
                counts[cell_of(row, column.position)][found.unit] += 1
        right, total, table = _votes(counts.items())
        if set(table) >= set(column.texts) and total and right / total >= _GOES_WITH:
            fitting.append((len(table), column.name, table))
    return min(fitting)[1:] if fitting else None


def _votes(counts: Iterable[tuple[str, Counter[str]]]) -> tuple[int, int, dict[str, str]]:
    right, total, table = 0, 0, {}
    for word, measures in counts:
        [(measure, most)] = measures.most_common(1)
        right, total = right + most, total + measures.total()
        table[word] = measure
    return right, total, table


def _unit_in_header(quantity: str) -> tuple[str, str] | None:
    """Return the unit that the header of the quantity names, and the word: ``Quantity (kg)``."""
    for word in reversed(re.findall(r"[^\W\d_]+", quantity)):
        plain = word if units.known(word) else word.casefold()
        if units.known(plain) and len(plain) <= 8 and plain not in ("d", "m", "s", "g", "day", "days", "min"):
            return plain, word
        if word == "MT":
            return "t", word
    return None


def _expires(draft: Draft) -> None:
    column = draft.column((*_AMOUNT, "expires"), "expires", needed=False, doubt=False)
    if not column:
        return
    seen = draft.seen.named(column)
    if seen.days == seen.filled:
        draft.put(("expires", "formats"), ["%Y-%m-%d"], "the cells are dates of the workbook itself")
        return
    evidence = date_evidence(seen.texts, month_is_enough=True)
    if evidence is None or not evidence.sure:
        why = evidence.why if evidence else f"{column} holds no dates that are recognised"
        draft.ask(("expires", "formats"), f"{why}. How is expiry written?", evidence.formats if evidence else ())
    else:
        draft.put(("expires", "formats"), list(evidence.formats), evidence.why)
