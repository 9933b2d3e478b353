"""Packs that stand in a text: "tablets, 60 Tabs", "Bottle 5 x 60 ml", "25 kg bag", "60+60 Tabs"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from muster import units
from muster.joining.numbers import plain_digits

_PIECES = (
    "tab tabs tablet tablets cap caps capsule capsules test tests pc pcs piece pieces unit units vial vials ampoule "
    "ampoules amp sachet sachets dose doses strip strips kit kits set sets roll rolls pair pairs tin tins can cans "
    "comprimé comprimés gélule gélules pièce pièces boîte boîtes pieza piezas tableta tabletas"
)
_MEASURES = "kg g mg l litre litres liter liters ml cl t kgs gr ltr ltrs lt lts gm gms"
_SAME: Mapping[str, str] = MappingProxyType(
    {"kgs": "kg", "gr": "g", "gm": "g", "gms": "g", "ltr": "l", "ltrs": "l", "lt": "l", "lts": "l"}
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "bag": "bag bags sack sacks sac sacs saco sacos",
        "case": "case cases carton cartons ctn ctns",
        "box": "box boxes caisse caisses caja cajas",
        "drum": "drum drums fût fûts barrel barrels",
        "bottle": "bottle bottles bouteille bouteilles botella botellas flacon flacons",
        "jerrycan": "jerrycan jerrycans jerrican jerricans bidon bidons",
        "tin": "tin tins can cans",
        "bale": "bale bales ballot ballots",
        "blister": "blister blisters",
        "pack": "pack packs packet packets pkt",
        "sachet": "sachet sachets",
        "pallet": "pallet pallets palette palettes",
    }
)
_CONTAINERS: Mapping[str, str] = MappingProxyType(
    {word: name for name, words in _WORDS.items() for word in words.split()}
)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?![\d,])|\d+(?:[.,]\d+)?"
_UNIT = "|".join(sorted((*_PIECES.split(), *_MEASURES.split()), key=len, reverse=True))
_PACK = re.compile(
    rf"(?<![\w./+])(?<!\d,)((?:(?:{_NUMBER})\s*[x×*]\s*)*)((?:{_NUMBER})(?:\s*\+\s*(?:{_NUMBER}))*)\s*-?\s*({_UNIT})\b(?![/\w])",
    re.IGNORECASE,
)
_NAMED = "|".join(sorted(_CONTAINERS, key=len, reverse=True))
_CONTAINER = re.compile(rf"\b({_NAMED})\b", re.IGNORECASE)
_INSIDE = re.compile(rf"(?<![\w./])({_NUMBER})\s*(?:{_NAMED})\s+(?:of|de|à)\s+$", re.IGNORECASE)
_HOLDS = re.compile(rf"\b({_NAMED})\s+(?:of|de|à)\s+({_NUMBER})(?![\w.,/])", re.IGNORECASE)
_PER = re.compile(rf"(?<![\w./,])({_NUMBER})\s*(?:per|par|por|/)\s*({_NAMED})\b", re.IGNORECASE)
_LAST = re.compile(rf"(?:^|[\s,;])\s*({_NAMED})(\s+(?:of|de|à))?[\s,;-]*$", re.IGNORECASE)
_STRENGTH = frozenset({"mg"})


@dataclass(frozen=True)
class Pack:
    """A pack that was recognised in a text.

    Attributes:
        words: The words that say it: ``5 x 60 ml``.
        number: How much it holds: 300.
        unit: ``piece`` or a unit of measure: ``ml``.
        container: ``bag``, ``bottle`` …; ``""`` where the text names none.
    """

    words: str
    number: Fraction
    unit: str
    container: str = ""

    @property
    def text(self) -> str:
        """The pack as the interchange writes it, e.g. ``300 ml``."""
        return f"{decimal(self.number)} {self.unit}"

    def agrees_with(self, pack: str) -> bool:
        """Return whether another pack (``300 ml``) holds as much; one of another measure says nothing against it."""
        number, _, unit = pack.partition(" ")
        try:
            return Fraction(number) * units.factor(unit, self.unit) == self.number
        except (ValueError, ZeroDivisionError):
            return True


def pack_in(text: str) -> Pack | None:
    """Return the pack that a text names, the last one where there are several; ``None`` where there is none.

    Strengths such as ``150mg`` are no packs.

    Example:
        >>> pack_in("Lopinavir 80/20mg/ml, oral solution, Bottle 5 x 60 ml").text
        '300 ml'
        >>> pack_in("Lamivudine 150mg, tablets, 60 Tabs").text, pack_in("case of 24 tins of 400 g").text
        ('60 piece', '9600 g')
    """
    plain = plain_digits(text)
    found = [match for match in _PACK.finditer(plain) if match[3].casefold() not in _STRENGTH]
    if not found:
        return _of_pieces(plain)
    match = found[-1]
    number = sum((_exact(part) for part in match[2].split("+")), Fraction(0))
    for part in re.split(r"[x×*]", match[1], flags=re.IGNORECASE):
        if part.strip():
            number *= _exact(part)
    words = match[0]
    if outer := _INSIDE.search(plain, 0, match.start()):
        number *= _exact(outer[1])
        words = outer[0] + words
    word = match[3].casefold()
    unit = _SAME.get(word, word) if word in _MEASURES.split() else "piece"
    container = _CONTAINER.search(plain)
    return Pack(" ".join(words.split()), number, unit, _CONTAINERS[container[1].casefold()] if container else "")


def _of_pieces(text: str) -> Pack | None:
    """Return the pack of a text that says how many are in a container, and not of what."""
    if holds := _HOLDS.search(text):
        return Pack(holds[0], _exact(holds[2]), "piece", _CONTAINERS[holds[1].casefold()])
    if per := _PER.search(text):
        return Pack(per[0], _exact(per[1]), "piece", _CONTAINERS[per[2].casefold()])
    return None


def without_pack(text: str) -> str:
    """Return a text without the words of its pack: ``Maize`` for ``Maize, bag of 50 kg``.

    Example:
        >>> without_pack("Maize, bag of 50 kg"), without_pack("Oral solution, Bottle 5 x 60 ml")
        ('Maize', 'Oral solution')
    """
    pack = pack_in(text)
    plain = text.replace(pack.words, " ") if pack else text
    return _LAST.sub("", plain).strip(" ,;-") if pack else text


def container_in(text: str) -> str:
    """Return the container that a word names: ``bag`` for ``Sacks``; ``""`` where it names none."""
    found = _CONTAINER.fullmatch(text.strip())
    return _CONTAINERS[found[1].casefold()] if found else ""


def _exact(text: str) -> Fraction:
    text = text.strip()
    grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+", text)
    return Fraction(text.replace(",", "") if grouped else text.replace(",", "."))


def decimal(number: Fraction) -> str:
    """Return a number that came from decimals as decimal text, exactly."""
    if number.denominator == 1:
        return str(number.numerator)
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")
