"""What the console's badges and times say."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from platewarden.site.components import alert_badge, lasting, ordinal, relative

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@dataclass
class Alert:
    """An alert nobody has looked at yet, unless told otherwise."""

    verified_at: datetime | None = None
    disposed_at: datetime | None = None
    characters: str = ""
    state: str = ""
    status_check: str = ""
    finding: str = ""
    action_taken: str = ""


def verified(characters: str = "match", state: str = "match", status_check: str = "confirmed") -> Alert:
    """Return an alert that somebody has compared."""
    return Alert(verified_at=NOW, characters=characters, state=state, status_check=status_check)


@pytest.mark.clause("HIT-2")
def test_unverified_alert_says_so_in_the_tone_of_alarm() -> None:
    """An alert that nobody has compared says "Unverified" in words, with a sign, in the tone of alarm."""
    badge = alert_badge(Alert())
    assert (badge.text, badge.tone, badge.symbol) == ("Unverified", "alarm", "warning")


@pytest.mark.parametrize(
    ("alert", "text", "tone"),
    [
        (verified(), "Verified, status confirmed", "good"),
        (verified(status_check="not_possible"), "Verified, status not checked", "warning"),
        (verified(status_check="contradicted"), "Verified, status contradicted", "danger"),
        (verified(characters="differ"), "No match: characters different", "danger"),
        (verified(state="unreadable"), "No match: state unreadable", "danger"),
        (
            verified(characters="unreadable", state="differ"),
            "No match: characters unreadable, state different",
            "danger",
        ),
    ],
)
def test_verified_alert_says_how_the_comparison_came_out(alert: Alert, text: str, tone: str) -> None:
    """Only a match of characters and state with a confirmed status is shown as good."""
    badge = alert_badge(alert)
    assert (badge.text, badge.tone) == (text, tone)


def test_disposed_alert_says_how_it_ended() -> None:
    """An alert that has ended says what was found and what was done, quietly."""
    ended = Alert(verified_at=NOW, disposed_at=NOW, finding="wrong_state", action_taken="no_action")
    assert alert_badge(ended).text == "Wrong state: no action"
    assert alert_badge(ended).tone == "quiet"


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (22, "22nd")]
)
def test_places_are_counted_in_words(number: int, text: str) -> None:
    """Places in a plate are named as people say them."""
    assert ordinal(number) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=1), "1 second ago"),
        (timedelta(seconds=119), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=29, hours=23), "29 days ago"),
        (timedelta(minutes=-2), "in 2 minutes"),
    ],
)
def test_distance_in_time_is_told_in_its_largest_whole_unit(ago: timedelta, text: str) -> None:
    """How long ago is told in days, hours, minutes or seconds, rounded down."""
    assert relative(NOW - ago, now=NOW) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than 0.1 seconds"),
        (3.24, "3.2 seconds"),
        (59.4, "59 seconds"),
        (60, "1 minute"),
        (3_905, "1 hour 5 minutes"),
        (3_605, "1 hour"),
        (86_400 * 3 + 7_300, "3 days 2 hours"),
    ],
)
def test_how_long_something_takes_is_said_as_people_say_it(seconds: float, text: str) -> None:
    """In the largest whole unit and the next one; tenths where seconds are few."""
    assert lasting(seconds) == text
