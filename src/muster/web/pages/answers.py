"""The answer to an objection that changes something takes two: an officer answers, another one approves."""

from __future__ import annotations

from django.utils import timezone

from muster.web.approvals.kinds import Kind, add
from muster.web.approvals.models import LONGEST_TEXT, Request
from muster.web.approvals.requests import Asked, ask
from muster.web.pages.models import Objection
from muster.web.people.person import Person


def answer_asked(objection: Objection, text: str, person: Person) -> Request:
    """Ask for approval of an answer that changes something."""
    what = f"Answer objection {objection.number} of {objection.place_name}, so that something changes: {text}"
    data = {"objection": objection.pk, "text": text, "by": person.name}
    asked = Asked(objection.subject, what, objection.text[:LONGEST_TEXT], data, objection.unit)
    return ask(ANSWER, asked, by=person)


def _answer(request: Request, approver: Person) -> str:
    data = request.data
    still = Objection.objects.filter(pk=data["objection"], answered=None)
    signed = f"{data['by']}, {approver.name}"[:150]
    if still.update(answer=data["text"], officer=signed, answered=timezone.now()):
        return f"answered, signed by {signed}"
    return "it had been answered before; that answer stands"


ANSWER = add(
    Kind(
        "answer",
        "answering an objection so that something changes",
        carry_out=_answer,
        roles=frozenset({"logistician"}),
    )
)
