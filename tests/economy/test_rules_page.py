"""The page of rules."""

from __future__ import annotations

from muster.economy.check import RULES
from muster.economy.rules_page import rules_page


def test_rules_page_then_every_rule_has_its_number_title_and_text() -> None:
    page = rules_page()
    for rule in RULES:
        assert f"### {rule.number} · {rule.title}\n\n*{rule.finds.capitalize()}.* {rule.why}\n" in page
    assert page.count("\n### T") == len(RULES)
    assert page.count("\n| F") == 13


def test_rules_then_numbers_run_on_and_texts_are_whole_sentences() -> None:
    assert [rule.number for rule in RULES] == [f"T{count}" for count in range(1, len(RULES) + 1)]
    assert all(rule.title and not rule.title.endswith(".") and rule.why.endswith(".") for rule in RULES)
