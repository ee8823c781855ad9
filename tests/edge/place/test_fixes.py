"""Where a car was: what a receiver says, and what follows for a moment in between."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.edge.place.fixes import Fix, Places, parse_gpsd, parse_nmea

AT = datetime(2026, 3, 4, 12, tzinfo=UTC)


def sentence(body: str) -> str:
    """A sentence with its sum."""
    total = 0
    for char in body.encode():
        total ^= char
    return f"${body}*{total:02X}"


def places(*fixes: Fix) -> Places:
    """The way of a car."""
    known = Places()
    for fix in fixes:
        known.note(fix)
    return known


def test_a_report_of_gpsd_is_understood() -> None:
    """Time, place, heading and speed."""
    line = (
        '{"class":"TPV","device":"/dev/ttyUSB0","mode":3,"time":"2026-03-04T12:00:00.000Z",'
        '"lat":42.4512,"lon":-76.5033,"alt":250.1,"track":350.2,"speed":13.4}'
    )
    assert parse_gpsd(line) == Fix(AT, 42.4512, -76.5033, 350.2, 13.4)


@pytest.mark.parametrize(
    "line",
    [
        '{"class":"TPV","mode":1,"time":"2026-03-04T12:00:00Z"}',
        '{"class":"TPV","mode":3,"lat":42.4,"lon":-76.5}',
        '{"class":"TPV","mode":3,"time":"2026-03-04T12:00:00","lat":42.4,"lon":-76.5}',
        '{"class":"TPV","mode":3,"time":"2026-03-04T12:00:00Z","lat":142.4,"lon":-76.5}',
        '{"class":"TPV","mode":3,"time":"2026-03-04T12:00:00Z","lat":"42","lon":-76.5}',
        '{"class":"SKY"}',
        "[1]",
        "[" * 100_000,
        "",
    ],
)
def test_what_is_no_fix_gives_no_place(line: str) -> None:
    """A receiver without satellites, half a report, another kind of report, or nonsense."""
    assert parse_gpsd(line) is None


def test_a_sentence_of_a_receiver_is_understood() -> None:
    """Degrees and minutes, knots, and the date in two digits."""
    line = sentence("GNRMC,120000.50,A,4227.072,N,07630.198,W,26.0,350.2,040326,,,A")
    fix = parse_nmea(line)
    assert fix is not None
    assert fix.at == AT + timedelta(milliseconds=500)
    assert (fix.latitude, fix.longitude) == pytest.approx((42.4512, -76.5033))
    assert (fix.heading, fix.speed) == pytest.approx((350.2, 13.375544))


@pytest.mark.parametrize(
    "body",
    [
        "GPRMC,120000,V,4227.072,N,07630.198,W,26.0,350.2,040326,,,N",
        "GPRMC,120000,A,4267.072,N,07630.198,W,26.0,350.2,040326,,,A",
        "GPRMC,120000,A,4227.072,X,07630.198,W,26.0,350.2,040326,,,A",
        "GPRMC,250000,A,4227.072,N,07630.198,W,26.0,350.2,040326,,,A",
        "GPGGA,120000,4227.072,N,07630.198,W,1,8,1.0,250,M,,M,,",
        "GPRMC,120000,A",
    ],
)
def test_a_sentence_without_a_valid_fix_gives_no_place(body: str) -> None:
    """Void, out of range, or of another kind."""
    assert parse_nmea(sentence(body)) is None


def test_a_sentence_whose_sum_is_wrong_gives_no_place() -> None:
    """One digit lost on the line moves a car by miles."""
    line = sentence("GPRMC,120000,A,4227.072,N,07630.198,W,26.0,350.2,040326,,,A")
    assert parse_nmea(line) is not None
    assert parse_nmea(line.replace("4227", "4327")) is None


@given(st.text(max_size=120))
def test_nothing_that_a_line_may_carry_raises(line: str) -> None:
    """Lines of receivers are torn and noisy."""
    parse_nmea(line)
    parse_gpsd(line)


@pytest.mark.clause("CAP-5")
def test_a_read_between_two_fixes_lies_between_them() -> None:
    """A car at 30 m/s is not where it was a second ago."""
    known = places(Fix(AT, 42.0, -76.0, 10, 30), Fix(AT + timedelta(seconds=2), 42.002, -76.001, 12, 30))
    found = known.at(AT + timedelta(seconds=1))
    assert found is not None
    assert (found.latitude, found.longitude) == pytest.approx((42.001, -76.0005))


@pytest.mark.clause("CAP-5")
def test_far_from_any_fix_the_place_is_unknown() -> None:
    """Neither the last place for ever, nor a line across ten minutes in a tunnel."""
    known = places(Fix(AT, 42.0, -76.0), Fix(AT + timedelta(minutes=10), 42.1, -76.1))
    assert known.at(AT + timedelta(minutes=5)) is None
    assert known.at(AT + timedelta(minutes=11)) is None
    near = known.at(AT + timedelta(seconds=9))
    assert near is not None
    assert near.latitude == 42.0
    assert Places().at(AT) is None


def test_a_fix_that_comes_late_is_left_out() -> None:
    """Order is what interpolation rests on."""
    known = places(Fix(AT, 42.0, -76.0), Fix(AT - timedelta(seconds=1), 50.0, 0.0))
    assert known.last() == Fix(AT, 42.0, -76.0)


def test_across_the_date_line_the_short_way_is_taken() -> None:
    """Not that a county has one."""
    known = places(Fix(AT, 0.0, 179.9), Fix(AT + timedelta(seconds=2), 0.0, -179.9))
    found = known.at(AT + timedelta(seconds=1))
    assert found is not None
    assert abs(found.longitude) == pytest.approx(180)


@pytest.mark.clause("CAP-5")
@given(
    st.lists(
        st.tuples(st.floats(0.2, 30), st.floats(-89, 89), st.floats(-179, 179)), min_size=1, max_size=20
    ),
    st.floats(-40, 640),
)
def test_a_place_is_never_made_up(steps: list[tuple[float, float, float]], offset: float) -> None:
    """Whatever is returned lies between two fixes ten seconds apart, or is one no more than ten seconds away."""
    at, fixes = AT, []
    for step, latitude, longitude in steps:
        at += timedelta(seconds=step)
        fixes.append(Fix(at, latitude, longitude))
    moment = AT + timedelta(seconds=offset)
    found = places(*fixes).at(moment)
    nearest = min(abs((fix.at - moment).total_seconds()) for fix in fixes)
    assert (found is None) == (nearest > 10.0)
    if found is not None:
        latitudes = [fix.latitude for fix in fixes if abs((fix.at - moment).total_seconds()) <= 10.0]
        assert min(latitudes) - 1e-6 <= found.latitude <= max(latitudes) + 1e-6
