import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.pictures.markup import Markup, element, join, shown, text


@given(words=st.text(), value=st.text())
def test_law_text_and_attributes_given_any_words_then_they_cannot_break_out(words: str, value: str) -> None:
    document = ET.fromstring(element("a", {"b": value}, text(words)).encode("utf-8", "xmlcharrefreplace").decode())
    kept = {ord(sign) for sign in words if sign >= " " or sign in "\t\n\r"}
    assert list(document) == []
    assert {ord(sign) for sign in document.text or ""} <= kept | {ord("\n")}


@pytest.mark.parametrize(
    ("value", "written"), [(True, '<a b=""/>'), (False, "<a/>"), (None, "<a/>"), (0.0, '<a b="0"/>')]
)
def test_element_given_a_switch_then_it_is_written_or_left_out(value: float | bool | None, written: str) -> None:
    assert element("a", {"b": value}) == written


def test_element_given_nothing_inside_then_it_is_still_open() -> None:
    assert element("td", None, Markup("")) == "<td></td>"


def test_join_given_words_between_then_they_are_escaped() -> None:
    assert join([Markup("<a/>"), Markup("<b/>")], " & ") == "<a/> &amp; <b/>"


@pytest.mark.parametrize(
    ("number", "written"), [(-0.04, "0"), (10.0, "10"), (2.25, "2.2"), (-3.5, "-3.5"), (1e6, "1000000")]
)
def test_shown_given_a_number_then_one_decimal_at_most(number: float, written: str) -> None:
    assert shown(number) == written
