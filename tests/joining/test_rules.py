"""The rules of joining stand on their page, and messages name those that there are."""

from __future__ import annotations

import re
from pathlib import Path

from muster.joining.rules import JOINING_RULES

ROOT = Path(__file__).resolve().parents[2]


def test_joining_rules_given_the_page_then_it_says_each_as_it_is() -> None:
    page = (ROOT / "docs/joining.md").read_text(encoding="utf-8")
    assert dict(re.findall(r"^\| (J\d+) \| (.+) \|$", page, re.MULTILINE)) == dict(JOINING_RULES)


def test_joining_rules_given_the_code_then_it_names_only_those() -> None:
    rooms = ("joining", "texts")
    code = [path for room in rooms for path in (ROOT / "src/muster" / room).glob("*.py") if path.name != "rules.py"]
    named = {rule for path in code for rule in re.findall(r'"(J\d+)"', path.read_text(encoding="utf-8"))}
    assert named == set(JOINING_RULES)
