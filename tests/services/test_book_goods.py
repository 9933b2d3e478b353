import pytest

from muster.errors import BookError
from muster.services.book_goods import Goods, goods, several


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("flour: 600 kg", Goods("flour", "", "", "600", "kg", "")),
        ("maize meal, lot 12/3: 12 bags of 50 kg", Goods("maize meal", "12/3", "", "12", "bags", "50 kg")),
        ("milk, lot A, expires 2027-06-30:3 l", Goods("milk", "A", "2027-06-30", "3", "l", "")),
        ("milk, skimmed, expires 2027-06-30: 3 l", Goods("milk, skimmed", "", "2027-06-30", "3", "l", "")),
        ("kit: model 3: 5 piece", Goods("kit: model 3", "", "", "5", "piece", "")),
    ],
)
def test_goods_given_text_then_taken_apart(text: str, found: Goods) -> None:
    assert goods(text) == found


def test_values_given_goods_then_blank_ones_are_left_out() -> None:
    assert goods("flour: 600 kg").values({"from": "outside:wfp"}) == {
        "from": "outside:wfp",
        "resource": "flour",
        "quantity": "600",
        "unit": "kg",
    }


def test_several_given_wrong_ones_then_all_are_named_at_once() -> None:
    with pytest.raises(BookError) as raised:
        several(["flour 600 kg", "rice: much", ": 5 kg", "oil: 3 l"])
    assert [fault.rule for fault in raised.value.faults] == ["U1", "B9", "U1"]
