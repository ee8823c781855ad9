"""One person's duties as their calendar shows them: what, by which role, which clause; no name, no evidence."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.duties.calendar import Event, as_text
from platewarden.duties.register import duties_at, lines_of
from platewarden.policy.actor import Actor
from platewarden.policy.duties import DutyState, owes


def calendar_of(actor: Actor, *, host: str, url: str, now: datetime) -> str:
    """Return the calendar of *actor*; what is overdue or unknown stands on today, where it is seen."""
    events = _events(actor, host, now)
    return as_text(events, name="Platewarden duties", url=url, now=now)


def _events(actor: Actor, host: str, now: datetime) -> Iterator[Event]:
    zone = ZoneInfo(owning_agency().time_zone)
    owed = [duty for duty in duties_at(now) if owes(actor, duty)]
    seen: Counter[str] = Counter()
    for line in lines_of(owed, now):
        duty, due = line.duty, line.duty.due_at
        said = {DutyState.OVERDUE: "Overdue: ", DutyState.UNKNOWN: "Unknown whether done: "}.get(
            line.state, ""
        )
        day = (due if due and due > now else now).astimezone(zone).date()
        whose = "you" if duty.person_id else f"the {duty.owner}"
        when = f"Due {due.astimezone(zone):%Y-%m-%d %H:%M %Z}." if due else "Its day is not known."
        seen[duty.key] += 1  # two reports that wait are two events, though they are called alike
        yield Event(
            f"{duty.key}-{seen[duty.key]}@{host}",
            day,
            f"{said}{duty.what}",
            f"{when} Clause {duty.clause}, owed by {whose}.",
        )
