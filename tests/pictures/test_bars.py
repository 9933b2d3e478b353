import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from muster.pictures.bars import Bar, bar, columns

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(("share", "width"), [(0.25, "25"), (0.0, "0"), (1.7, "100"), (-1.0, "0")])
def test_bar_given_a_share_then_as_wide(share: float, width: str) -> None:
    picture = ET.fromstring(bar(share, title="a share", kind="alarm"))
    _, filled = picture.iter(f"{SVG}rect")
    assert filled.get("width") == width
    assert filled.get("class") == "filled alarm"
    assert picture.get("aria-label") == picture.findtext(f"{SVG}title") == "a share"


def test_columns_given_values_then_heights_in_proportion() -> None:
    picture = ET.fromstring(columns([Bar("Nov", 10, "10", "t"), Bar("Dec", 20, "20", "u")], name="people", most=40))
    one, other = (float(node.get("height", "")) for node in picture.iter(f"{SVG}rect"))
    assert other == pytest.approx(2 * one, abs=0.1)
    assert other == pytest.approx((190 - 24 - 22) / 2)
    assert [node.text for node in picture.iter(f"{SVG}text")] == ["Nov", "10", "Dec", "20"]


def test_columns_given_many_periods_then_labels_that_do_not_touch_and_stay_inside() -> None:
    picture = ET.fromstring(columns([Bar(f"week {week}", week, "12 million", "") for week in range(52)], name="weeks"))
    assert len(list(picture.iter(f"{SVG}rect"))) == 52
    middles = [float(node.get("x", "")) for node in picture.iter(f"{SVG}text") if node.get("class") == "axis"]
    wide = 10 * len("12 million")
    assert len(middles) >= 4
    assert all(right - left >= wide for left, right in pairwise(middles))
    assert middles[0] >= wide / 2 and middles[-1] <= 640 - wide / 2


def test_columns_given_nothing_or_zeros_then_no_bar_has_a_height() -> None:
    assert columns([], name="none") == ""
    picture = ET.fromstring(columns([Bar("Nov", 0, "0", "")], name="zero"))
    assert [node.get("height") for node in picture.iter(f"{SVG}rect")] == ["0"]
