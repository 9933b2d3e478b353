"""Questions of a mapping: what is not certain is asked, and nothing is imported before a person has answered."""

from __future__ import annotations

from dataclasses import replace

from muster.economy.format import shown
from muster.errors import Fault
from muster.joining.mapping import Mapping, Question
from muster.joining.mapping_toml import from_toml, to_toml
from muster.joining.rules import JoiningError


def open_questions(mapping: Mapping) -> tuple[Question, ...]:
    """Return the questions that a person must still answer."""
    return mapping.questions


def answered(mapping: Mapping, answers: dict[tuple[str, ...], str]) -> Mapping:
    """Return the mapping with answers filled in, by what the questions are about.

    Raises:
        JoiningError: An answer is none of the choices (J5), or what it fills is then wrong (J4).
    """
    questions = tuple(replace(each, answer=answers.get(each.about, each.answer)) for each in mapping.questions)
    return from_toml(to_toml(replace(mapping, questions=questions)), file="the answers")


def refuse_open_questions(mapping: Mapping) -> None:
    """Raise one fault for each question that is open (J5)."""
    faults = []
    for question in mapping.questions:
        choices = ", ".join(shown(choice) for choice in question.choices)
        do = f"write the answer into its question in the mapping{': ' + choices if choices else ''}"
        where = f"[[question]] about {'.'.join(question.about)}"
        faults.append(Fault(f"A question is open: {question.ask}", where, "no answer", do, "J5"))
    if faults:
        raise JoiningError(faults)
