"""The calendar of duties keeps to RFC 5545, and says no more than what a role owes by when."""

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from platewarden.duties import actions
from platewarden.duties.calendar import Event, as_text, escaped, folded
from platewarden.ledger.models import LedgerLeaf
from tests.cast import Cast
from tests.conftest import NOW

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The time that the register's pages see."""
    shown = [NOW]
    monkeypatch.setattr("platewarden.duties.views.utc_now", lambda: shown[0])
    return shown


def event(summary: str = "Review the users", description: str = "") -> Event:
    """One event."""
    return Event("a@example", date(2026, 12, 24), summary, description)


def events_of(text: str) -> list[Any]:
    """The events that another parser finds in a calendar."""
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


@given(TEXTS)
def test_no_line_is_longer_than_75_octets_and_unfolding_gives_it_back(line: str) -> None:
    """Characters of several octets are never torn apart (RFC 5545, 3.1)."""
    parts = list(folded(line))
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line


@given(TEXTS)
def test_no_text_ends_its_line_or_starts_another(text: str) -> None:
    """Whatever a list or a camera is called, it stays one value (3.3.11)."""
    written = escaped(text)
    assert not set(written) & {"\r", "\n"}
    assert all(char >= " " or char == "\t" for char in written)


@given(TEXTS, TEXTS)
def test_another_parser_reads_back_what_was_written(summary: str, description: str) -> None:
    """The library `icalendar` finds the same texts, on the same day."""
    text = as_text([event(summary, description)], name="Duties", url="https://example.invalid/", now=NOW)
    (found,) = events_of(text)

    def kept(value: str) -> str:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(char for char in value if char in "\n\t" or (char >= " " and char != "\x7f"))

    assert str(found["SUMMARY"]) == kept(summary)
    assert str(found["DESCRIPTION"]) == kept(description)
    assert found["DTSTART"].dt == date(2026, 12, 24)
    assert found["DTEND"].dt - found["DTSTART"].dt == timedelta(days=1)


def test_lines_end_in_crlf_and_the_frame_is_whole() -> None:
    """A calendar without events is one as well."""
    text = as_text([], name="Duties", url="https://example.invalid/", now=NOW)
    lines = text.split("\r\n")
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "\n" not in text.replace("\r\n", "")


def fetch(secret: str, **headers: Any) -> Any:
    """Fetch a calendar as a calendar does: no cookie, no sign-in."""
    return Client().get(reverse("duties:calendar", args=[secret]), **headers)


@pytest.mark.django_db
def test_a_calendar_shows_what_its_person_owes_and_nothing_else(cast: Cast) -> None:
    """Overdue and unknown ones stand on today; no name, no user name, no evidence."""
    secret = actions.make_calendar(actor=cast.actor("ada"), now=NOW)
    answer = fetch(secret)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    text = answer.content.decode()
    events = {str(each["SUMMARY"]): each for each in events_of(text)}
    assert events["Review the users"]["DTSTART"].dt == date(2027, 11, 20)
    assert events["Unknown whether done: Try a restore"]["DTSTART"].dt == date(2026, 11, 20)
    assert "Overdue: Renew the standing authorisation to destroy" in events
    assert "Check the public portal" not in text
    for user in cast.people.values():
        assert user.full_name not in text


@pytest.mark.django_db
def test_the_owner_makes_sees_once_and_revokes_the_address(cast: Cast, client: Client) -> None:
    """It is shown when it is made, never again; the page says who has looked."""
    client.force_login(cast.alice)
    page = client.post(reverse("duties:make_calendar"))
    url = page.context["shown"]
    assert url in page.content.decode()
    assert fetch(url.split("/")[-2]).status_code == 200
    again = client.get(reverse("duties:mine"))
    assert url not in again.content.decode()
    assert "Looked at last" in again.content.decode()
    assert client.post(reverse("duties:end_calendar")).status_code == 302
    assert fetch(url.split("/")[-2]).status_code == 404
    kinds = list(LedgerLeaf.objects.order_by("seq").values_list("kind", flat=True))
    assert [kind for kind in kinds if kind.startswith("calendar.")] == [
        "calendar.made",
        "calendar.fetched",
        "calendar.ended",
        "calendar.refused",
    ]
