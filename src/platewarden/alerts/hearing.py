"""What one console hears of what the database tells: the same event is news to one and a change to another."""

from typing import Any

from platewarden.alerts.audience import facts_of_event
from platewarden.alerts.listeners import Ear
from platewarden.notices.doors import addressee_of_event

Event = dict[str, Any]


def heard(event: Event, ear: Ear) -> Event | None:
    """Return *event* as *ear* is to hear it; None if it is not for them.

    An alert that moves to other areas is an alert to those whom it did not concern before, and a quiet change to
    all who may know of it. What happens to duty is heard by the person themselves, whose console goes by it.
    """
    match event["event"]:
        case "alert":
            return event if ear.receives(facts_of_event(event)) else None
        case "alert-changed":
            return _changed(event, ear)
        case "notice":
            return event if ear.is_told_of(addressee_of_event(event)) else None
        case "duty" | "access":
            return event if event["user"] == ear.actor.id else None
    return None


def _changed(event: Event, ear: Ear) -> Event | None:
    facts, before = facts_of_event(event), event.get("before")
    if before and ear.receives(facts) and not ear.receives(facts_of_event(before)):
        return event | {"event": "alert"}
    return event if ear.may_know(facts) else None
