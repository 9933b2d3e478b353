"""A mapping in TOML: read with every fault, written so that it reads back the same."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.joining.mapping import AmountForm, Mapping, Question
from muster.joining.mapping_toml import from_toml, mapping_digest, mapping_of, read_mapping, to_toml
from muster.joining.questions import answered, open_questions, refuse_open_questions
from muster.joining.rules import JoiningError
from muster.joining.templates import template

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "joining"

GOOD = """\
[mapping]
source = "depot"
kind = "receipt"
[event]
unit = "kabul"
recorder = "import depot"
from = "outside:{From}"
to = "store:kabul"
[date]
column = "Date"
formats = ["%d/%m/%Y"]
[[amount]]
quantity = "{Quantity}"
resource = "{Item}"
unit = "kg"
"""


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(JoiningError) as caught:
        from_toml(text, file="depot.toml")
    assert all(fault.rule in ("J4", "J5") and fault.do for fault in caught.value.faults)
    return [(fault.what, fault.where) for fault in caught.value.faults]


@pytest.mark.parametrize("name", ["scms", "depot", "population"])
def test_to_toml_given_a_shipped_mapping_then_it_reads_back_the_same(name: str) -> None:
    mapping = read_mapping(EXAMPLES / f"{name}.toml")
    assert from_toml(to_toml(mapping), file="x") == mapping


def test_from_toml_given_the_least_then_the_rest_has_its_defaults() -> None:
    mapping = from_toml(GOOD, file="depot.toml")
    assert (mapping.file.encoding, mapping.file.header, mapping.date.at, mapping.about.key) == (
        "utf-8",
        (1,),
        "12:00",
        (),
    )
    assert mapping.amounts == (AmountForm(quantity="{Quantity}", resource="{Item}", unit="kg"),)


def test_from_toml_given_one_text_where_a_list_is_meant_then_a_list_of_one() -> None:
    text = GOOD.replace('["%d/%m/%Y"]', '"%d/%m/%Y"')
    assert from_toml(text, file="depot.toml").date.formats == ("%d/%m/%Y",)


@pytest.mark.parametrize(
    ("old", "new", "what", "where"),
    [
        ('kind = "receipt"', 'kind = "reciept"', "A key has a word that it does not know.", "[mapping] kind"),
        ('kind = "receipt"', 'knd = "receipt"', "A section has no such key.", "[mapping] knd"),
        ("[date]", "[dates]", "A mapping has no such section.", "[dates]"),
        ('source = "depot"', "source = 7", "A key has a value of another kind.", "[mapping] source"),
        ('source = "depot"', "", "A key that is needed is missing.", "[mapping] source"),
        ("[[amount]]", "[amount]", "A section stands in one pair of brackets.", "[[amount]]"),
        ('unit = "kabul"\n', "", "A key that is needed is missing.", "[event] unit"),
        ('["%d/%m/%Y"]', '["%d/%m"]', "A format of dates is not whole: it has no year.", "[date] formats"),
        ('["%d/%m/%Y"]', "[]", "A key that is needed is missing.", "[date] formats"),
        ("outside:{From}", "store:{From}", "What a receipt moves comes from another place than this.", "[event] from"),
        ("store:kabul", "people:kabul", "What a receipt moves goes to another place than this.", "[event] to"),
        ("{Item}", "{Item", "A brace is not closed, or there is no column in it.", "[amount] resource"),
        ('"{Quantity}"', '"600"', "A quantity is not one column.", "[amount] quantity"),
        ("[date]", '[date]\nat = "25:00"', "A time of day is not HH:MM.", "[date] at"),
        ("[date]", '[date]\noffset = "4:30"', "An offset is not +HH:MM or -HH:MM.", "[date] offset"),
        (
            "[date]",
            '[numbers]\nwritten = "1000"\n[date]',
            "A key has a word that it does not know.",
            "[numbers] written",
        ),
        ("[event]", '[file]\nencoding = "utf-9"\n[event]', "An encoding is not known.", "[file] encoding"),
        ("[event]", '[file]\ndelimiter = ";;"\n[event]', "A delimiter is one sign.", "[file] delimiter"),
        ("[event]", "[file]\nheader = [3]\n[event]", "The data begin before the header ends.", "[file] data"),
        ("[event]", "[file]\nheader = [2, 1]\n[event]", "The lines of the header are not in order.", "[file] header"),
        ("[event]", '[names]\nItem = "x"\n[event]', "Names are no table.", '[names."Item"]'),
        ("[event]", '[packs]\nflour = ""\n[event]', "A name is blank or no text.", "[packs] flour"),
        (
            "[event]",
            '[[skip]]\ncolumn = "x"\nbecause = "y"\n[event]',
            "A rule of rows to leave out tests nothing.",
            "[skip] x",
        ),
        (
            "[event]",
            "[[skip]]\nblank = true\n[event]",
            "A rule of rows to leave out says not where to look, or not why.",
            "[skip]",
        ),
        (
            "[event]",
            '[[noted]]\nname = "w"\ncolumn = "W"\nrefers = "See"\n[event]',
            "A reference names no column.",
            "[noted] refers",
        ),
    ],
)
def test_from_toml_given_one_thing_wrong_then_says_what_and_where(old: str, new: str, what: str, where: str) -> None:
    assert old in GOOD
    assert (what, f"depot.toml, {where}") in faults(GOOD.replace(old, new))


def test_from_toml_given_many_things_wrong_then_all_at_once() -> None:
    found = faults(GOOD.replace('unit = "kabul"', "unit = 1").replace("kind =", "kin =").replace("[date]", "[dte]"))
    assert [where for _, where in found] == [
        "depot.toml, [mapping] kin",
        "depot.toml, [event] unit",
        "depot.toml, [dte]",
    ]


@pytest.mark.parametrize(
    ("kind", "lacks"), [("count", ["[event] place", "[event] closed_by"]), ("people", ["[people] place"])]
)
def test_from_toml_given_another_kind_then_it_needs_other_keys(kind: str, lacks: list[str]) -> None:
    found = [where for what, where in faults(GOOD.replace("receipt", kind)) if "needed is missing" in what]
    assert [where for where in found if "amount" not in where] == [f"depot.toml, {each}" for each in lacks]


def test_read_mapping_given_no_toml_then_the_line(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text("[mapping]\nsource = depot\n")
    with pytest.raises(JoiningError) as caught:
        read_mapping(path)
    assert "line 2" in caught.value.faults[0].seen


@pytest.mark.parametrize("data", [None, b"\xff\xfe\x00"])
def test_read_mapping_given_no_file_or_no_text_then_says_so(tmp_path: Path, data: bytes | None) -> None:
    path = tmp_path / "m.toml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(JoiningError):
        read_mapping(path)


QUESTION = (
    '[[question]]\nabout = ["date", "formats"]\nask = "Which?"\nchoices = ["%d/%m/%Y", "%m/%d/%Y"]\nanswer = ""\n'
)


def test_refuse_open_questions_given_one_then_it_is_named_and_its_key_may_be_blank() -> None:
    mapping = from_toml(GOOD.replace('formats = ["%d/%m/%Y"]\n', "") + QUESTION, file="depot.toml")
    assert [question.ask for question in open_questions(mapping)] == ["Which?"]
    with pytest.raises(JoiningError) as caught:
        refuse_open_questions(mapping)
    [fault] = caught.value.faults
    assert (fault.what, fault.where, fault.rule) == (
        "A question is open: Which?",
        "[[question]] about date.formats",
        "J5",
    )


def test_from_toml_given_an_answer_then_it_fills_the_key_and_the_question_is_gone() -> None:
    text = GOOD.replace('formats = ["%d/%m/%Y"]\n', "") + QUESTION.replace('answer = ""', 'answer = "%m/%d/%Y"')
    mapping = from_toml(text, file="depot.toml")
    assert (mapping.date.formats, mapping.questions) == (("%m/%d/%Y",), ())


def test_answered_given_answers_about_names_and_amounts_then_they_stand_there() -> None:
    asked = (
        Question(("names", "Item", 'Maize "A" meal'), "Which?", ("maize-meal",)),
        Question(("amount", "1", "pack"), "How much?", ("50 kg",)),
        Question(("mapping", "repeated"), "What?", ("return", "number")),
    )
    mapping = replace(from_toml(GOOD, file="x"), questions=asked)
    told = {asked[0].about: "maize", asked[1].about: "25 kg", asked[2].about: "number"}
    found = answered(mapping, told)
    assert found.names == {"Item": {'Maize "A" meal': "maize"}}
    assert (found.amounts[0].pack, found.about.repeated, found.questions) == ("25 kg", "number", ())


def test_answered_given_an_answer_that_is_no_choice_where_only_they_count_then_refused() -> None:
    asked = (Question(("mapping", "repeated"), "What?", ("return", "number")),)
    mapping = replace(from_toml(GOOD, file="x"), questions=asked)
    with pytest.raises(JoiningError) as caught:
        answered(mapping, {asked[0].about: "perhaps"})
    assert caught.value.faults[0].what == "An answer is none of the choices."


def test_from_toml_given_an_answer_about_nothing_then_says_so() -> None:
    text = GOOD + QUESTION.replace('["date", "formats"]', '["amount", "9", "unit"]').replace('""', '"kg"')
    assert faults(text)[0][0] == "An answer fills no key."


def test_to_toml_given_reasons_then_they_are_comments_above_their_keys() -> None:
    mapping = from_toml(GOOD, file="x")
    text = to_toml(mapping, reasons={("date", "formats"): "31 dates tell", ("file", "encoding"): "as found"})
    assert '# 31 dates tell\nformats = ["%d/%m/%Y"]' in text
    assert '[file]\n# as found\nencoding = "utf-8"' in text
    assert from_toml(text, file="x") == mapping


def test_mapping_digest_given_another_comment_then_the_same_and_given_another_key_then_another() -> None:
    one, same = from_toml(GOOD, file="x"), from_toml("# words\n" + GOOD, file="x")
    other = from_toml(GOOD.replace('"kg"', '"g"'), file="x")
    assert mapping_digest(one) == mapping_digest(same) != mapping_digest(other)


@given(
    words=st.dictionaries(st.text(max_size=12), st.text(min_size=1, max_size=12).filter(str.strip), max_size=4),
    title=st.text(max_size=30),
    ask=st.text(max_size=30),
)
def test_law_to_toml_given_any_text_then_it_reads_back_the_same(words: dict[str, str], title: str, ask: str) -> None:
    mapping = from_toml(GOOD, file="x")
    mapping = replace(
        mapping,
        about=replace(mapping.about, title=title),
        names={"Ite\u0000m\x7f": words},
        packs=words,
        questions=(Question(("date", "formats"), ask or "?", tuple(words)),),
    )
    assert from_toml(to_toml(mapping), file="x") == mapping


def test_mapping_given_its_sections_then_every_key_says_what_it_means() -> None:
    mapping = mapping_of({}, file="x", check=False)
    assert mapping == Mapping()
    for section in (mapping.about, mapping.file, mapping.event, mapping.date, mapping.numbers, mapping.people):
        assert all(each.metadata["meaning"] for each in fields(section))


def test_template_given_doubled_braces_then_they_stand_for_themselves() -> None:
    made = template("a{{b}}{ column }")
    assert (made.parts, made.columns) == ((("a{b}", False), ("column", True)), ("column",))


@pytest.mark.parametrize("text", ["{", "}", "{}", "{ }", "a{b", "a}b"])
def test_template_given_a_brace_alone_then_refused(text: str) -> None:
    with pytest.raises(ValueError):
        template(text)
