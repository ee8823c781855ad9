"""What the alert pages show, put together for their templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from platewarden.alerts import blind
from platewarden.alerts.actions import Look
from platewarden.alerts.doors import hits_of, latest_hits_of
from platewarden.alerts.models import Alert, Hit
from platewarden.matching.grades import Grade, StateRelation
from platewarden.policy.actor import Actor
from platewarden.policy.hits import Basis, Comparison, StatusReason
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters
from platewarden.policy.verification import SeenPlace
from platewarden.site.components import relative

_STATES = {
    StateRelation.AGREES: ("The state agrees.", "good"),
    StateRelation.ANY: ("The entry is expressly for any state.", "good"),
    StateRelation.UNKNOWN: ("The state is unknown: compare it on the plate image.", "warning"),
    StateRelation.DIFFERS: ("The states differ.", "danger"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One alert of the list; without its hit it shows only what outlives the day.

    Attributes:
        alert: The alert.
        hit: Its hit, while its day lasts.
        now: The moment at which the list is shown.
        is_covered: Whether read text, entry and list are kept from who looks until their first look.
    """

    alert: Alert
    hit: Hit | None
    now: datetime
    latest: Hit | None = None
    is_covered: bool = False

    @property
    def place(self) -> Hit | None:
        """Where it was seen last."""
        return (self.latest or self.hit) if self.hit else None

    @property
    def category(self) -> str:
        """What the matched entry is about."""
        return Category(self.alert.category).label

    @property
    def seen_at(self) -> datetime:
        """When the vehicle was seen last; when the alert was raised, once the hit is gone."""
        return self.place.seen_at if self.place else self.alert.raised_at

    @property
    def age(self) -> str:
        """How long ago that was."""
        return relative(self.seen_at, now=self.now)

    @property
    def holder(self) -> str:
        """Who has taken the alert upon themselves."""
        return self.alert.acknowledged_by.full_name if self.alert.acknowledged_by else ""


def lines_of(alerts: Iterable[Alert], *, actor: Actor, parameters: Parameters, now: datetime) -> list[Line]:
    """Return *alerts* as lines of *actor*'s list, in their order."""
    alerts = list(alerts)
    hits = hits_of(alerts, parameters=parameters, now=now)
    latest = latest_hits_of(alerts, parameters=parameters, now=now)
    return [
        Line(
            alert,
            hit := hits.get(alert.pk),
            now,
            latest.get(alert.pk),
            is_covered=hit is not None and _is_covered(alert, hit, actor, parameters),
        )
        for alert in alerts
    ]


def _is_covered(alert: Alert, hit: Hit, actor: Actor, parameters: Parameters) -> bool:
    return not blind.may_be_shown(alert, hit, actor=actor, parameters=parameters).allowed


@dataclass(frozen=True, slots=True)
class Seen:
    """One's own first look beside the entry, character by character."""

    recorded: blind.RecordedLook
    hit: Hit

    @property
    def places(self) -> tuple[SeenPlace, ...]:
        """What was typed and what the entry has, place by place."""
        return blind.places(self.hit, self.recorded.look)

    @property
    def is_match(self) -> bool:
        """Whether characters and state were typed as the entry has them."""
        return self.recorded.outcome.is_match

    @property
    def state(self) -> str:
        """The state as typed, in words."""
        return self.recorded.look.state or "not readable"

    @property
    def state_note(self) -> str:
        """How the state compares, in words."""
        return _SEEN_STATES[self.recorded.outcome.state]

    @property
    def is_state_match(self) -> bool:
        """Whether the state was typed as the entry has it."""
        return self.recorded.outcome.state is Comparison.MATCH


_SEEN_STATES = {
    Comparison.MATCH: "as the entry has it",
    Comparison.DIFFER: "the entry has another",
    Comparison.UNREADABLE: "cannot be compared",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One alert's page: the images beside the entry."""

    alert: Alert
    hit: Hit
    look: Look

    @property
    def category(self) -> str:
        """What the matched entry is about."""
        return Category(self.hit.entry_category).label

    @property
    def vehicle(self) -> str:
        """The vehicle as the camera saw it, in words."""
        return self.hit.vehicle

    @property
    def state_confidence(self) -> int:
        """How sure the camera is of the state, in per cent."""
        return round(100 * self.hit.state_confidence)

    @property
    def state_note(self) -> str:
        """How the states compare, in words."""
        return _STATES[StateRelation(self.hit.comparison["state"])][0]

    @property
    def state_tone(self) -> str:
        """The tone of `state_note`."""
        return _STATES[StateRelation(self.hit.comparison["state"])][1]

    @property
    def entry_state(self) -> str | None:
        """Postal code of the entry's state; None when it is expressly for any."""
        is_any = self.hit.comparison["state"] == StateRelation.ANY
        return None if is_any else self.hit.entry_state

    @property
    def entry_state_words(self) -> str:
        """The entry's state in words; empty when the list does not say."""
        return "any state" if self.entry_state is None else self.entry_state

    @property
    def confidences(self) -> list[tuple[str, int | None]]:
        """Each character read, with the camera's confidence in per cent where known."""
        places = self.hit.comparison["characters"]
        return [
            (place["read"] or "-", None if place["confidence"] is None else round(100 * place["confidence"]))
            for place in places
        ]

    @property
    def vehicle_differences(self) -> list[dict[str, str]]:
        """Where the vehicle seen is not the one described."""
        differences: list[dict[str, str]] = self.hit.comparison.get("vehicle", [])
        return differences

    @property
    def list_age(self) -> str:
        """How old the list was when the alert was raised."""
        return in_words(self.hit.raised_at - self.hit.snapshot_effective_at)

    @property
    def verification(self) -> list[tuple[str, str]]:
        """The verification that counts, line by line."""
        return _verification(self.alert)

    @property
    def disposition(self) -> list[tuple[str, str]]:
        """How the alert ended, line by line."""
        return [*_disposition(self.alert), ("Case", self.hit.disposition_case_number)]


@dataclass(frozen=True, slots=True)
class Remnant:
    """What is left of an alert whose day is over."""

    alert: Alert

    @property
    def category(self) -> str:
        """What the matched entry was about."""
        return Category(self.alert.category).label

    @property
    def grade(self) -> str:
        """How well the read matched."""
        return Grade(self.alert.grade).label

    @property
    def outcome(self) -> list[tuple[str, str]]:
        """Verification and disposition, line by line; empty where there was none."""
        return [*_verification(self.alert), *_disposition(self.alert)]


def _verification(alert: Alert) -> list[tuple[str, str]]:
    said = [("Characters", alert.characters), ("State", alert.state), ("Status check", alert.status_check)]
    lines = [(term, value.replace("_", " ")) for term, value in said]
    return [*lines, ("Why not", StatusReason(alert.status_reason).label)] if alert.status_reason else lines


def _disposition(alert: Alert) -> list[tuple[str, str]]:
    lines = [
        (term, said.replace("_", " "))
        for term, said in (("Found", alert.finding), ("Done", alert.action_taken))
    ]
    return [*lines, ("It rested on", Basis(alert.basis).label)] if alert.basis else lines


def in_words(span: timedelta) -> str:
    """Return *span* in whole minutes, hours or days."""
    hours = span // timedelta(hours=1)
    if hours >= 48:  # noqa: PLR2004 - two days
        return f"{hours // 24} days"
    if hours >= 1:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{max(0, span // timedelta(minutes=1))} minutes"
