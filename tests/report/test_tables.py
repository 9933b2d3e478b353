import plans_by_hand
import polars as pl
import pytest

from muster.report.names import Names
from muster.report.tables import FIRST_ROWS, Column, packed, short, table, written

NAMES = Names(plans_by_hand.economy())


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("place", "village", "village"),
        ("place", None, "all places together"),
        ("group", None, ""),
        ("period", 1, "December 2026"),
        ("period", 3, "after the plan"),
        ("period", None, "never"),
        ("percent", 0.41, "41\u202f%"),
        ("count", 12345.0, "12\u202f345"),
        ("amount", 1.5, "1.5\u202ft"),
        ("amount", None, ""),
    ],
)
def test_written_given_a_cell_then_as_people_read_it(kind: str, value: float | str | None, said: str) -> None:
    assert written(Column("x", "X", kind), {"x": value, "resource": "flour"}, NAMES) == said  # type: ignore[arg-type]


def test_table_given_many_rows_then_the_first_only() -> None:
    frame = pl.DataFrame({"people": [float(n) for n in range(FIRST_ROWS + 7)]})
    page = table(frame, [Column("people", "People", "count")], ident="t", caption="People", names=NAMES)
    assert page.count("<tr") == 1 + FIRST_ROWS
    assert '<th scope="col" class="n">People</th>' in page
    assert "<caption>People</caption>" in page


def test_table_given_a_claim_below_its_floor_then_its_row_is_marked() -> None:
    frame = pl.DataFrame({"met_floor": [0.5, 1.0]})
    page = table(frame, [Column("met_floor", "Met", "percent")], ident="t", caption="Met", names=NAMES)
    assert page.count('class="low"') == 1


def test_packed_given_rows_then_numbers_for_the_script() -> None:
    frame = pl.DataFrame(
        {"met": [0.5, 0.002, None], "quantity": [1234567.8, 0.1234567, None], "resource": ["a", "b", "a"]}
    )
    columns = [Column("met", "", "percent"), Column("quantity", "", "amount"), Column("resource", "", "resource")]
    assert packed(frame, columns, code=lambda _, value: ord(str(value))) == {
        "met": [50, 0.5, None],
        "quantity": [1234568, 0.123457, None],
        "resource": [97, 98, 97],
    }


def test_short_given_a_whole_number_then_without_a_point() -> None:
    assert repr(short(12.0)) == "12"
