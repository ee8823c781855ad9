"""Areas on a map: their corners, what lies in them, and how large they are."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from platewarden.policy.areas import Area, AreaError, around, parse_area, rectangle

SQUARE = ((42.40, -76.55), (42.40, -76.45), (42.50, -76.45), (42.50, -76.55))
ON_EARTH = st.tuples(st.floats(-80, 80), st.floats(-170, 170))
ON_GRID = st.tuples(st.integers(-80, 80).map(float), st.integers(-80, 80).map(float))
"""Whole degrees, so that what lies on one line does so in binary as well."""


def test_an_area_holds_what_lies_in_it() -> None:
    """Inside is inside, outside is outside, and a bay cut into the side is outside."""
    bay = Area((*SQUARE[:2], (42.45, -76.50), *SQUARE[2:]))
    assert Area(SQUARE).holds((42.45, -76.47))
    assert not bay.holds((42.45, -76.47))
    assert bay.holds((42.45, -76.53))
    assert not bay.holds((42.55, -76.50))


def test_its_size_is_that_of_the_ground() -> None:
    """A tenth of a degree at latitude 42.45 is 11.1 by 8.2 kilometres."""
    assert Area(SQUARE).square_km == pytest.approx(91.2, rel=0.01)
    assert around((42.45, -76.5), 1000).square_km == pytest.approx(math.pi, rel=0.01)
    assert rectangle((-60, -80), (80, 80)).square_km > 200_000_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "3 to 60 corners"),
        ("42.4, -76.5", "3 to 60 corners"),
        ("42.4, -76.5\n42.4, -76.5", "cross"),
        ("42.4, -76.5\n42.4, -76.4", "cross"),
        ("42.4 -76.5\n42.5 -76.4\n42.4 -76.4\n42.5 -76.5", "cross"),
        ("1 1\n2 2\n3 3", "cross"),
        ("42.4 -76.5\n42.4 -76.3\n42.4 -76.4\n42.5 -76.4", "cross"),
        ("1 1\n2 2\n1 1\n3 3", "cross"),
        ("91, 0\n42, 0\n42, 1", "nowhere on Earth"),
        ("nan, 0\n42, 0\n42, 1", "nowhere on Earth"),
        ("inf, 0\n42, 0\n42, 1", "nowhere on Earth"),
        ("-90, -180\n90, 180", "round the world"),
        ("here", "e.g. 42.4512"),
        ("42.4, -76.5, 3", "e.g. 42.4512"),
        ("\n".join(f"42.{n}, -76.5" for n in range(61)), "3 to 60 corners"),
    ],
)
def test_what_makes_no_area_says_why(text: str, says: str) -> None:
    """Too few corners, crossing sides, places that are none and the whole world are turned away."""
    with pytest.raises(AreaError, match=says):
        parse_area(text)


@pytest.mark.parametrize("metres", [0, -1, math.nan, math.inf, 20_000_000])
def test_a_distance_that_is_none_is_refused(metres: float) -> None:
    """Nor does a circle reach over a pole."""
    with pytest.raises(AreaError, match="metres"):
        around((42.45, -76.5), metres)


def test_two_corners_are_a_rectangle_whichever_they_are() -> None:
    """South-west and north-east, or north-west and south-east."""
    one, other = parse_area("42.4, -76.5; 42.5, -76.4"), parse_area("42.5, -76.5; 42.4, -76.4")
    assert set(one.corners) == set(other.corners)
    assert one.holds((42.45, -76.45))


@settings(deadline=None)
@given(centre=ON_EARTH, metres=st.floats(1, 50_000), bearing=st.floats(0, 2 * math.pi), share=st.floats(0, 3))
def test_within_a_distance_means_within_it(
    centre: tuple[float, float], metres: float, bearing: float, share: float
) -> None:
    """A point nearer than the distance is held, one farther is not; at the rim one in a hundred is forgiven."""
    assume(not 0.98 < share < 1.01)
    north = share * metres * math.cos(bearing) / 111_195
    east = share * metres * math.sin(bearing) / 111_195 / math.cos(math.radians(centre[0]))
    assert around(centre, metres).holds((centre[0] + north, centre[1] + east)) is (share < 1)


@given(st.lists(ON_GRID, min_size=3, max_size=8))
def test_an_area_is_the_same_from_whichever_corner_and_way_round(corners: list[tuple[float, float]]) -> None:
    """Neither its size nor whether it is one depends on where the drawing began."""
    turned, reversed_ = (*corners[1:], corners[0]), tuple(corners[::-1])
    try:
        area = Area(tuple(corners))
    except AreaError:
        for same in (turned, reversed_):
            with pytest.raises(AreaError):
                Area(same)
        return
    assert Area(turned).square_km == pytest.approx(area.square_km)
    assert Area(reversed_).square_km == pytest.approx(area.square_km)
