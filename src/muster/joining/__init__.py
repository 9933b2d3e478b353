"""Other people's files and messages become events of the book, or come back with their reason.

Events are dicts in the interchange form that ``muster.book.lines.read_line`` reads, without ``n``: the book of the
recorder gives the running number to those that it does not know yet (``numbered``).

- ``suggest(path, known=…, answers=…)`` → ``Suggestion``: a proposed mapping, its reasons and its open questions;
  ``.toml`` is what a person reads. ``answered(mapping, {about: answer})`` fills answers in.
- ``read_mapping(path)``, ``from_toml(text, file=…)``, ``to_toml(mapping)``, ``mapping_digest(mapping)``.
- ``read_batch(path, mapping)`` → ``Batch``: events, returned rows, totals that add up, the digest that is its id.
  ``batch_text`` and ``Batch.as_dict`` show it.
- ``compare(batch, recorded)`` → ``Differences``: what a corrected file says beside what is recorded;
  ``corrections`` are the reversals and new events, ``differences_text`` shows them.
- ``read_people(path, mapping)`` → ``PeopleBatch``: rows (place, group, people) for the table ``people`` of an economy.
- ``read_message(text, sender=…, lexicon=…, at=…)`` → ``Reply``: the event of a text message, and the answer to it.
- ``look(path)``: what kind of file it is, with the evidence. ``JoiningError`` carries the faults of what cannot be
  joined; ``rules.JOINING_RULES`` are J1 to J15.

A file is opened within bounds, in a process of its own: a workbook by ``economy.guard``, a text by ``texts``.
"""

from muster.joining.batch import Batch, Returned, Taken, Total, batch_text, numbered
from muster.joining.differences import (
    Change,
    Differences,
    Recorded,
    RecordedEvent,
    compare,
    corrections,
    differences_text,
)
from muster.joining.ids import event_id, message_id, reversal_id
from muster.joining.mapping import Mapping, Question
from muster.joining.mapping_toml import from_toml, mapping_digest, read_mapping, to_toml
from muster.joining.messages import Lexicon, Reply, Sender, read_message
from muster.joining.opening import Look, look
from muster.joining.people import People, PeopleBatch, read_people
from muster.joining.problems import Problem
from muster.joining.questions import answered, open_questions
from muster.joining.rows import read_batch
from muster.joining.rules import JoiningError
from muster.joining.suggest import Suggestion, suggest

__all__ = [
    "Batch", "Change", "Differences", "JoiningError", "Lexicon", "Look", "Mapping", "People", "PeopleBatch", "Problem",
    "Question", "Recorded", "RecordedEvent", "Reply", "Returned", "Sender", "Suggestion", "Taken", "Total",
    "answered", "batch_text", "compare", "corrections", "differences_text", "event_id", "from_toml", "look",
    "mapping_digest", "message_id", "numbered", "open_questions", "read_batch", "read_mapping", "read_message",
    "read_people", "reversal_id", "suggest", "to_toml",
]  # fmt: skip
