"""Times as devices write them become UTC, also in the two hours a year in which clocks are changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from platewarden.adapters import clocks
from platewarden.adapters.results import UnusableError
from tests.adapters.deliveries import EASTERN

RECEIVED = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-07-01T12:00:00Z", (2026, 7, 1, 16 - 4, 0)),
        ("2026-07-01T12:00:00-04:00", (2026, 7, 1, 16, 0)),
        ("2026-07-01 12:00:00", (2026, 7, 1, 16, 0)),
        ("2026-12-01 12:00:00", (2026, 12, 1, 17, 0)),
    ],
)
def test_a_time_without_an_offset_is_by_the_devices_zone(text: str, moment: tuple[int, ...]) -> None:
    """In summer New York is four hours behind, in winter five."""
    year, month, day, hour, minute = moment
    expected = datetime(year, month, day, hour, minute, tzinfo=UTC)
    assert clocks.from_iso(text, zone=EASTERN, received_at=RECEIVED) == expected


@pytest.mark.parametrize(("received", "hour"), [(5, 5), (6, 6)])
def test_in_the_hour_that_comes_twice_the_reading_nearer_to_the_arrival_counts(
    received: int, hour: int
) -> None:
    """On 1 November 2026 clocks in New York show half past one twice, at 05:30 and at 06:30 UTC."""
    arrived = datetime(2026, 11, 1, received, 30, 4, tzinfo=UTC)
    seen = clocks.from_iso("2026-11-01 01:30:00", zone=EASTERN, received_at=arrived)
    assert seen == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)


def test_in_the_hour_that_is_skipped_the_clock_was_not_put_forward() -> None:
    """On 8 March 2026 there is no half past two in New York: it is taken as half past three in summer time."""
    seen = clocks.from_iso("2026-03-08 02:30:00", zone=EASTERN, received_at=RECEIVED)
    assert seen == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_the_forms_of_axis_and_genetec() -> None:
    """``YYYYMMDD HHMMSSmmm`` by the zone; ``dd/mm/yyyy`` in UTC."""
    axis = clocks.from_axis("20261120 102900250", zone=EASTERN, received_at=RECEIVED)
    assert axis == datetime(2026, 11, 20, 15, 29, 0, 250_000, tzinfo=UTC)
    assert clocks.from_day_first("03/11/2026", "15:29:00.5") == datetime(
        2026, 11, 3, 15, 29, 0, 500_000, tzinfo=UTC
    )


def test_milliseconds() -> None:
    """As text or as number."""
    expected = datetime(2026, 11, 20, 15, 29, 0, 250_000, tzinfo=UTC)
    assert clocks.from_epoch_ms("1795188540250") == clocks.from_epoch_ms(1795188540250) == expected


@pytest.mark.parametrize("value", [None, "", "soon", True, -1, 0, 1e300, float("nan"), [], {}])
def test_what_is_no_time_is_said_to_be_none(value: Any) -> None:
    """The message does not repeat what was sent."""
    attempts: list[Callable[[], datetime]] = [
        lambda: clocks.from_epoch_ms(value),
        lambda: clocks.from_iso(value, zone=EASTERN, received_at=RECEIVED),
        lambda: clocks.from_axis(value, zone=EASTERN, received_at=RECEIVED),
        lambda: clocks.from_day_first(value, value),
    ]
    for read in attempts:
        with pytest.raises(UnusableError) as caught:
            read()
        assert "soon" not in str(caught.value)


def test_the_ends_of_the_calendar_are_no_trap() -> None:
    """A time that no zone can turn into UTC is said to be none."""
    with pytest.raises(UnusableError, match="seen_at"):
        clocks.from_iso("9999-12-31 23:59:59", zone=EASTERN, received_at=RECEIVED)
