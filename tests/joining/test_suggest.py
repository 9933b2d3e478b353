"""A proposed mapping: what is certain has a reason, what is not is asked, and nothing is guessed silently."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.joining.mapping_toml import from_toml
from muster.joining.people import read_people
from muster.joining.questions import answered
from muster.joining.rows import read_batch
from muster.joining.rules import JoiningError
from muster.joining.suggest import Suggestion, suggest

FILES = Path(__file__).parent / "files"
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "joining"
Suggest = Callable[..., Suggestion]
RECEIPTS = "No,Date received,Waybill,Supplier,Warehouse,Item,Quantity,Unit\n"


@pytest.fixture
def proposed(tmp_path: Path) -> Suggest:
    def suggesting(text: str, name: str = "receipts 2026-11.csv", **more: object) -> Suggestion:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = suggest(path, **more)  # type: ignore[arg-type]
        assert from_toml(found.toml, file="x") == found.mapping
        return found

    return suggesting


def about(found: Suggestion) -> list[tuple[str, ...]]:
    return [question.about for question in found.questions]


def line(i: int, date: str, *, item: str = "flour", quantity: str = "600", unit: str = "kg") -> str:
    return f"{i},{date},WB{i},wfp,kabul,{item},{quantity},{unit}\n"


def test_suggest_given_a_clear_file_then_a_whole_mapping_with_reasons_that_reads_it(
    proposed: Suggest, tmp_path: Path
) -> None:
    found = proposed(RECEIPTS + line(1, "31/01/2026") + line(2, "03/02/2026"))
    assert about(found) == []
    mapping = found.mapping
    assert (mapping.about.source, mapping.about.kind, mapping.about.key) == ("receipts", "receipt", ("No",))
    assert (mapping.event.unit, mapping.event.from_, mapping.event.to) == (
        "{Warehouse}",
        "outside:{Supplier}",
        "store:{Warehouse}",
    )
    assert (mapping.date.column, mapping.date.formats) == ("Date received", ("%d/%m/%Y",))
    assert mapping.amounts[0].quantity == "{Quantity}"
    assert found.reasons["date", "formats"] == "1 of 2 dates has a first part above 12, so the day comes first"
    assert '# 1 of 2 dates has a first part above 12, so the day comes first\nformats = ["%d/%m/%Y"]' in found.toml
    batch = read_batch(tmp_path / "receipts 2026-11.csv", mapping)
    assert (len(batch.events), batch.reconciled) == (2, True)


def test_suggest_given_dates_that_can_be_read_in_two_ways_then_asked_and_import_refused(
    proposed: Suggest, tmp_path: Path
) -> None:
    found = proposed(RECEIPTS + line(1, "01/02/2026") + line(2, "03/04/2026"))
    [question] = found.questions
    assert question.about == ("date", "formats")
    assert question.choices == ("%d/%m/%Y", "%m/%d/%Y")
    assert "01/02/2026 is 2026-02-01 (%d/%m/%Y) or 2026-01-02 (%m/%d/%Y)" in question.ask
    path = tmp_path / "receipts 2026-11.csv"
    with pytest.raises(JoiningError, match="A question is open"):
        read_batch(path, found.mapping)
    american = answered(found.mapping, {question.about: "%m/%d/%Y"})
    assert [event["occurred"][:10] for event in read_batch(path, american).events] == ["2026-01-02", "2026-03-04"]


def test_suggest_given_numbers_that_can_be_read_in_two_ways_then_asked(proposed: Suggest) -> None:
    found = proposed(RECEIPTS + line(1, "31/01/2026", quantity='"1,234"'))
    [question] = found.questions
    assert (question.about, question.choices) == (("numbers", "written"), ("1,234.5", "1234,5"))


def test_suggest_given_several_dates_then_asked_which(proposed: Suggest) -> None:
    text = RECEIPTS.replace("Supplier", "Supplier,Date sent") + "1,31/01/2026,W,wfp,30/01/2026,kabul,flour,600,kg\n"
    [question] = proposed(text).questions
    assert (question.about, question.choices) == (("date", "column"), ("Date received", "Date sent"))


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [
        ("Supplier", "Remark", ("event", "from")),
        ("Quantity", "Number of things", ("amount", "1", "quantity")),
        ("Item", "Text", ("amount", "1", "resource")),
        ("Unit", "Text", ("amount", "1", "unit")),
        ("Warehouse", "Text", ("event", "to")),
        ("Date received", "Text", ("date", "column")),
    ],
)
def test_suggest_given_a_header_that_says_nothing_then_that_is_asked(
    proposed: Suggest, old: str, new: str, asked: tuple[str, ...]
) -> None:
    found = proposed(RECEIPTS.replace(old, new) + line(1, "31/01/2026"))
    assert asked in about(found)


def test_suggest_given_answers_then_they_are_taken_and_more_can_be_told(proposed: Suggest) -> None:
    text = RECEIPTS.replace("Item", "Text") + line(1, "31/01/2026", item="Maize meel")
    first = proposed(text, known={"maize-meal": ["Maize meal"]})
    assert about(first) == [("amount", "1", "resource")]
    second = proposed(text, known={"maize-meal": ["Maize meal"]}, answers={("amount", "1", "resource"): "{Text}"})
    [question] = second.questions
    assert question.about == ("names", "Text", "Maize meel")
    assert question.choices[0] == "maize-meal"
    assert second.mapping.amounts[0].resource == "{Text}"


def test_suggest_given_known_resources_then_the_same_are_taken_and_others_asked_with_their_score(
    proposed: Suggest,
) -> None:
    known = {"wheat-flour": ["Wheat flour"], "oil": ["Vegetable oil"]}
    rows = [line(1, "31/01/2026", item="WHEAT FLOUR"), line(2, "31/01/2026", item="Vegetable oyl")]
    found = proposed(RECEIPTS + "".join(rows) + line(3, "31/01/2026", item="Blankets"), known=known)
    assert found.mapping.names["Item"] == {"WHEAT FLOUR": "wheat-flour"}
    assert '"WHEAT FLOUR" = "wheat-flour"  # 100 of 100 alike' in found.toml
    oil, blankets = found.questions
    assert oil.choices[0] == "oil"
    assert '"oil" is 92 of 100 alike' in oil.ask
    assert "nothing known is like it" in blankets.ask


def test_suggest_given_two_ways_of_writing_one_name_then_asked_and_names_of_packs_too(proposed: Suggest) -> None:
    items = ["Maize meal", "Maize meel", "Salt tablets 60 Tabs", "Salt tablets 30 Tabs", "Oil"]
    found = proposed(RECEIPTS + "".join(line(i, "31/01/2026", item=item) for i, item in enumerate(items)))
    told = {question.about[2]: question.choices for question in found.questions}
    assert told == {
        "Maize meel": ("maize-meel", "maize-meal"),
        "Salt tablets 30 Tabs": ("salt-tablets", "salt-tablets-30-piece"),
    }
    assert found.mapping.names["Item"] == {
        "Maize meal": "maize-meal",
        "Salt tablets 60 Tabs": "salt-tablets",
        "Oil": "oil",
    }


def test_suggest_given_bags_then_packs_from_the_names_and_asked_where_none_tells(proposed: Suggest) -> None:
    rows = [("Flour, bag of 50 kg", "bags"), ("Rice", "sacks"), ("Oil", "l"), ("Beans", "quintals")]
    text = "".join(line(i, "31/01/2026", item=f'"{item}"', unit=unit) for i, (item, unit) in enumerate(rows))
    found = proposed(RECEIPTS + text)
    assert found.mapping.names["Unit"] == {"bags": "bag", "sacks": "bag", "l": "l"}
    assert found.mapping.packs == {"flour": "50 kg"}
    assert set(about(found)) == {("names", "Unit", "quintals"), ("packs", "rice"), ("packs", "beans")}


@pytest.mark.parametrize(
    ("header", "unit"), [("Quantity (kg)", "kg"), ("Quantity MT", "t"), ("Quantity in litres", "litres")]
)
def test_suggest_given_the_unit_in_the_header_then_taken(proposed: Suggest, header: str, unit: str) -> None:
    text = RECEIPTS.replace("Quantity,Unit", header) + line(1, "31/01/2026").replace(",kg", "")
    found = proposed(text)
    assert (about(found), found.mapping.amounts[0].unit) == ([], unit)


def test_suggest_given_a_line_of_totals_then_left_out(proposed: Suggest) -> None:
    found = proposed(RECEIPTS + "".join(line(i, "31/01/2026") for i in range(1, 6)) + ",,,,,Total,3000,\n")
    [skip] = found.mapping.skips
    assert (skip.column, skip.is_) == ("Item", ("Total",))


def test_suggest_given_a_count_then_asked_who_closes_it(proposed: Suggest) -> None:
    text = "Warehouse,Count date,Item,Physical count,Unit\nkabul,31/01/2026,flour,600,kg\n"
    found = proposed(text)
    assert found.mapping.about.kind == "count"
    assert (found.mapping.event.place, found.mapping.date.at) == ("store:{Warehouse}", "23:59")
    assert ("event", "closed_by") in about(found)


def test_suggest_given_columns_of_lot_and_expiry_then_they_are_proposed(proposed: Suggest) -> None:
    text = RECEIPTS.replace("Unit", "Unit,Batch No,Expiry date") + line(1, "31/01/2026").replace("kg", "kg,L12,06/2027")
    mapping = proposed(text).mapping
    assert (mapping.amounts[0].lot, mapping.amounts[0].expires) == ("{Batch No}", "{Expiry date}")
    assert mapping.expires.formats == ("%m/%Y",)


def test_suggest_given_no_key_then_asked_what_two_same_rows_are(proposed: Suggest) -> None:
    text = RECEIPTS.replace("No,", "") + (line(1, "31/01/2026").removeprefix("1,") * 2)
    assert about(proposed(text)) == [("mapping", "repeated")]


def test_suggest_given_weights_with_words_and_references_then_they_are_understood() -> None:
    found = suggest(EXAMPLES / "scms-shipments.csv")
    weight, freight = found.mapping.noted
    assert (weight.unit, weight.refers) == ("kg", "See {asn/dn #} (ID#:{id})")
    assert weight.words == {"Weight Captured Separately": "weight captured separately"}
    assert (freight.unit, freight.refers) == ("usd", "See {asn/dn #} (ID#:{id})")
    assert "Freight Included in Commodity Cost" in freight.words


def test_suggest_given_medicines_then_packs_and_measures_by_what_the_names_tell() -> None:
    found = suggest(EXAMPLES / "scms-shipments.csv")
    [amount] = found.mapping.amounts
    assert (amount.unit, amount.pack, amount.agrees) == (
        "pack",
        "{unit of measure (per pack)} {dosage form}",
        "{item description}",
    )
    measures = found.mapping.names["dosage form"]
    assert (measures["Tablet"], measures["Oral solution"]) == ("piece", "ml")
    [question] = [each for each in found.questions if each.about == ("date", "column")]
    assert question.choices[0] == "delivered to client date"


def test_suggest_given_the_depot_then_answers_make_the_shipped_mapping() -> None:
    found = suggest(EXAMPLES / "depot.csv")
    mapping = found.mapping
    assert (mapping.file.encoding, mapping.file.delimiter, mapping.file.header, mapping.file.data) == (
        "cp1252",
        ";",
        (3,),
        4,
    )
    assert mapping.numbers.written == "1 234,5"
    answers = {("event", "unit"): "goma", ("event", "to"): "store:goma", ("mapping", "repeated"): "return"}
    answers[("names", "Article", "Farine de ble, sac de 50 kg")] = "farine-de-blé"
    assert set(about(found)) == set(answers)
    assert answered(mapping, answers) == from_toml((EXAMPLES / "depot.toml").read_text("utf-8"), file="x")


@pytest.mark.parametrize(
    ("name", "header", "tags", "data"),
    [
        ("input-valid.csv", (1, 2), 3, 4),
        ("input-valid-latin1.csv", (2,), 3, 4),
        ("input-fuzzy.csv", (2,), 3, 4),
        ("input-invalid.csv", (2,), 0, 4),
        ("input-untagged.csv", (1, 2), 0, 3),
        ("input-multiple-headers.csv", (2,), 3, 4),
        ("input-merged.xlsx", (1, 2), 3, 4),
        ("input-quality.xlsx", (1, 2), 3, 4),
    ],
)
def test_suggest_given_files_with_titles_and_tags_then_where_the_data_begin(
    name: str, header: tuple[int, ...], tags: int, data: int
) -> None:
    form = suggest(FILES / name).mapping.file
    assert (form.header, form.tags, form.data) == (header, tags, data)
    assert form.encoding == ("latin-1" if "latin1" in name else "utf-8")


@pytest.mark.parametrize("name", ["input-valid.csv", "input-valid-latin1.csv", "input-merged.xlsx", "input-fuzzy.csv"])
def test_suggest_given_people_by_sex_then_every_row_is_accounted_for(name: str) -> None:
    mapping = suggest(FILES / name).mapping
    assert (mapping.about.kind, [amount.group for amount in mapping.amounts]) == ("people", ["hombres", "mujeres"])
    batch = read_people(FILES / name, mapping)
    assert (batch.rows, batch.reconciled) == (4, True)
    taken = {"input-merged.xlsx": 1140, "input-fuzzy.csv": 725}.get(name, 925)
    assert sum(each.people for each in batch.people) == taken


def test_suggest_given_people_that_only_a_person_can_tell_then_both_columns_count() -> None:
    answers = {("mapping", "kind"): "people"}
    found = suggest(FILES / "input-untagged.csv", answers=answers)
    batch = read_people(FILES / "input-untagged.csv", found.mapping)
    assert (batch.rows, batch.rows_taken, batch.taken) == (4, 3, 925)


def test_suggest_given_groups_that_overlap_then_asked_which_counts_everybody() -> None:
    found = suggest(EXAMPLES / "population.csv")
    assert found.mapping.people.place == "{ADM2_PCODE}"
    assert about(found) == [("people", "repeated"), ("people", "whole")]
    assert found.questions[1].choices == ("T_TL",)


def test_suggest_given_words_of_another_alphabet_in_one_byte_then_asked_which(tmp_path: Path) -> None:
    path = tmp_path / "receipts.csv"
    path.write_bytes("дата;товар\n31.01.2026;мука\n".encode("cp1251"))
    question = next(each for each in suggest(path).questions if each.about == ("file", "encoding"))
    assert "cp1251" in question.choices
    assert suggest(path, answers={("file", "encoding"): "cp1251"}).mapping.file.encoding == "cp1251"


def test_suggest_given_a_file_without_rows_then_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("\n\n ,\n")
    with pytest.raises(JoiningError, match="A table has no rows"):
        suggest(path)


CELL = st.text(alphabet="aé1,;.\"'/-{}#+ \n%", max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
@given(table=st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=6), end=st.sampled_from(",;\t"))
def test_law_suggest_given_any_text_then_a_mapping_that_reads_back_or_a_message(
    tmp_path: Path, table: list[list[str]], end: str
) -> None:
    path = tmp_path / "anything.csv"
    path.write_text("\n".join(end.join(row) for row in table), encoding="utf-8")
    try:
        found = suggest(path)
    except JoiningError as refused:
        assert all(fault.do for fault in refused.faults)
        return
    assert from_toml(found.toml, file="x") == found.mapping
