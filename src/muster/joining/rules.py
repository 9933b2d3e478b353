"""The rules of joining by number, and the one kind of error that this room raises."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from muster.errors import JoiningError

__all__ = ["JOINING_RULES", "JoiningError"]

JOINING_RULES: Mapping[str, str] = MappingProxyType(
    {
        "J1": "A file that is joined exists, may be read, is not larger than the bounds, and is a table.",
        "J2": "A text file is in the encoding that its mapping states, with whole quotes around cells.",
        "J3": "Every column that a mapping names stands once in the header of the file.",
        "J4": "A mapping has the sections and keys that its kind needs, and no others.",
        "J5": "Every question of a mapping is answered by a person before anything is imported.",
        "J6": "A row has as many cells as the header, and cells that must be filled are filled.",
        "J7": "A name is in the table of names that a person has confirmed.",
        "J8": "A number is written with the signs that the mapping states, and is above zero where something moves.",
        "J9": "A date fits exactly one day by the formats that the mapping states.",
        "J10": "An amount is a number of known units or packs and comes out whole in the smallest unit.",
        "J11": "The key of a row is filled, and no other row of the file has it.",
        "J12": "What stands on another line is found there.",
        "J13": "A row that the mapping leaves out says why.",
        "J14": "Numbers of people of a place do not overlap, and parts are not more than the whole.",
        "J15": "A text message follows its short grammar and names what is known.",
    }
)
"""Rules of joining; the book's own are numbered B1 …, those of the log L1 …."""
