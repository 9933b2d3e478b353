"""What ``muster why`` prints."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from muster.report.why import Account
from muster.services.whys import Answered

WIDTH = 110
"""Longest line."""


def why_text(answered: Answered, *, called: str) -> str:
    """Return an answer for people: the worst need in full, the others in a line each."""
    parts = [_whole(answered.accounts[0]) if answered.accounts else answered.nothing]
    if answered.also:
        parts.append("\n".join(["Also short:", *lines(answered.also)]))
        parts.append(f"ask      {called} NEED")
    if answered.page is not None:
        parts.append(f"page     {answered.page}")
    return "\n\n".join(parts)


def _whole(said: Account) -> str:
    parts = ["\n".join([said.title, *lines(f"{head}: {fact}" for head, fact in said.facts)])]
    holds = [f"{f'{share * 100:.0f} %' if share >= 0.005 else '<1 %':>5}  {sentence}" for share, sentence in said.holds]
    parts.append("\n".join(["What holds it:", *lines(holds, hang=7)]))
    if said.before:
        parts.append("\n".join(["Who was served before it:", *lines(said.before)]))
    changes = [*said.helps, *((what, "no change") for what in said.idle)]
    if changes:
        widest = max(len(effect) for _, effect in changes)
        tried = lines((f"{effect:<{widest}}  {what}" for what, effect in changes), hang=widest + 2)
        parts.append("\n".join(["What would change it:", *tried, *lines([said.note])]))
    return "\n\n".join(parts)


def lines(sentences: Iterable[str], *, hang: int = 2, indent: str = "  ") -> list[str]:
    """Return sentences as indented lines, broken where they are too long."""
    found: list[str] = []
    for sentence in sentences:
        lead = len(sentence) - len(sentence.lstrip())
        first, rest = indent + " " * lead, indent + " " * hang
        found += wrap(sentence.lstrip(), WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False)
    return found
