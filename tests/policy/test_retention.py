"""Thirty days, then gone."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platewarden.policy import retention
from platewarden.policy.parameters import Parameters

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
LIMITS = st.integers(min_value=1, max_value=30)


@pytest.mark.clause("RET-1")
def test_a_day_is_due_thirty_days_after_it_began(parameters: Parameters) -> None:
    """A second before, it is not."""
    day = date(2026, 5, 2)
    due = retention.purge_due_at(day, parameters=parameters)
    assert due == datetime(2026, 6, 1, tzinfo=UTC)
    assert retention.is_due(day, parameters=parameters, now=due)
    assert not retention.is_due(day, parameters=parameters, now=due - timedelta(seconds=1))
    assert not retention.is_due(day + timedelta(days=1), parameters=parameters, now=due)


@pytest.mark.clause("RET-1")
@given(seen_at=MOMENTS, now=MOMENTS, limit=LIMITS)
def test_nothing_visible_is_due_and_nothing_due_is_visible(
    seen_at: datetime, now: datetime, limit: int, parameters: Parameters
) -> None:
    """Purge and visibility draw the same line, and nothing visible is older than the limit."""
    adopted = parameters.adopting({"retention.limit_days": limit})
    is_due = retention.is_due(seen_at.date(), parameters=adopted, now=now)
    is_visible = seen_at >= retention.visible_since(parameters=adopted, now=now)
    assert is_due is not is_visible
    assert not is_visible or now - seen_at < timedelta(days=limit)


@pytest.mark.clause("RET-1")
def test_the_line_is_drawn_in_utc(parameters: Parameters) -> None:
    """The same moment in another zone gives the same answer."""
    now = datetime(2026, 6, 1, 2, tzinfo=UTC)
    local = now.astimezone(timezone(timedelta(hours=-4)))
    assert retention.visible_since(parameters=parameters, now=local) == retention.visible_since(
        parameters=parameters, now=now
    )


@pytest.mark.clause("RET-1")
def test_the_timer_and_the_administrator_purge(people: Any) -> None:
    """Nobody else starts it, and there is no rule by which anyone could skip it."""
    assert retention.may_purge(people.system).allowed
    assert retention.may_purge(people.administrator).allowed
    assert not retention.may_purge(people.supervisor).allowed
    assert not retention.may_purge(people.camera).allowed


@pytest.mark.clause("RET-1")
def test_a_jump_of_the_clock_pauses_the_purge(people: Any, parameters: Parameters, now: datetime) -> None:
    """More than a day forward waits for the administrator; a day, a step back or a first start does not."""
    day = timedelta(hours=24)
    for last_seen, trusted in (
        (None, True),
        (now - day, True),
        (now - day - timedelta(seconds=1), False),
        (now + day, True),
    ):
        assert retention.may_trust_clock(last_seen, parameters=parameters, now=now).allowed is trusted
    assert retention.may_confirm_clock(people.administrator).allowed
    assert not retention.may_confirm_clock(people.system).allowed
