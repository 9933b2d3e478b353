"""The chair's pages are complete in every language: each of their own words has a translation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from muster.plan import sentences
from muster.web.catalogues import read_po

WEB = Path(__file__).parents[2] / "src" / "muster" / "web"
PAGES = ("pages/place", "pages/sheet", "pages/places", "pages/no_plan", "pages/faults")
OPEN = ("api/tokens", "openly/base", "openly/place", "openly/places", "openly/switch")
MODULES = (
    "api/views.py",
    "pages/places.py",
    "pages/templatetags/figures.py",
    "pages/templatetags/said.py",
    "openly/views.py",
)

_SHORT = re.compile(r"""{% translate (?:"([^"]+)"|'([^']+)') %}""")
_LONG = re.compile(r"{% blocktranslate[^%]*%}(.*?)(?:{% plural %}(.*?))?{% endblocktranslate %}", re.S)
_PYTHON = re.compile(r'gettext\(\s*"([^"]+)"')


def named(text: str) -> str:
    """Return the words of a template as they stand in a catalogue."""
    return re.sub(r"{{ (\w+) }}", r"%(\1)s", text)


def used() -> set[str]:
    """Return the keys of all words on the chair's pages."""
    found = set()
    for page in (*PAGES, *OPEN):
        text = (WEB / "templates" / f"{page}.html").read_text(encoding="utf-8")
        found |= {double or single for double, single in _SHORT.findall(text)}
        for one, more in _LONG.findall(text):
            found.add(f"{named(one)}\0{named(more)}" if more else named(one))
    for module in MODULES:
        found |= set(_PYTHON.findall((WEB / module).read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize(("language", "forms"), [("ru", 3), ("ar", 6)])
def test_catalogue_given_a_language_then_every_word_is_there_with_its_names(language: str, forms: int) -> None:
    known: dict[str, str] = {}
    for file in sorted((WEB / "locale" / language).glob("*.po")):
        known |= dict(read_po(file.read_text(encoding="utf-8")))
    words = used()
    assert len(words) > 40
    assert not {word for word in words if not known.get(word)}
    for word in words:
        parts = known[word].split("\0")
        assert len(parts) == (forms if "\0" in word else 1)
        assert "\0" in word or sorted(re.findall(r"%\(\w+\)s", word)) == sorted(re.findall(r"%\(\w+\)s", parts[0]))


@pytest.mark.parametrize("language", ["ru", "ar"])
def test_catalogue_given_the_sentences_of_a_plan_then_each_is_there_with_its_fields(language: str) -> None:
    known: dict[str, str] = {}
    for file in sorted((WEB / "locale" / language).glob("*.po")):
        known |= dict(read_po(file.read_text(encoding="utf-8")))
    for template in (*sentences.ALL, *sentences.THINGS):
        assert sorted(re.findall(r"{\w+}", known[template])) == sorted(re.findall(r"{\w+}", template))


def test_said_given_words_of_values_and_of_faults_then_each_is_translated() -> None:
    modules = ("pages/templatetags/said.py", "pages/told.py")
    text = "".join((WEB / module).read_text(encoding="utf-8") for module in modules)
    words = re.findall(r'_\("([^"]+)"\)', text)
    assert "Choose another plan." in words
    assert len(words) > 20
    for language in ("ru", "ar"):
        files = sorted((WEB / "locale" / language).glob("*.po"))
        known = dict(pair for file in files for pair in read_po(file.read_text(encoding="utf-8")))
        assert {word for word in words if not known.get(word)} == set()
