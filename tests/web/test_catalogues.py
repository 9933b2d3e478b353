"""Translations: compiled by the standard library, complete in each language."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest

from muster.web.catalogues import compiled, read_po

WEB = Path(__file__).parents[2] / "src/muster/web"
LANGUAGES = ("ru", "ar")
IN_TEMPLATE = re.compile(r"""\{% translate (?:"([^"]+)"|'([^']+)')""")
IN_CODE = re.compile(r"""\b(?:gettext|_)\(\s*"([^"]+)"\s*\)""")


CATALOGUE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : "
"n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"

# how it is said
msgid "%d bag"
msgid_plural "%d bags"
msgstr[0] "%d мешок"
msgstr[1] "%d мешка"
msgstr[2] "%d мешков"

msgctxt "month"
msgid "May"
msgstr "май"

msgid "long "
"text"
msgstr "длинный \"текст\""

msgid "none"
msgstr ""
"""


def said(folders: tuple[str, ...]) -> set[str]:
    """Return every text that pages and code of some folders ask a translation for."""
    found: set[str] = set()
    for folder in folders:
        for file in [*(WEB / folder).rglob("*.html"), *(WEB / folder).rglob("*.py")]:
            pattern = IN_TEMPLATE if file.suffix == ".html" else IN_CODE
            found |= {"".join(each) for each in pattern.findall(file.read_text(encoding="utf-8"))}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_given_the_clerks_pages_and_the_login_then_every_text_is_translated(language: str) -> None:
    folders = ("clerk", "codes", "people", "templates/clerk", "templates/codes", "templates/people")
    files = sorted((WEB / "locale" / language).glob("*.po"))
    known = {key: text for file in files for key, text in read_po(file.read_text(encoding="utf-8"))}
    wanted = said(folders) | {"".join(each) for each in IN_TEMPLATE.findall((WEB / "templates/base.html").read_text())}
    assert len(wanted) > 80
    assert {text for text in wanted if not known.get(text)} == set()
    assert {text for text in wanted if known.get(text) == text} == set()


def test_compiled_given_plurals_and_context_then_gettext_reads_them(tmp_path: Path) -> None:
    (tmp_path / "po/ru").mkdir(parents=True)
    (tmp_path / "po/ru/a.po").write_text(CATALOGUE, encoding="utf-8")
    read = gettext.translation("django", compiled(tmp_path / "po", to=tmp_path / "mo"), languages=["ru"])
    assert [read.ngettext("%d bag", "%d bags", n) for n in (1, 3, 11)] == ["%d мешок", "%d мешка", "%d мешков"]
    assert read.pgettext("month", "May") == "май"
    assert read.gettext("long text") == 'длинный "текст"'
    assert read.gettext("none") == "none"


@pytest.mark.parametrize("text", ["hello", 'msgid "a\nmsgstr "b"', "msgid a"])
def test_read_po_given_no_catalogue_then_says_where(text: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        list(read_po(text))
