"""A portable camera is at one place at a time, for a stated time, by two people."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import Decision
from platewarden.policy.deployments import (
    Period,
    may_ask_deployment,
    may_authorise_deployment,
    period_in_force,
)
from platewarden.policy.parameters import Parameters

HOUR = timedelta(hours=1)
_START = datetime(2026, 6, 1, tzinfo=UTC)
_MOMENTS = st.integers(0, 24 * 60).map(lambda minutes: _START + timedelta(minutes=minutes))
_PERIODS = st.tuples(_MOMENTS, _MOMENTS).filter(lambda two: two[0] < two[1]).map(lambda two: Period(*two))


def ask(actor: Any, asked: Period, *others: Period, **changes: Any) -> Decision:
    """Whether *actor* may ask for it."""
    return may_ask_deployment(actor, asked=asked, others=others, **({"kind": CameraKind.PORTABLE} | changes))


@given(one=_PERIODS, other=_PERIODS, moment=_MOMENTS)
def test_two_periods_overlap_exactly_when_a_moment_lies_in_both(
    one: Period, other: Period, moment: datetime
) -> None:
    """Whichever comes first; and the later start lies in both where they do."""
    assert one.overlaps(other) is other.overlaps(one)
    if one.holds(moment) and other.holds(moment):
        assert one.overlaps(other)
    if one.overlaps(other):
        later = max(one.starts_at, other.starts_at)
        assert one.holds(later)
        assert other.holds(later)


@pytest.mark.clause("CAP-5")
@given(asked=_PERIODS, authorised_at=st.none() | _MOMENTS, ended_at=st.none() | _MOMENTS, moment=_MOMENTS)
def test_nothing_is_in_force_before_it_is_authorised_or_after_its_end(
    asked: Period, authorised_at: datetime | None, ended_at: datetime | None, moment: datetime
) -> None:
    """A moment counts where it was asked for, authorised by then, and not ended by then."""
    period = period_in_force(asked, authorised_at=authorised_at, ended_at=ended_at)
    counts = (
        asked.holds(moment)
        and authorised_at is not None
        and authorised_at <= moment
        and (ended_at is None or moment < ended_at)
    )
    assert (period is not None and period.holds(moment)) is counts


@pytest.mark.clause("CAP-5")
@given(periods=st.lists(_PERIODS, max_size=12))
def test_however_it_is_asked_no_two_deployments_overlap(
    periods: list[Period], people: Any, parameters: Parameters
) -> None:
    """What was allowed before stands; what overlaps it is refused, what merely touches it is not."""
    allowed: list[Period] = []
    for asked in periods:
        decision = ask(people.administrator, asked, *allowed, parameters=parameters, now=_START - HOUR)
        assert decision.allowed is not any(asked.overlaps(other) for other in allowed)
        if decision.allowed:
            allowed.append(asked)
    moments = [period.starts_at for period in allowed]
    assert all(sum(period.holds(moment) for period in allowed) == 1 for moment in moments)


@pytest.mark.clause("CAP-5")
def test_what_is_asked_for_is_short_ahead_and_of_a_portable_camera(
    people: Any, parameters: Parameters, now: datetime
) -> None:
    """Thirty days at most; an end before its start, or in the past, is none."""
    days = timedelta(days=30)
    for asked, kind, allowed in (
        (Period(now, now + days), CameraKind.PORTABLE, True),
        (Period(now, now + days + timedelta(seconds=1)), CameraKind.PORTABLE, False),
        (Period(now - 2 * HOUR, now), CameraKind.PORTABLE, False),
        (Period(now + HOUR, now + HOUR), CameraKind.PORTABLE, False),
        (Period(now, now + HOUR), CameraKind.FIXED, False),
        (Period(now, now + HOUR), CameraKind.MOBILE, False),
    ):
        decision = ask(people.administrator, asked, kind=kind, parameters=parameters, now=now)
        assert (decision.allowed, decision.clause) == (allowed, "CAP-5")
    for actor, allowed in ((people["vendor"], True), (people.supervisor, True), (people.officer, False)):
        decision = ask(actor, Period(now, now + HOUR), parameters=parameters, now=now)
        assert decision.allowed is allowed


@pytest.mark.clause("CAP-5")
def test_a_second_person_authorises(people: Any, now: datetime) -> None:
    """Not whoever asked, not the vendor, and not what is over or decided."""
    for actor, asked_by, ends_at, is_open, allowed in (
        (people.supervisor, "vendor", now + HOUR, True, True),
        (people.supervisor, people.supervisor.id, now + HOUR, True, False),
        (people["vendor"], "other", now + HOUR, True, False),
        (people.supervisor, "vendor", now, True, False),
        (people.supervisor, "vendor", now + HOUR, False, False),
    ):
        decision = may_authorise_deployment(
            actor, asked_by_id=asked_by, ends_at=ends_at, is_open=is_open, now=now
        )
        assert decision.allowed is allowed
