import math
from typing import Any

import pytest

from muster.pictures.shapes import Ring, outlines, path, roomiest, simplified, snapped

SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]


@pytest.mark.parametrize(
    ("geometry", "lines"),
    [
        (None, 0),
        ({"type": "Point", "coordinates": [1, 2]}, 0),
        ({"type": "Polygon", "coordinates": [SQUARE]}, 1),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE, SQUARE]]}, 3),
        ({"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}]}, 1),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, 0),
        ({"type": "Polygon", "coordinates": None}, 0),
    ],
)
def test_outlines_given_a_geometry_then_its_closed_lines(geometry: dict[str, Any] | None, lines: int) -> None:
    assert len(outlines(geometry)) == lines


def test_snapped_given_corners_that_fall_together_then_they_are_one() -> None:
    assert snapped([(0, 0), (0.2, 0.1), (5, 0), (5, 5), (0.1, 0.1)]) == [(0, 0), (5, 0), (5, 5)]
    assert snapped([(0, 0), (0.2, 0.1), (0.3, 0.3)]) == []


def _border(bend: int) -> list[tuple[int, int]]:
    """Return a ragged line from (100, 0) to (100, 200)."""
    return [(100 + (bend if y % 20 else 0) + (1 if y % 10 else 0), y) for y in range(0, 201, 5)]


def test_simplified_given_two_neighbours_then_their_border_stays_shared() -> None:
    border = _border(12)
    west: Ring = [(0, 0), *border, (0, 200)]
    east: Ring = [(200, 200), *border[::-1], (200, 0)]
    small = simplified({"west": [west], "east": [east]}, tolerance=3)
    inner = set(border)
    kept_west = [corner for corner in small["west"][0] if corner in inner]
    kept_east = [corner for corner in small["east"][0] if corner in inner]
    assert kept_west == kept_east[::-1]
    assert 2 < len(kept_west) < len(border)


def test_simplified_given_a_tolerance_then_no_corner_is_farther_away() -> None:
    ring: Ring = [(round(500 + 400 * math.cos(a / 50)), round(500 + 400 * math.sin(a / 50))) for a in range(314)]
    (small,) = simplified({"island": [ring]}, tolerance=2)["island"]
    assert len(small) < len(ring) / 4
    for x, y in ring:
        edges = zip(small, [*small[1:], small[0]], strict=True)
        assert min(_away(x, y, one, other) for one, other in edges) <= 2


def _away(x: float, y: float, one: tuple[int, int], other: tuple[int, int]) -> float:
    (a, b), (c, d) = one, other
    length = (c - a) ** 2 + (d - b) ** 2
    part = max(0.0, min(1.0, ((x - a) * (c - a) + (y - b) * (d - b)) / length))
    return math.hypot(x - a - part * (c - a), y - b - part * (d - b))


def test_simplified_given_an_area_smaller_than_the_tolerance_then_nothing_is_left() -> None:
    assert simplified({"dot": [[(0, 0), (1, 0), (1, 1)]]}, tolerance=5)["dot"] == []


def test_roomiest_given_an_l_then_a_point_inside_it() -> None:
    l_shape: Ring = [(0, 0), (100, 0), (100, 30), (30, 30), (30, 100), (0, 100)]
    x, y, room = roomiest([l_shape])
    assert (x < 30 or y < 30) and 10 < room < 22


def test_roomiest_given_a_bubble_in_the_middle_then_beside_it() -> None:
    square: Ring = [(0, 0), (200, 0), (200, 200), (0, 200)]
    x, y, room = roomiest([square], taken=[(100, 100)])
    assert math.hypot(x - 100, y - 100) - 14 >= room > 20


def test_roomiest_given_a_hole_then_not_in_it() -> None:
    outer: Ring = [(0, 0), (90, 0), (90, 90), (0, 90)]
    hole: Ring = [(20, 20), (70, 20), (70, 70), (20, 70)]
    x, y, _ = roomiest([outer, hole])
    assert not (20 < x < 70 and 20 < y < 70)


def test_path_given_two_lines_then_both_closed() -> None:
    assert path([[(1, 2), (3, 2), (3, 1)], [(9, 9), (8, 9), (8, 8)]]) == "M1 2l2 0 0-1zM9 9l-1 0 0-1z"
