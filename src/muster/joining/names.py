"""Names in a file beside names in the book: fuzzy suggestions with their score; a person confirms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import combining, normalize

import numpy as np
from rapidfuzz import fuzz, process, utils

from muster.joining.packs import without_pack

SURE = 96.0
"""Score from which a name is taken as the same, if the next best is well below."""

POSSIBLE = 60.0
"""Score below which nothing is suggested."""

MARGIN = 8.0
"""How far the next best must be behind."""

_TWIN = 88.0
_SAME_WORD = 75.0
_LOOKED_AT = 25


@dataclass(frozen=True)
class Likeness:
    """The names of the book that are most like a name of a file.

    Attributes:
        word: As the file writes it.
        best: The most like; ``""`` where none is like it.
        score: 0 to 100.
        second, second_score: The runner-up.
    """

    word: str
    best: str
    score: float
    second: str = ""
    second_score: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether it needs no question: nearly the same, and nothing else is near."""
        return self.score >= SURE and self.score - self.second_score >= MARGIN


def likeness(words: Iterable[str], known: Mapping[str, Sequence[str]]) -> list[Likeness]:
    """Return for each word the known names that are most like it.

    Args:
        words: Names in a file.
        known: Name of the book -> other spellings of it (its title, its names in other languages).
    Example:
        >>> likeness(["Maize meel"], {"maize-meal": ["Maize meal"], "maize": []})[0].best
        'maize-meal'
    """
    spellings = [(spelling, name) for name, others in known.items() for spelling in (name, *others)]
    texts = [_plain(spelling) for spelling, _ in spellings]
    found = []
    for word in words:
        best: dict[str, float] = {}
        plain = _plain(word)
        for text, _, at in process.extract(plain, texts, scorer=fuzz.token_set_ratio, limit=_LOOKED_AT):
            if (score := _score(plain, text)) >= POSSIBLE:
                name = spellings[at][1]
                best[name] = max(best.get(name, 0.0), score)
        ordered = [*sorted(best.items(), key=lambda pair: (-pair[1], pair[0])), ("", 0.0), ("", 0.0)]
        (first, score), (second, second_score) = ordered[:2]
        found.append(Likeness(word, first, score, second, second_score))
    return found


def _score(one: str, other: str) -> float:
    """Return how alike two names are: the words in any order, and a little less where one has words more."""
    same_words = fuzz.token_sort_ratio(one, other)
    return max(same_words, 0.85 * fuzz.token_set_ratio(one, other), 0.95 * fuzz.ratio(one, other))


def _plain(text: str) -> str:
    letters = "".join(sign for sign in normalize("NFKD", text) if not combining(sign))
    return " ".join(utils.default_process(letters.replace("_", " ")).split())


def twins(words: Sequence[str]) -> list[tuple[str, str, float]]:
    """Return pairs of names of a file that may be one thing written in two ways, most alike first."""
    texts = [_plain(word) for word in words]
    scores = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=_TWIN)
    found = [
        (words[i], words[j], float(scores[i, j]))
        for i, j in np.argwhere(scores > 0)
        if i < j and _same_words(texts[i].split(), texts[j].split())
    ]
    return sorted(found, key=lambda pair: -pair[2])


def _same_words(one: list[str], other: list[str]) -> bool:
    """Return whether two names may have the same words, some with a slip: a word more, or another number, is meant."""
    return len(one) == len(other) and all(
        a == b if re.search(r"\d", a) else fuzz.ratio(a, b) >= _SAME_WORD for a, b in zip(one, other, strict=True)
    )


def proposed_id(text: str) -> str:
    """Return a name for the book made from a name of a file: small letters, hyphens, without the size of the pack.

    Example:
        >>> proposed_id("Lamivudine 150mg, tablets, 60 Tabs")
        'lamivudine-150mg-tablets'
    """
    made = _hyphened(without_pack(text))
    return made or _hyphened(text) or "unnamed"


def _hyphened(text: str) -> str:
    return re.sub(r"[^\w.+]+", "-", normalize("NFC", text).casefold()).strip("-.")
