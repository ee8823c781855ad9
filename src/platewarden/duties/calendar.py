"""Duties as an iCalendar file (RFC 5545), which calendars fetch by themselves: pure text, no plate, no name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

_OCTETS: Final = 75
_ESCAPED: Final = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n"))


@dataclass(frozen=True, slots=True)
class Event:
    """One whole day of a calendar.

    Attributes:
        uid: The same for the same thing at every look (3.8.4.7).
        day: On which it stands.
        summary: What the calendar shows.
        description: What it says when one opens it.
    """

    uid: str
    day: date
    summary: str
    description: str


def as_text(events: Iterable[Event], *, name: str, url: str, now: datetime) -> str:
    """Return *events* as the text of one calendar called *name*; lines end in CRLF and hold 75 octets (3.1)."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Platewarden//Duties//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        *(line for event in events for line in _lines_of(event, url, now)),
        "END:VCALENDAR",
    ]
    return "".join(part + "\r\n" for line in lines for part in folded(line))


def _lines_of(event: Event, url: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(event.summary)}"
    yield f"DESCRIPTION:{escaped(event.description)}"
    yield f"URL:{url}"
    yield "CLASS:PRIVATE"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """Return *text* as a value of the type TEXT (3.3.11); control characters, which it cannot hold, are left out."""
    for plain, written in _ESCAPED:
        text = text.replace(plain, written)
    return "".join(char for char in text if char == "\t" or (char >= " " and char != "\x7f"))


def folded(line: str) -> Iterator[str]:
    """Yield *line* in parts of at most 75 octets, later ones led by a space; no character is torn apart (3.1)."""
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + char, size + width
    yield part
