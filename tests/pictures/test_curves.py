import xml.etree.ElementTree as ET

from muster.pictures.curves import FOOT, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Curve, curves, sample

SVG = "{http://www.w3.org/2000/svg}"
TWO = [Curve("fair", [(0.5, 0.25), (1.0, 1.0)], "fair: least 50 %"), Curve("<b>", [(0.0, 1.0)], "none")]


def drawn(several: list[Curve]) -> ET.Element:
    return ET.fromstring(curves(several, name="who has what", across="people", up="share"))


def test_curves_given_steps_then_flat_from_one_share_of_the_people_to_the_next() -> None:
    lines = drawn(TWO).findall(f"{SVG}polyline")
    across, up = WIDTH - LEFT - RIGHT, HEIGHT - FOOT - TOP
    first = [tuple(map(float, point.split(","))) for point in (lines[0].get("points") or "").split()]
    half, quarter = TOP + up / 2, LEFT + across / 4
    assert first == [(LEFT, half), (round(quarter, 1), half), (round(quarter, 1), TOP), (WIDTH - RIGHT, TOP)]
    assert [line.get("class") for line in lines] == ["curve curve-0", "curve curve-1"]


def test_curves_given_names_then_they_are_said_and_cannot_break_the_page() -> None:
    picture = drawn(TWO)
    assert picture.get("aria-label") == "who has what"
    assert "fair: least 50 %" in "".join(picture.itertext())
    assert {"people", "share", "0 %", "100 %"} <= set(picture.itertext())


def test_curves_given_nobody_then_the_axes_alone() -> None:
    picture = drawn([Curve("fair", [], "nobody")])
    line = picture.find(f"{SVG}polyline")
    assert line is not None and line.get("points") == ""


def test_sample_given_a_number_then_the_kind_of_that_curve() -> None:
    assert 'class="curve curve-1"' in sample(1)
