"""Who an alert is for: the vocabulary of audiences, and the rules that read it.

An entry says for whom its alerts are; without a word they are for everybody who sees alerts. Roles and named
people narrow who may know of an alert at all. Areas narrow only whose console shows it and sounds by itself: a
vehicle does not stop at a boundary, and an alert that nobody hears is worse than one that too many hear.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.rights import RIGHTS, Right, may

ROLES: Final = tuple(sorted(RIGHTS[Right.SEE_ALERTS]))
"""Roles an audience can name: those that see alerts."""


class Priority(StrEnum):
    """How loudly an alert is told."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom the alerts of an entry are.

    Attributes:
        roles: Whoever holds one of these roles; and
        people: account ids of whoever is named. With neither, everybody who sees alerts.
        areas: Codes of the areas whose people are told; empty: those of the area in which the vehicle was seen.
    """

    roles: frozenset[Role] = frozenset()
    people: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if strange := self.roles - frozenset(ROLES):
            raise ValueError(
                f"audience: {', '.join(sorted(strange))} see no alerts; choose from {', '.join(ROLES)}"
            )

    @property
    def names_someone(self) -> bool:
        """Whether it is for fewer than everybody who sees alerts."""
        return bool(self.roles or self.people)

    @property
    def codes(self) -> list[str]:
        """Roles and people in the form they are stored in: ``role:investigator``, ``person:12``."""
        return [
            *(f"role:{role}" for role in sorted(self.roles)),
            *(f"person:{one}" for one in sorted(self.people)),
        ]

    @property
    def all_codes(self) -> list[str]:
        """Roles, people and areas in the form an entry stores them in; areas as ``area:north``."""
        return [*self.codes, *(f"area:{area}" for area in sorted(self.areas))]

    @classmethod
    def from_codes(cls, codes: Iterable[str]) -> Self:
        """Return the audience that an entry or an alert stores as *codes*.

        Raises:
            ValueError: A code is none of ``role:...``, ``person:...``, ``area:...``, or names a role that does
                not see alerts.
        """
        parts: dict[str, set[str]] = {"role": set(), "person": set(), "area": set()}
        for code in codes:
            kind, _, key = code.partition(":")
            if kind not in parts or not key:
                raise ValueError(f"audience: {code!r} is none of role:..., person:..., area:...")
            parts[kind].add(key)
        roles = frozenset(Role(role) for role in parts["role"])
        return cls(roles, frozenset(parts["person"]), frozenset(parts["area"]))


EVERYBODY: Final = Audience()


@dataclass(frozen=True, slots=True)
class Duty:
    """What a person who is on duty has signed on for.

    Attributes:
        areas: Codes of the areas; empty for all of them.
    """

    areas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What decides for whom an alert is.

    Attributes:
        agency_id: The agency it belongs to.
        audience: Of the entry that was hit.
        area: Code of the area of the camera that saw the vehicle last; empty where it has none.
        priority: How loudly it is told.
        is_covered: Whether anybody on duty has signed on for the areas it concerns.
    """

    agency_id: int
    audience: Audience = EVERYBODY
    area: str = ""
    priority: Priority = Priority.NORMAL
    is_covered: bool = True

    @property
    def areas(self) -> frozenset[str]:
        """Codes of the areas whose people are told; empty when it concerns every area."""
        return self.audience.areas or (frozenset({self.area}) if self.area else frozenset())


def codes_of(actor: Actor) -> list[str]:
    """Return the codes by which audiences name *actor*."""
    return [*(f"role:{role}" for role in sorted(actor.roles)), f"person:{actor.id}"]


def may_see_alert(actor: Actor, alert: AlertFacts) -> Decision:
    """Decide whether *actor* may know of *alert*: open it, find it in a list, deal with it.

    > USE-1: by people whose duties call for it

    Supervisors see every alert of their agency, because they answer for each and unanswered ones escalate to them.
    """
    sees = may(actor, Right.SEE_ALERTS)
    if not sees.allowed:
        return sees
    if actor.agency_id == alert.agency_id and (actor.has(Role.SUPERVISOR) or is_meant(actor, alert.audience)):
        return allow("USE-1")
    return refuse(
        "USE-1", "This alert is not for you.", remedy="Ask your supervisor if you need to know of it."
    )


def receives(actor: Actor, alert: AlertFacts, *, duty: Duty | None) -> bool:
    """Whether *alert* appears and sounds by itself on *actor*'s console.

    > HIT-1: A hit raises an alert that is seen and heard.

    Those on duty in other areas are spared it, unless it is of high priority or they are named, or nobody on duty
    covers the areas it concerns. Whoever has not signed on for duty is told of every area.

    Args:
        actor: Whose console it is.
        alert: The alert.
        duty: What they have signed on for; None when they are not on duty.
    """
    if not may(actor, Right.SEE_ALERTS).allowed or actor.agency_id != alert.agency_id:
        return False
    if not is_meant(actor, alert.audience):
        return False
    return actor.id in alert.audience.people or _concerns(alert, duty)


def is_meant(actor: Actor, audience: Audience) -> bool:
    """Whether *audience* names *actor*, or names nobody and so means everybody."""
    return not audience.names_someone or actor.id in audience.people or actor.has(*audience.roles)


def _concerns(alert: AlertFacts, duty: Duty | None) -> bool:
    if alert.priority is Priority.HIGH or not alert.is_covered or not alert.areas:
        return True
    return duty is None or not duty.areas or bool(duty.areas & alert.areas)


def covers(duties: Sequence[Duty], areas: frozenset[str]) -> bool:
    """Whether one of *duties* covers one of *areas*; who signed on for all areas covers each."""
    return any(not duty.areas or not areas or duty.areas & areas for duty in duties)
