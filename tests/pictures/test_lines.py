import xml.etree.ElementTree as ET

from muster.pictures.lines import line

SVG = "{http://www.w3.org/2000/svg}"


def test_line_given_values_then_from_left_to_right_with_the_largest_on_top() -> None:
    picture = ET.fromstring(line([0, 10, 5], name="stock", mark=0))
    route = picture.find(f"{SVG}polyline")
    assert route is not None
    assert route.get("points") == "4,24 60,4 116,14"
    mark = picture.find(f"{SVG}circle")
    assert mark is not None and (mark.get("cx"), mark.get("cy")) == ("4", "24")


def test_line_given_one_value_or_none_then_no_accident() -> None:
    assert "polyline" in line([3], name="stock")
    assert line([], name="stock") == ""
