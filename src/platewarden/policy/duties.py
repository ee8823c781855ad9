"""What people must do by a date: the form in which every chapter states its duties, and when each is passed on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class DutyState(StrEnum):
    """How a duty stands; the value is said to people."""

    OVERDUE = "overdue"
    UNKNOWN = "unknown"
    SOON = "due soon"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that is to be done by a date.

    Attributes:
        what: What is to be done, in a few words; never a plate, a person or a case: calendars outside show it.
        clause: The clause it keeps.
        owner: The role that answers for it.
        due_at: By when; None where nobody can know, and then it is said to be unknown, never to be done.
        evidence: What shows when it was done last, or that it never was; for pages inside alone.
        where: Name of the view where it is done.
        person_id: Account id, where one person owes it for themselves or by name; empty where the role does.
        is_rare: Whether it comes round so rarely that its owner is told ahead, and not only on the day.
        is_told: Whether its own chapter tells the owner when it is due; the register then tells only those above.
        page: View and id of the one thing that it is about, for whoever owes it; None where there is no such page.
    """

    what: str
    clause: str
    owner: Role
    due_at: datetime | None
    evidence: str
    where: str
    person_id: str = ""
    is_rare: bool = False
    is_told: bool = False
    page: tuple[str, int | str] | None = None

    @property
    def key(self) -> str:
        """What the same duty of the same owner is known by from one look to the next, whatever its day."""
        said = f"{self.where}\n{self.what}\n{self.owner}\n{self.person_id}"
        return sha256(said.encode()).hexdigest()[:24]

    def is_overdue(self, now: datetime) -> bool:
        """Whether its day has come and it is not done."""
        return self.due_at is not None and self.due_at <= now


def state_of(duty: Duty, *, parameters: Parameters, now: datetime) -> DutyState:
    """Return how *duty* stands at *now*; one without a day is unknown."""
    if duty.due_at is None:
        return DutyState.UNKNOWN
    if duty.due_at <= now:
        return DutyState.OVERDUE
    soon = now + parameters.days("accounts.duty_notice_days")
    return DutyState.SOON if duty.due_at <= soon else DutyState.AHEAD


def is_passed_on(duty: Duty, *, parameters: Parameters, now: datetime) -> bool:
    """Whether *duty* has been overdue so long that those above its owner are told.

    > ADM-4: supervisors answer for the use their people make of it
    """
    return duty.due_at is not None and duty.due_at + parameters.days("accounts.duty_escalate_days") <= now


def owes(actor: Actor, duty: Duty) -> bool:
    """Whether *duty* is one of *actor*'s: theirs by name, or by a role in force."""
    return duty.person_id == actor.id if duty.person_id else actor.has(duty.owner)


def may_see_all_duties(actor: Actor) -> Decision:
    """Decide whether *actor* sees what others owe; what they owe themselves everybody sees.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.
    """
    return may(actor, Right.SEE_ALL_DUTIES)


def may_take_calendar(actor: Actor) -> Decision:
    """Decide whether *actor* may have an address under which a calendar finds their duties, and no one else's.

    > ADM-3: Each user has a login, a secret and a second factor of their own, which are never shared

    The address is its owner's secret; it opens the list of what their roles owe, and nothing else.
    """
    if actor.is_person and actor.roles:
        return allow("ADM-3")
    return refuse(
        "ADM-3", "You hold no role, so you owe nothing.", remedy="Ask the administrator for a role."
    )


def calendar_is_asked_too_often(asked: int, *, parameters: Parameters) -> bool:
    """Whether *asked* looks at calendars from one address within an hour, of any outcome, refuse its next.

    > ADM-4: Data is protected against intrusion
    """
    return asked >= parameters.integer("accounts.calendar_looks")
