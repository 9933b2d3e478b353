"""Sentences as templates and values: whatever is written from a template is read back to it."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.plan import sentences
from muster.plan.sentences import filled, read

FORMS = {
    "when": st.sampled_from(["November 2026", "week of 2 November 2026 to week of 9 November 2026", "2026, 2028"]),
    "amount": st.sampled_from(["45 t", "3", "1,000,000 kWh"]),
    "number": st.sampled_from(["0.1", "1,234", "50"]),
    "now": st.sampled_from(["42", "0.5 to 1,200"]),
    "level": st.sampled_from(["91.7 %", "4 %"]),
    "down": st.just("40 %"),
    "count": st.just("7"),
    "share": st.just("0.2%"),
}
NAMES = st.text("abÄж {}.-'", min_size=1, max_size=8)


def fields(template: str) -> list[str]:
    """Return the names of the fields of a template."""
    return [name for _, name, _, _ in Formatter().parse(template) if name]


@pytest.mark.parametrize("template", [*sentences.ALL, *sentences.THINGS])
@given(data=st.data())
def test_law_read_given_what_was_written_then_its_template_and_the_same_text(
    template: str, data: st.DataObject
) -> None:
    forms = FORMS | ({"amount": st.just("1,234 runs of 5 t")} if template == sentences.PLANT else {})
    values = {name: data.draw(forms.get(name, NAMES)) for name in fields(template)}
    said = template.format(**values)
    found = read(said, among=sentences.THINGS if template in sentences.THINGS else sentences.ALL)
    assert found is not None
    assert found.template == template
    assert found.template.format(**found.values) == said


@given(NAMES, NAMES)
def test_law_filled_given_any_names_then_the_other_fields_are_left(what: str, where: str) -> None:
    left = filled(sentences.STOCK, {"what": what, "where": where})
    assert left.format(amount="5 t") == sentences.STOCK.format(what=what, where=where, amount="5 t")


def test_read_given_another_sentence_then_none() -> None:
    assert read("It rains.") is None


def test_templates_given_all_then_each_field_stands_once_in_each() -> None:
    for template in (*sentences.ALL, *sentences.THINGS):
        assert len(fields(template)) == len(set(fields(template)))
        assert re.fullmatch(r"[^{}]*(\{\w+\}[^{}]*)*", template)
