"""Graded messages: each folder of ``tests/errors`` is run, and the page of messages shows what was said."""

from __future__ import annotations

from pathlib import Path

import pytest
from errors_page import ERRORS, PAGE, cases, commands, page, said


@pytest.mark.parametrize("folder", cases(), ids=lambda folder: folder.name)
def test_check_given_a_case_then_it_says_what_is_expected(folder: Path) -> None:
    assert said(folder) == (folder / "expected").read_text(encoding="utf-8")


def test_cases_then_each_has_the_three_parts() -> None:
    for folder in cases():
        parts = {each.name for each in folder.iterdir()}
        of_book = commands(folder)[-1].startswith("muster book ")
        assert parts - ({"given"} if of_book else set()) == {"command", "expected"} | (
            set() if of_book else {"economy"}
        )
    assert len(cases()) == len([each for each in ERRORS.iterdir() if each.is_dir()]) >= 40


def test_page_then_it_shows_the_cases_as_they_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/errors.md is stale: python tests/errors_page.py writes it anew"
    )


def test_expected_then_the_words_are_plain() -> None:
    for folder in cases():
        expected = (folder / "expected").read_text(encoding="utf-8")
        assert not [word for word in ("nvalid", "failed", "Traceback", "None", "null") if word in expected], folder
