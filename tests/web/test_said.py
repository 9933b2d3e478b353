"""Sentences of a plan in the reader's language: templates, periods, numbers, lists, and what is not known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from muster.web.serve import Ready

MARKS = re.compile("[\u2066-\u2069]")
SENTENCES = (
    (
        "Flour: all there is in Depot at the start is 1,234.5 t.",
        "Flour: всё, что есть вначале (Depot), — 1 234,5 т.",
        "Flour: كل ما هو موجود في البداية في Depot هو 1 234,5 طن.",
    ),
    (
        "The reserve of Flour in all places together: 40 t are held back (end of December 2022 to February 2023).",
        "Запас: Flour, все места вместе: придержано 40 т (конец периода: декабрь 2022 – февраль 2023).",
        "احتياطي Flour في كل الأماكن معًا: يُحتفظ بـ 40 طن (نهاية ديسمبر 2022 – فبراير 2023).",
    ),
    (
        "0.1 t a day more on Depot → Hill (truck), week of 2 November 2026 (now 1.5 to 2)",
        "больше на 0,1 т в день: по дороге Depot → Hill (truck), неделя с 2 ноября 2026 (сейчас 1,5–2)",
        "زيادة 0,1 طن في اليوم: على Depot → Hill (truck)، أسبوع 2 نوفمبر 2026 (الآن 1,5–2)",
    ),
    (
        "Roads that are full: A → B (truck), C → D (mule) and 3 more.",
        "Дороги загружены полностью: A → B (truck), C → D (mule) и ещё 3.",
        "طرق ممتلئة: A → B (truck)، C → D (mule) و3 أخرى.",
    ),
    (
        "People who have as little or less of theirs: Heat in the room in Ada (70 %) and Bor (72.5 to 80 %).",
        "Люди, у которых столько же или меньше: Heat in the room: Ada (70 %) и Bor (72,5–80 %).",
        "أناس لديهم مثل هذا القليل أو أقل: Heat in the room: Ada (70 %) وBor (72,5–80 %).",
    ),
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_said_given_a_sentence_then_in_each_language(ready: Ready, sentence: tuple[str, str, str]) -> None:
    from django.utils.translation import override

    from muster.web.pages.templatetags.said import said

    for language, told in zip(("en", "ru", "ar"), sentence, strict=True):
        with override(language):
            assert MARKS.sub("", said(sentence[0])).replace("\u00a0", " ") == told


def test_said_given_an_unknown_sentence_then_english_and_marked_so_with_its_marks_as_words(ready: Ready) -> None:
    from django.utils.translation import override

    from muster.web.pages.templatetags.said import said

    with override("ru"):
        assert said("It <b>rains</b>.") == '<span lang="en" dir="ltr">It &lt;b&gt;rains&lt;/b&gt;.</span>'
    with override("en"):
        assert said("It <b>rains</b>.") == "It &lt;b&gt;rains&lt;/b&gt;."


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("November 2026", "Ноябрь 2026"),
        ("November 2026 to January 2027", "Ноябрь 2026 – Январь 2027"),
        ("2026", "2026"),
    ],
)
def test_period_given_russian_then_its_months(ready: Ready, name: str, told: str) -> None:
    from django.utils.translation import override

    from muster.web.pages.templatetags.said import period

    with override("ru"):
        assert period(name) == told


@pytest.mark.parametrize(
    ("people", "russian", "arabic"),
    [
        ("1 person", "1 человек", "1 شخص"),
        ("3 people", "3 человека", "3 أشخاص"),
        ("11 people", "11 человек", "11 شخصًا"),
        ("1,500 people", "1 500 человек", "1 500 شخص"),
    ],
)
def test_said_given_people_then_in_the_plural_of_the_language(
    ready: Ready, people: str, russian: str, arabic: str
) -> None:
    from django.utils.translation import override

    from muster.web.pages.templatetags.said import said

    sentence = f"Nothing holds Hill back: {people} there have the full standard of Heat, all the time."
    for language, told in (("ru", russian), ("ar", arabic)):
        with override(language):
            assert f" {told} " in MARKS.sub("", said(sentence)).replace("\u00a0", " ")
