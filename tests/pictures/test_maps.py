import re
import xml.etree.ElementTree as ET

import pytest

from muster.pictures import maps
from muster.pictures.maps import Flow, Spot, map_of

SVG = "{http://www.w3.org/2000/svg}"


def square(west: float, south: float, side: float = 1.0) -> dict[str, object]:
    corners = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [corners]}


SPOTS = [
    Spot("a", "Ada", "Ada: 50 %", "50", "level-2", geometry=square(60, 30, 3)),
    Spot("b", "Bo", "Bo: 70 %", "70", "level-3", position=(62, 31)),
    Spot("c", "Cy <&>", "depot", position=(65, 31)),
    Spot("d", "Di", "Di: 90 %", "90", "level-4", geometry={"type": "Point", "coordinates": [64, 32]}),
    Spot("nowhere", "Nil", "Nil", "10", "level-0"),
]


def drawn(**more: object) -> ET.Element:
    return ET.fromstring(map_of(SPOTS, name="A map", **more))  # type: ignore[arg-type]


def test_map_of_given_shapes_points_and_depots_then_each_is_drawn_its_way() -> None:
    picture = drawn()
    kinds = {node.get("data-key"): node.tag.removeprefix(SVG) for node in picture.iter() if node.get("data-key")}
    assert kinds == {"a": "path", "b": "circle", "c": "rect", "d": "circle"}
    assert picture.get("aria-label") == "A map"


def test_map_of_given_places_then_every_one_has_its_title_and_value() -> None:
    picture = drawn()
    titles = [node.findtext(f"{SVG}title") for node in picture.iter() if node.get("data-key")]
    assert titles == ["Ada: 50 %", "Bo: 70 %", "depot", "Di: 90 %"]
    values = {node.get("data-label"): node.text for node in picture.iter() if node.get("data-label")}
    assert values == {"a": "50", "b": "70", "d": "90"}
    assert "Cy <&>" in [node.text for node in picture.iter(f"{SVG}text")]


def test_map_of_given_flows_then_widths_grow_with_the_amount_and_lines_to_nowhere_are_left_out() -> None:
    flows = [Flow("c", "a", 100, "much"), Flow("a", "c", 1, "little"), Flow("c", "nowhere", 50, "lost")]
    lines = {int(node.get("data-flow", "")): node for node in drawn(flows=flows).iter() if node.get("data-flow")}
    assert sorted(lines) == [0, 1]
    assert float(lines[0].get("stroke-width", "")) == 12
    assert float(lines[1].get("stroke-width", "")) == pytest.approx(2.1)
    assert lines[0].get("d") != lines[1].get("d")


def test_map_of_given_points_only_then_a_flat_picture_with_their_names() -> None:
    spots = [
        Spot("b", "Bo", "", "70", "level-3", position=(62, 31)),
        Spot("d", "Di", "", "90", "level-4", position=(62, 35)),
    ]
    picture = ET.fromstring(map_of(spots, name="A map"))
    assert [node.text for node in picture.iter(f"{SVG}text")] == ["70", "Bo", "90", "Di"]
    assert picture.get("viewBox") == "0 0 1000 600"


def test_map_of_given_no_place_that_is_anywhere_then_no_picture() -> None:
    assert map_of(SPOTS[-1:], name="A map") == ""
    assert not SPOTS[-1].drawable


def test_map_of_given_too_many_corners_then_coarser_outlines(monkeypatch: pytest.MonkeyPatch) -> None:
    ragged = [[60 + x / 100, 30 + (x % 2) / 20] for x in range(300)] + [[63, 33], [60, 33], [60, 30]]
    spots = [Spot("a", "Ada", "Ada", "1", "level-0", geometry={"type": "Polygon", "coordinates": [ragged]})]

    def corners() -> int:
        (outline,) = re.findall(r'd="(M[^"]+)z" class="area', map_of(spots, name="A map"))
        return len(re.findall(r"-?\d+", outline)) // 2

    fine = corners()
    monkeypatch.setattr(maps, "MOST_CORNERS", 20)
    assert corners() <= 20 < fine


def test_map_of_given_the_same_twice_then_the_same_text() -> None:
    assert map_of(SPOTS, name="A map") == map_of(SPOTS, name="A map")
