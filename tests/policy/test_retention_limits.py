"""The limit holds for every capture time, limit, zone and moment: nothing outgrows it, and nothing goes early."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from platewarden.policy import retention as policy
from platewarden.policy.capture import may_keep
from platewarden.policy.parameters import Parameters, defaults
from platewarden.reads.days import day_of

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 11, 20, tzinfo=UTC)
TICK = timedelta(microseconds=1)

moments = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
limits = st.integers(1, 30)
FROM, UNTIL = datetime(2026, 1, 1), datetime(2028, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
local = st.datetimes(FROM, UNTIL, timezones=st.just(NEW_YORK), allow_imaginary=False)


def under(limit: int) -> Parameters:
    """The policy's values with a limit of so many days."""
    return defaults(START).adopting({"retention.limit_days": limit})


def seconds(moment: datetime) -> timedelta:
    """Time since a fixed moment; two aware times in one zone would otherwise be compared by their hands on the wall."""
    return moment.astimezone(UTC) - START


@pytest.mark.clause("RET-1")
@given(moments, limits)
@example(datetime(2026, 10, 21, tzinfo=UTC), 30)
@example(datetime(2026, 10, 21, 23, 59, 59, 999999, tzinfo=UTC), 30)
def test_a_read_is_due_before_it_outgrows_the_limit_and_never_a_day_early(
    seen_at: datetime, limit: int
) -> None:
    """It goes at most a day before it is as old as the limit, and not a moment after."""
    due_at = policy.purge_due_at(day_of(seen_at), parameters=under(limit))
    assert seen_at + timedelta(days=limit - 1) < due_at <= seen_at + timedelta(days=limit)


@pytest.mark.clause("RET-1")
@given(moments, limits, st.integers(-3, 35), st.integers(-2, 2))
def test_visible_is_exactly_what_is_not_due(seen_at: datetime, limit: int, days: int, ticks: int) -> None:
    """A purge that is late hides as much as one that ran: at every moment, around every midnight."""
    parameters = under(limit)
    midnight = datetime.combine(day_of(seen_at) + timedelta(days=days), time.min, tzinfo=UTC)
    now = midnight + ticks * TICK
    is_visible = seen_at >= policy.visible_since(parameters=parameters, now=now)
    assert is_visible is not policy.is_due(day_of(seen_at), parameters=parameters, now=now)


@pytest.mark.clause("RET-1", "CAP-2")
@given(moments, limits, st.timedeltas(timedelta(minutes=-10), timedelta(days=40)))
def test_a_late_upload_is_taken_while_its_read_would_be_visible_and_no_longer(
    seen_at: datetime, limit: int, after: timedelta
) -> None:
    """A spool that comes home late brings nothing that is past its day, and loses nothing that is not."""
    parameters, now = under(limit), seen_at + after
    is_kept = may_keep(seen_at, parameters=parameters, now=now).allowed
    is_due = policy.is_due(day_of(seen_at), parameters=parameters, now=now)
    is_ahead = after < -parameters.seconds("capture.max_future_seconds")
    assert is_kept is (not is_due and not is_ahead)


@pytest.mark.clause("CAP-2", "RET-1")
@given(moments, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_read_from_the_future_cannot_stretch_its_stay(now: datetime, ahead: timedelta) -> None:
    """A camera's clock gains its reads a minute at most: they go by the day they claim, which is hardly ahead."""
    parameters = under(30)
    if may_keep(now + ahead, parameters=parameters, now=now).allowed:
        due_at = policy.purge_due_at(day_of(now + ahead), parameters=parameters)
        assert due_at - now <= timedelta(days=30) + parameters.seconds("capture.max_future_seconds")


@pytest.mark.clause("RET-1")
@given(local, limits)
@example(datetime(2026, 3, 8, 1, 59, 59, tzinfo=NEW_YORK), 30)
@example(datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=0), 30)
@example(datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK, fold=1), 30)
def test_summer_and_winter_time_change_nothing(seen_at: datetime, limit: int) -> None:
    """The day is counted in UTC: an hour that comes twice or not at all in New York is an hour like any other."""
    due_at = policy.purge_due_at(day_of(seen_at), parameters=under(limit))
    age = seconds(due_at) - seconds(seen_at)
    assert timedelta(days=limit - 1) < age <= timedelta(days=limit)


@pytest.mark.clause("RET-1")
@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_a_local_day_goes_in_two_parts_at_one_hour_of_the_clock(day: date) -> None:
    """In New York a day ends at 19:00 (20:00 in summer): reads before go by the one UTC day, later ones by the next."""
    evening = datetime.combine(day, time(18, 59, 59), tzinfo=NEW_YORK)
    night = datetime.combine(day, time(20), tzinfo=NEW_YORK)
    assert (day_of(evening), day_of(night)) == (day, day + timedelta(days=1))
    due_at = policy.purge_due_at(day_of(evening), parameters=under(30)).astimezone(NEW_YORK)
    assert due_at.hour in {19, 20}


@pytest.mark.clause("RET-1")
@given(moments, st.integers(2, 30), st.integers(1, 29))
def test_a_shorter_limit_takes_at_least_as_much(now: datetime, limit: int, less: int) -> None:
    """Whatever is due under one limit is due under every shorter one."""
    shorter = max(1, limit - less)
    since = policy.visible_since(parameters=under(limit), now=now)
    assert policy.visible_since(parameters=under(shorter), now=now) >= since


@pytest.mark.clause("RET-1")
@given(st.dates(date(2025, 1, 1), date(2035, 1, 1)), st.integers(2, 30))
def test_a_backups_key_goes_before_any_read_in_it_is_past_its_limit(day: date, limit: int) -> None:
    """A whole day before the first of them is due, whatever the limit in force."""
    ends_at = policy.backup_ends_at(day, parameters=under(limit))
    first_read = datetime.combine(day, time.min, tzinfo=UTC)
    assert ends_at == policy.purge_due_at(day, parameters=under(limit)) - timedelta(days=1)
    assert ends_at < first_read + timedelta(days=limit)


@pytest.mark.clause("RET-1")
@given(moments, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_clock_is_trusted_unless_it_jumps_ahead_by_more_than_a_day(last: datetime, jump: timedelta) -> None:
    """Set back it destroys nothing that was not due before; far ahead it waits for a person."""
    decision = policy.may_trust_clock(last, parameters=under(30), now=last + jump)
    assert decision.allowed is (jump <= timedelta(hours=24))
