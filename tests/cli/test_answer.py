import pytest

from muster.cli.answer import columns, counted, percent


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1.0, "100 %"),
        (0.9999999, "100 %"),
        (0.99999, "99.9 %"),
        (0.00003, "under 0.1 %"),
        (0.4984, "49.8 %"),
        (0.5, "50 %"),
        (0.0, "0 %"),
        (0.7 - 1e-12, "70 %"),
    ],
)
def test_percent_given_a_share_then_only_what_is_met_is_called_a_hundred(share: float, shown: str) -> None:
    assert percent(share) == shown


def test_counted_given_none_one_and_many_then_the_noun_agrees() -> None:
    assert [counted(n, "person", "people") for n in (0, 1, 1732)] == ["no people", "1 person", "1,732 people"]


def test_columns_given_wide_letters_then_the_next_column_still_stands_straight() -> None:
    text = columns([["place", "met"], ["北京", "1"], ["Ghor", "12"]], right=[1], indent="  ")
    assert text == "  place  met\n  北京     1\n  Ghor    12"
