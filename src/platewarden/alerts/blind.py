"""Blind first looks as they lie with a hit: who typed what, and to whom an alert is still covered (HIT-2).

They hold plates, so they go with the hit's day; the ledger keeps only how they came out.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from platewarden.alerts.models import Alert, Hit
from platewarden.matching.grades import StateRelation
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision
from platewarden.policy.hits import Comparison
from platewarden.policy.parameters import Parameters
from platewarden.policy.verification import (
    FirstLook,
    LookFacts,
    LookOutcome,
    SeenPlace,
    may_see_entry,
    outcome_of,
    places_of,
)


@dataclass(frozen=True, slots=True)
class RecordedLook:
    """One person's first look, as they typed it and as it came out.

    Attributes:
        user: Account id of who looked.
        by: Their sign-in name.
        at: When it was recorded.
        look: What they typed.
        outcome: How it compares with the entry.
    """

    user: str
    by: str
    at: datetime
    look: FirstLook
    outcome: LookOutcome

    def row(self) -> dict[str, Any]:
        """Return it as it is kept with the hit."""
        kept = {"user": self.user, "by": self.by, "at": self.at.isoformat()}
        return {**kept, "look": asdict(self.look), "outcome": asdict(self.outcome)}


def looks_of(hit: Hit) -> list[RecordedLook]:
    """Return every first look at *hit*, the earliest first."""
    return [_recorded(row) for row in hit.first_looks]


def look_of(hit: Hit, actor: Actor) -> RecordedLook | None:
    """Return *actor*'s own first look at *hit*; None while they took none."""
    return next((recorded for recorded in looks_of(hit) if recorded.user == actor.id), None)


def recorded_look(hit: Hit, look: FirstLook, *, actor: Actor, now: datetime) -> RecordedLook:
    """Return *actor*'s *look* at *hit* with its outcome, ready to be kept."""
    outcome = outcome_of(look, entry_plate_of(hit), entry_state_of(hit))
    return RecordedLook(actor.id, actor.name, now, look, outcome)


def places(hit: Hit, look: FirstLook) -> tuple[SeenPlace, ...]:
    """Return *look* beside the entry of *hit*, character by character."""
    return places_of(look, entry_plate_of(hit))


def entry_plate_of(hit: Hit) -> str:
    """Return the canonical plate of the entry that *hit* matched."""
    return "".join(place["entry"] for place in hit.comparison["characters"])


def entry_state_of(hit: Hit) -> str | None:
    """Return the postal code of the entry's state; None when it is expressly for any, empty when it does not say."""
    return None if hit.comparison["state"] == StateRelation.ANY else hit.entry_state


def look_facts(alert: Alert, hit: Hit) -> LookFacts:
    """Return what the policy looks at before it takes a first look at *alert*."""
    return replace(_facts(alert, hit), opened_by=openers_of(alert))


def openers_of(alert: Alert) -> frozenset[str]:
    """Return the account ids of those who had the plate image of *alert* before their eyes."""
    return frozenset(str(user_id) for user_id in alert.openings.values_list("user_id", flat=True))


def may_be_shown(
    alert: Alert, hit: Hit, *, actor: Actor, parameters: Parameters, has_image: bool = True
) -> Decision:
    """Decide whether read text, entry and list of *alert* may be shown to *actor* before their own first look."""
    return may_see_entry(actor, replace(_facts(alert, hit), has_image=has_image), parameters=parameters)


def _facts(alert: Alert, hit: Hit) -> LookFacts:
    looked_by = frozenset(recorded.user for recorded in looks_of(hit))
    return LookFacts(looked_by, is_disposed=alert.disposed_at is not None)


def _recorded(row: dict[str, Any]) -> RecordedLook:
    found = {name: Comparison(value) for name, value in row["outcome"].items()}
    at = datetime.fromisoformat(row["at"])
    return RecordedLook(row["user"], row["by"], at, FirstLook(**row["look"]), LookOutcome(**found))
