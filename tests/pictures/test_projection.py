import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.pictures.projection import around

DEGREES = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


@given(points=st.lists(DEGREES, min_size=1, max_size=20))
def test_law_around_given_any_points_then_all_lie_in_the_picture(points: list[tuple[float, float]]) -> None:
    projection = around(points, width=1000)
    for point in points:
        x, y = projection.point(*point)
        assert 0 <= x <= 1000 + 1e-6
        assert 0 <= y <= projection.height + 1e-6
    assert 0.4 * 1000 - 1e-6 <= projection.height <= 1000 + 1e-6


def test_point_given_the_same_distance_east_and_north_then_the_same_length_in_the_picture() -> None:
    projection = around([(60, 55), (70, 65)], width=1000)
    x, y = projection.point(65, 60)
    east = projection.point(65 + 1 / math.cos(math.radians(60)), 60)
    north = projection.point(65, 61)
    assert east[0] - x == pytest.approx(y - north[1])
    assert (x, y) == pytest.approx((500, projection.height / 2))
