"""What the ledger says about one alert, in words for its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from platewarden.alerts.models import Alert
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.policy.hits import ActionTaken, Basis, Comparison, Finding, StatusCheck, StatusReason
from platewarden.policy.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class Event:
    """One line of an alert's history.

    Attributes:
        at: When it was recorded.
        title: What happened, and who did it.
        detail: More of it.
        tone: ``good``, ``warning`` or ``danger``, where it means one of them.
        entry: Number of its ledger entry.
        by: Sign-in name of who did it, or code of the camera.
    """

    at: datetime
    title: str
    detail: str = ""
    tone: str = ""
    entry: int = 0
    by: str = ""


def history_of(alert: Alert) -> list[Event]:
    """Return what happened to *alert*, oldest first; looks in a row by one person are one line."""
    told = [kind.value for kind in _TOLD]
    bodies = LedgerBody.objects.filter(subject=f"alert:{alert.pk}", leaf__kind__in=told)
    events = []
    rows = bodies.select_related("leaf").order_by("leaf_id")
    for (title, kind, _), group in groupby(((_event(row), row) for row in rows), key=_line):
        same = [event for event, _ in group]
        is_repeated = kind == Kind.ALERT_OPENED and len(same) > 1
        detail = f"{len(same)} times; this was the first" if is_repeated else same[0].detail
        events.append(replace(same[0], title=title, detail=detail))
    return events


def _line(pair: tuple[Event, LedgerBody]) -> tuple[str, str, int]:
    """Return what two rows must share to be one line: only looks ever do."""
    event, row = pair
    return event.title, row.leaf.kind, 0 if row.leaf.kind == Kind.ALERT_OPENED else row.pk


def _event(body: LedgerBody) -> Event:
    content = body.content
    title, detail, tone = _TOLD[Kind(body.leaf.kind)](content["details"])
    name = content["actor"]["name"]
    return Event(body.leaf.at, title.format(name=name), detail, tone, body.leaf.seq, name)


Told = tuple[str, str, str]


def _raised(details: Mapping[str, Any]) -> Told:
    return "Raised by camera {name}", "The list was past its age." if details.get("stale_list") else "", ""


def _sighted(details: Mapping[str, Any]) -> Told:
    return (
        "Seen again by camera {name}",
        "The list was past its age." if details.get("stale_list") else "",
        "",
    )


def _told_on_board(details: Mapping[str, Any]) -> Told:
    when = datetime.fromisoformat(details["told_at"]).strftime("%H:%M:%SZ")
    since = f"at {when}, by version {details['version']} of the list on board"
    if not details["answer"]:
        return "{name} told its crew in the car", since, ""
    seen = f"in the car: characters and state {_SEEN[Comparison(details['answer'])]}"
    return "{name} says what its crew saw", f"{seen}; nobody signed in for it, so this is no verification", ""


def _superseded(details: Mapping[str, Any]) -> Told:
    detail = "It had been verified." if details["was_verified"] else ""
    return "Camera {name} read the plate again, and otherwise", detail, "warning"


def _escalated(details: Mapping[str, Any]) -> Told:
    return "Supervisors were told", NoticeKind(details["why"]).label, "warning"


def _opened(details: Mapping[str, Any]) -> Told:
    if "plate" in details["images"]:
        return "{name} looked at it", "", ""
    return "{name} opened it without its plate image", "", "warning"


def _first_look(details: Mapping[str, Any]) -> Told:
    seen = {part: Comparison(details[part]) for part in ("characters", "state")}
    is_good = all(outcome is Comparison.MATCH for outcome in seen.values())
    words = ", ".join(f"{part} {_SEEN[outcome]}" for part, outcome in seen.items())
    return "{name} said what they saw before they knew the entry", words, "good" if is_good else "danger"


def _taken(details: Mapping[str, Any]) -> Told:  # noqa: ARG001 - as all of them
    return "{name} took it", "", ""


def _verified(details: Mapping[str, Any]) -> Told:
    seen = {part: Comparison(details[part]) for part in ("characters", "state")}
    check = StatusCheck(details["status_check"])
    is_good = all(outcome is Comparison.MATCH for outcome in seen.values()) and check is not _CONTRADICTED
    words = [f"{part} {_SEEN[outcome]}" for part, outcome in seen.items()]
    words.append(f"status {check.value.replace('_', ' ')}")
    if reason := details.get("status_reason"):
        words.append(StatusReason(reason).label)
    if details.get("against_first_look"):
        words.append("otherwise than at the first look")
    return "{name} verified it", ", ".join(words), "good" if is_good else "danger"


def _disposed(details: Mapping[str, Any]) -> Told:
    words = [Finding(details["finding"]).label, ActionTaken(details["action"]).label]
    if basis := details.get("basis"):
        words.append(f"on {Basis(basis).label}")
    if details["case"]:
        words.append(f"case {details['case']}")
    return "{name} ended it", ", ".join(words), ""


def _preserved(details: Mapping[str, Any]) -> Told:
    return "Preserved in its case", f"case {details['case']}", ""


def _reported(details: Mapping[str, Any]) -> Told:
    return "{name} had its report made", f"case {details['case']}", ""


_CONTRADICTED: Final = StatusCheck.CONTRADICTED
_SEEN: Final = {
    Comparison.MATCH: "match",
    Comparison.DIFFER: "differ",
    Comparison.UNREADABLE: "unreadable",
}
_TOLD: Final[Mapping[Kind, Callable[[Mapping[str, Any]], Told]]] = {
    Kind.ALERT_RAISED: _raised,
    Kind.ALERT_SIGHTED: _sighted,
    Kind.ALERT_SUPERSEDED: _superseded,
    Kind.BOARD_TOLD: _told_on_board,
    Kind.ALERT_ESCALATED: _escalated,
    Kind.ALERT_OPENED: _opened,
    Kind.ALERT_ACKNOWLEDGED: _taken,
    Kind.ALERT_FIRST_LOOK: _first_look,
    Kind.ALERT_VERIFIED: _verified,
    Kind.HIT_PRESERVED: _preserved,
    Kind.ALERT_DISPOSED: _disposed,
    Kind.REPORT_MADE: _reported,
}
