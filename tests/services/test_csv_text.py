import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from muster.services.csv_text import csv_lines, inert


@given(st.text())
def test_law_inert_given_any_text_then_it_is_no_formula_and_nothing_is_lost(text: str) -> None:
    made = inert(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert made in (text, f"'{text}")


@given(st.lists(st.fixed_dictionaries({"a": st.text(alphabet="ab=,\"\n;'"), "b": st.text(alphabet="x\r\n é")})))
def test_law_csv_lines_given_rows_then_a_reader_finds_them_again(rows: list[dict[str, str]]) -> None:
    text = "".join(csv_lines(["a", "b"], rows))
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert found == [{name: inert(cell) for name, cell in row.items()} for row in rows]
