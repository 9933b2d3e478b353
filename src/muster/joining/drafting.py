"""A mapping on its way: what is proposed, why, and what must be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from muster.joining.mapping import Question
from muster.joining.roles import ROLES, Candidate, candidates
from muster.joining.seen import Seen, SeenColumn
from muster.joining.templates import column_text, template

ANSWERED = "a person has said so"

Path = tuple[str, ...]
"""A key of a mapping: ``("date", "formats")``, ``("amount", "1", "pack")``."""


@dataclass
class Draft:
    """What is proposed so far.

    Attributes:
        seen: The columns of the file.
        known: Resources that exist already: name -> other spellings.
        raw: Tables of TOML.
        reasons: Why, by key.
        questions: What a person must answer.
        used: Columns that have a role already.
        answers: What a person has said already, by key; it is not asked again.
    """

    seen: Seen
    known: Mapping[str, Sequence[str]]
    raw: dict[str, Any] = field(default_factory=dict)
    reasons: dict[Path, str] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    answers: Mapping[Path, str] = field(default_factory=dict)

    def put(self, about: Path, value: Any, why: str) -> None:
        """Propose a value, with its reason."""
        *sections, name = about
        here: Any = self.raw
        for section in sections:
            here = here[int(section) - 1] if isinstance(here, list) else here.setdefault(section, {})
        here[name] = value
        self.reasons[about] = why

    def ask(self, about: Path, question: str, choices: Sequence[str] = ()) -> None:
        """Leave a key open and ask, unless it is answered already; the first choice is the likeliest."""
        if answer := self.answers.get(about):
            self.put(about, answer, ANSWERED)
            return
        self.questions.append(Question(about, question, tuple(dict.fromkeys(choices))))

    def find(self, role: str, *, doubt: bool = True) -> SeenColumn | None:
        """Return the column of a role; ``None`` where there is none, or where several may be it and ``doubt``."""
        found = self.free(role)
        if not found or (doubt and len(found) > 1):
            return None
        self.used[found[0].column.name] = role
        return found[0].column

    def free(self, role: str) -> list[Candidate]:
        """Return the columns that may have a role and have no other."""
        return [each for each in candidates(self.seen, role) if self.used.get(each.column.name, role) == role]

    def column(self, about: Path, role: str, *, text: str = "{}", needed: bool = True, doubt: bool = True) -> str:
        """Propose the column of a role for a key, or ask which it is.

        Args:
            about: The key.
            role: One of ``ROLES``.
            text: What stands around the column, e.g. ``store:{}``.
            needed: Whether to ask where no column fits.
            doubt: Whether to ask where several fit; else the best is proposed, and the others are named.
        Returns:
            The column that was proposed; ``""`` where it is asked, or where none fits and none is needed.
        """
        if answer := self.answers.get(about):
            self.put(about, answer, ANSWERED)
            named = template(answer).columns if text else (answer,)
            name = named[0] if named and any(column.name == named[0] for column in self.seen.columns) else ""
            self.used[name] = role
            return name
        found = self.free(role)
        if not found and not needed:
            return ""
        choices = [text.format(column_text(each.column.name)) if text != "" else each.column.name for each in found]
        if not found or (doubt and len(found) > 1):
            return self._ask_which(about, role, choices, text)
        best, others = found[0], found[1:]
        self.used[best.column.name] = role
        said = (
            f'the header says "{best.phrase}"' if not best.phrase.startswith("#") else f"its tag is {best.column.tag}"
        )
        if others:
            said += "; it could also be " + ", ".join(each.column.name for each in others[:4])
        self.put(about, choices[0], f"{ROLES[role].says}: {said}")
        return best.column.name

    def _ask_which(self, about: Path, role: str, choices: list[str], text: str) -> str:
        says = ROLES[role].says
        if choices:
            self.ask(about, f"Which column says {says}?", choices)
        else:
            every = [
                text.format(column_text(column.name)) if text != "" else column.name
                for column in self.seen.columns
                if column.filled and ROLES[role].fits(column)
            ]
            self.ask(about, f"No header says {says}. Which column does?", every[:20])
        return ""
