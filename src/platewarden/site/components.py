"""What the console's tags say, free of markup: badges, ordinals, and how long ago something was."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from platewarden.matching.comparing import CharacterComparison, CharacterRelation
from platewarden.policy.hits import ActionTaken, Comparison, Finding, StatusCheck


@dataclass(frozen=True, slots=True)
class Badge:
    """A short text with a tone and an icon; the text alone says everything."""

    text: str
    tone: str = ""
    symbol: str = ""


class AlertFacts(Protocol):
    """What a badge needs to know of an alert."""

    verified_at: datetime | None
    disposed_at: datetime | None
    characters: str
    state: str
    status_check: str
    finding: str
    action_taken: str


UNVERIFIED: Final = Badge("Unverified", "alarm", "warning")


def alert_badge(alert: AlertFacts) -> Badge:
    """Return where *alert* stands; only a recorded comparison takes the word "unverified" away (HIT-2)."""
    if alert.disposed_at is not None:
        ending = f"{Finding(alert.finding).label}: {ActionTaken(alert.action_taken).label}"
        return Badge(ending.capitalize(), "quiet", "check")
    if alert.verified_at is None:
        return UNVERIFIED
    if differing := _differing(alert):
        return Badge(f"No match: {differing}", "danger", "cross")
    return _status_badge(StatusCheck(alert.status_check))


def _differing(alert: AlertFacts) -> str:
    words = {Comparison.DIFFER: "different", Comparison.UNREADABLE: "unreadable"}
    parts = {"characters": Comparison(alert.characters), "state": Comparison(alert.state)}
    return ", ".join(f"{part} {words[seen]}" for part, seen in parts.items() if seen is not Comparison.MATCH)


def _status_badge(check: StatusCheck) -> Badge:
    match check:
        case StatusCheck.CONFIRMED:
            return Badge("Verified, status confirmed", "good", "check")
        case StatusCheck.CONTRADICTED:
            return Badge("Verified, status contradicted", "danger", "warning")
        case StatusCheck.NOT_POSSIBLE:
            return Badge("Verified, status not checked", "warning", "check")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a comparison: both characters, how it looks, and the outcome as a sign and in words."""

    read: str
    entry: str
    look: str
    symbol: str
    words: str


_OUTCOMES: Final = {
    CharacterRelation.SAME: ("same", "check", "same"),
    CharacterRelation.CONFUSABLE: ("lookalike", "approximate", "looks alike"),
    CharacterRelation.DIFFERENT: ("different", "cross", "different"),
    CharacterRelation.INSERTED: ("different", "cross", "read, and not in the entry"),
    CharacterRelation.MISSING: ("different", "cross", "in the entry, and not read"),
    CharacterRelation.OPEN: ("open", "question", "left open by the entry"),
}


def compared_place(place: Mapping[str, Any] | CharacterComparison) -> Place:
    """Return how one place of a comparison, as a hit keeps it, is shown."""
    told = asdict(place) if isinstance(place, CharacterComparison) else place
    return Place(told["read"], told["entry"], *_OUTCOMES[CharacterRelation(told["relation"])])


def ordinal(number: int) -> str:
    """Return *number* as 1st, 2nd, 3rd, 4th ..."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


_UNITS: Final = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
    (timedelta(seconds=1), "second"),
)


_EXACT_S: Final = 10
"""Below so many seconds tenths of them are said."""

_LEAST_S: Final = 0.05


def relative(moment: datetime, *, now: datetime) -> str:
    """Return how long before or after *now* the *moment* lies, in its largest whole unit."""
    distance = abs(now - moment)
    for unit, name in _UNITS:
        if count := distance // unit:
            text = _counted(count, name)
            return f"{text} ago" if moment < now else f"in {text}"
    return "now"


def lasting(seconds: float) -> str:
    """Return how long *seconds*, nought or more, are as people say it: in the largest whole unit and the next one."""
    if seconds < _EXACT_S:
        return f"{seconds:.1f} seconds" if seconds >= _LEAST_S else "less than 0.1 seconds"
    rest, said = timedelta(seconds=round(seconds)), list[str]()
    for unit, name in _UNITS:
        count, rest = divmod(rest, unit)
        if count:
            said.append(_counted(count, name))
        if said and (not count or len(said) == 2):  # noqa: PLR2004 - the next unit was looked at
            break
    return " ".join(said)


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"
