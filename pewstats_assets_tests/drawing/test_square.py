"""The map on paper: north is up, coordinates are the map's, markers do not cover each other."""

from itertools import combinations
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pewstats_assets.drawing.square import Square, apart, around, step, ticks

PAPER = Square(0, 0, 1000, 0, 0, 500)
on_paper = st.tuples(st.floats(-100, 600), st.floats(-100, 600))


def test_x_grows_to_the_right_and_y_downwards_as_on_the_map() -> None:
    square = Square(west_m=2000, north_m=3000, side_m=100, left=50, top=70, side=500)
    assert square.place((2000, 3000)) == (50, 70)
    assert square.place((2100, 3000)) == (550, 70)
    assert square.place((2000, 3050)) == (50, 320)


def test_the_square_around_places_has_them_all_with_a_margin() -> None:
    west, north, side = around([(100, 500), (300, 540)], least_m=30, margin=0.1)
    assert (west, north, side) == pytest.approx((80, 400, 240))
    assert around([(100, 500)], least_m=30, margin=0.1) == (85, 485, 30)


@pytest.mark.parametrize(
    ("length", "distance"), [(8160, 1000), (1000, 100), (164, 20), (75, 10), (31, 5), (0.5, 0.05), (1e9, 1e8)]
)
def test_lines_of_a_grid_are_at_round_numbers(length: float, distance: float) -> None:
    assert step(length) == pytest.approx(distance)


def test_ticks_are_the_round_numbers_within() -> None:
    assert ticks(95, 60, 20) == [100, 120, 140]
    assert ticks(100, 60, 20) == [100, 120, 140, 160]
    assert ticks(-30, 50, 20) == [-20, 0, 20]


@given(st.lists(on_paper, min_size=2, max_size=25))
def test_markers_do_not_overlap_where_there_is_room(places: list[tuple[float, float]]) -> None:
    moved = apart(places, [9.0] * len(places), PAPER)
    assert len(moved) == len(places)
    for (x1, y1), (x2, y2) in combinations(moved, 2):
        assert hypot(x1 - x2, y1 - y2) > 17


def test_markers_that_have_room_stay_where_they_are() -> None:
    places = [(100.0, 100.0), (140.0, 100.0)]
    assert apart(places, [9.0, 9.0], PAPER) == [pytest.approx(place, abs=0.02) for place in places]


def test_more_markers_than_there_is_room_for_come_to_an_end() -> None:
    moved = apart([(250.0, 250.0)] * 200, [40.0] * 200, PAPER)
    assert all(0 <= x <= 500 and 0 <= y <= 500 for x, y in moved)
