"""Which column may be what: by the words of its header or tag, and by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from muster.joining.heads import folded
from muster.joining.seen import Seen, SeenColumn

Fits = Callable[[SeenColumn], bool]


def _number(column: SeenColumn) -> bool:
    return column.number_share > 0.5


def _some_numbers(column: SeenColumn) -> bool:
    return column.number_share > 0.15


def _date(column: SeenColumn) -> bool:
    return column.date_share > 0.5


def _text(column: SeenColumn) -> bool:
    return column.filled > 0 and column.number_share < 0.5 and column.date_share < 0.5


def _any(column: SeenColumn) -> bool:
    return column.filled > 0


@dataclass(frozen=True)
class Role:
    """Something that a column can be.

    Attributes:
        name: ``quantity``, ``resource`` …
        says: How a person calls it.
        fits: Whether what stands in a column can be it.
        words: Phrases of headers and HXL tags, better ones first, separated by ``|``.
        against: Words that speak against it.
    """

    name: str
    says: str
    fits: Fits
    words: str
    against: str = ""


_ROLES = (
    Role(
        "quantity",
        "how much",
        _number,
        "quantity received|quantity issued|quantity counted|physical count|quantity delivered|line item quantity"
        "|quantity|qty|quantité|cantidad|quantidade|received|issued|delivered|distributed|counted|dispatched|amount|bags|nombre"
        "|balance|stock|#output|#item+qty",
        "price value cost usd eur amount_due rate per weight kilograms poids peso age min max year prix precio id",
    ),
    Role(
        "people",
        "how many people",
        _number,
        "#population|population|#affected|#targeted|#inneed|#reached|beneficiaries|people|persons|individuals|habitants"
        "|población|hombres|mujeres|hommes|femmes|men|women|male|female|boys|girls|affected|displacements|idps",
        "group age year id percent name",
    ),
    Role(
        "resource",
        "what it is",
        _text,
        "item description|commodity|item name|item|product name|product|resource|article|produit|producto|produto"
        "|material|goods|description|désignation|#item",
        "vendor form class group category status site code",
    ),
    Role("unit", "in which unit", _text, "unit of measure|uom|unit|unité|unidad|units|#item+unit", "price cost per"),
    Role(
        "pack",
        "how much a pack holds",
        _any,
        "per pack|units per pack|pack size|package size|packaging|conditionnement|contents per|per carton|per bag",
        "price cost value",
    ),
    Role(
        "date",
        "when it happened",
        _date,
        "date received|received date|delivered to client date|delivery date|date of count|count date|date|fecha|data"
        "|jour|day|#date",
        "expiry expiration expires expire best birth valid",
    ),
    Role(
        "expires",
        "when it expires",
        _any,
        "expiry date|expiration date|expiry|expires|expiration|best before|use by|péremption|caducidad|validade"
        "|#date+expiry|#date+expires",
    ),
    Role("lot", "which lot", _any, "batch number|batch no|batch|lot number|lot no|lot|lote", "allotment"),
    Role(
        "document",
        "number of the document",
        _any,
        "waybill|way bill|asn/dn|delivery note|dn #|grn|voucher|document no|document|po / so|order no|reference"
        "|bordereau|lettre de voiture|guía|#meta+id",
        "date description",
    ),
    Role(
        "from",
        "where it comes from",
        _text,
        "vendor|supplier|donor|sender|received from|consignor|from|fournisseur|expéditeur|proveedor|donante|donateur",
        "date term site",
    ),
    Role(
        "store",
        "which store",
        _text,
        "warehouse|store|depot|dépôt|entrepôt|bodega|almacén|facility|consignee|site|location|destination|country|pays"
        "|país|#loc|#adm2|#adm1|#country",
        "code manufacturing origin date name_of",
    ),
    Role(
        "place",
        "which place",
        _any,
        "#adm4+code|#adm3+code|#adm2+code|#adm1+code|adm4_pcode|adm3_pcode|adm2_pcode|adm1_pcode|pcode|p-code|#adm2"
        "|#adm1|#country+code|#country|district|province|departamento|governorate|iso3|country|place",
        "date",
    ),
    Role(
        "group",
        "which group of people",
        _text,
        "#population+group|population_group|population group|#beneficiary|beneficiary|group|groupe|grupo",
        "product",
    ),
    Role("weight", "what it weighs", _some_numbers, "weight|poids|peso|gross weight|net weight|#item+weight", "per"),
    Role("freight", "what the transport cost", _some_numbers, "freight|fret|flete|transport cost"),
)

ROLES: Mapping[str, Role] = MappingProxyType({role.name: role for role in _ROLES})
"""Everything that a column can be, by name."""


@dataclass(frozen=True)
class Candidate:
    """A column that may have a role: its place among the phrases of the role, from 0."""

    column: SeenColumn
    rank: int
    phrase: str


def candidates(seen: Seen, name: str) -> list[Candidate]:
    """Return the columns that may have a role, the best first."""
    role = ROLES[name]
    phrases = [folded(phrase) for phrase in role.words.split("|")]
    against = set(role.against.split())
    found = []
    for column in seen.columns:
        if not role.fits(column) or column.words & against:
            continue
        for rank, phrase in enumerate(phrases):
            if _holds(column, phrase):
                found.append(Candidate(column, rank, phrase))
                break
    return sorted(found, key=lambda candidate: (candidate.rank, candidate.column.position))


def _holds(column: SeenColumn, phrase: str) -> bool:
    if phrase.startswith("#"):
        root, *attributes = phrase.split("+")
        tag, *more = column.tag.casefold().split("+")
        return tag == root and set(attributes) <= set(more)
    name = folded(column.name)
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", name) is not None


KIND_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "count": "physical count|counted|stock count|stocktake|inventory count|inventaire|inventario|balance|on hand",
        "receipt": "received|receipt|vendor|supplier|delivered to|grn|fournisseur|proveedor|reçu|recibido",
        "dispatch": "dispatched|dispatch|consignee|loaded|expédié|despachado",
        "distribution": "distributed|distribution|beneficiaries served|distribué|distribuido",
        "loss": "lost|loss|damaged|spoiled|expired quantity|perte|pérdida",
        "people": "#population|population|#affected|#targeted|#inneed|#reached",
    }
)
"""Words in headers that say what the rows of a file are."""


def kinds_said(seen: Seen) -> dict[str, list[str]]:
    """Return the kinds of rows that the headers speak of, with the columns that say so, most first."""
    found: dict[str, list[str]] = {}
    for kind, words in KIND_WORDS.items():
        for column in seen.columns:
            if column.filled and any(_holds(column, folded(word)) for word in words.split("|")):
                found.setdefault(kind, []).append(column.name)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))
