"""Reports of misuse: who may report, who investigates and decides, and who sees what (SHR-4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class Concern(StrEnum):
    """Whom a report is about."""

    PEOPLE = "people"
    UNDERSHERIFF = "undersheriff"
    SHERIFF = "sheriff"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _CONCERNS[self]


_CONCERNS: Final = {
    Concern.PEOPLE: "somebody of that agency, or the agency as a whole",
    Concern.UNDERSHERIFF: "our Undersheriff",
    Concern.SHERIFF: "our Sheriff",
}


class Step(StrEnum):
    """What is done about a report, one after another; none of it is ever taken back."""

    ACKNOWLEDGED = "acknowledged"
    NOTED = "noted"
    DECIDED = "decided"


class Outcome(StrEnum):
    """How a report is decided."""

    CONTINUES = "continues"
    SUSPENDED = "suspended"
    ENDED = "ended"
    NOT_FOUNDED = "not_founded"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return _OUTCOMES[self]


_OUTCOMES: Final = {
    Outcome.CONTINUES: "founded, and sharing continues",
    Outcome.SUSPENDED: "founded, and sharing is suspended",
    Outcome.ENDED: "founded, and sharing is ended",
    Outcome.NOT_FOUNDED: "not founded",
}


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report as the rules look at it.

    Attributes:
        reporter_id: Account id of whoever reported.
        decider: The role that investigates and decides.
        is_about_us: Whether it is about our own office.
        about_id: Account id of the person it is about, where it names one by the name to sign in with.
        is_acknowledged: Whether whoever decides has said that it arrived.
        is_decided: Whether it has been decided.
    """

    reporter_id: str
    decider: Role
    is_about_us: bool = False
    about_id: str = ""
    is_acknowledged: bool = False
    is_decided: bool = False


_DECIDERS: Final = (Role.UNDERSHERIFF, Role.SHERIFF, Role.AUDITOR)
_OF_CONCERN: Final = {Concern.UNDERSHERIFF: Role.UNDERSHERIFF, Concern.SHERIFF: Role.SHERIFF}


def decider_of(concern: Concern, *, involved: frozenset[Role]) -> Role | None:
    """Return who investigates and decides a report about *concern*; None where nobody here could.

    > SHR-4: the Undersheriff investigates and decides whether sharing goes on

    Nobody decides about themselves, or on what they reported: where the Undersheriff is among the roles *involved*, of
    whoever reports or is named, it is the Sheriff. Where both are, nobody of the office judges: an auditor takes it to
    the County Attorney and records what they decide.
    """
    barred = {*involved, _OF_CONCERN.get(concern)}
    return next((role for role in _DECIDERS if role not in barred), None)


def decided_by(decider: Role) -> str:
    """Say for people who decides on a report before *decider*."""
    return _WHO_DECIDES[decider]


_WHO_DECIDES: Final = {
    Role.UNDERSHERIFF: "the Undersheriff",
    Role.SHERIFF: "the Sheriff",
    Role.AUDITOR: "the County Attorney, to whom an auditor takes it and whose decision the auditor records",
}


def may_report(actor: Actor, *, concern: Concern, account: str, involved: frozenset[Role]) -> Decision:
    """Decide whether *actor* may report misuse: everybody with an account may, whatever their roles.

    > SHR-4: Whoever believes that another agency misuses the system or its data reports it

    *involved* are the roles of whoever reports and of whom they name.
    """
    if not (actor.is_person and actor.id):
        return refuse("SHR-4", "Only somebody who is signed in reports here.", remedy="Sign in first.")
    if decider_of(concern, involved=involved) is None:
        return refuse(
            "SHR-4",
            "Whoever reports it, or is named, is everybody who could decide on it here.",
            remedy="Take it to the County Attorney in writing.",
            field="concern",
        )
    if not account.strip():
        return refuse(
            "SHR-4", "What happened is missing.", remedy="Say it in your own words.", field="account"
        )
    return allow("SHR-4")


def may_read_report(actor: Actor, report: ReportFacts) -> Decision:
    """Decide whether *actor* may read a report: whoever made it, and whoever decides on it; nobody else.

    > SHR-4: the Undersheriff investigates and decides whether sharing goes on

    The person it is about does not see it, whatever their role.
    """
    if actor.is_person and actor.id == report.reporter_id:
        return allow("SHR-4")
    return _decides(actor, report)


def may_take_step(
    actor: Actor, report: ReportFacts, step: Step, *, text: str, outcome: Outcome | None = None
) -> Decision:
    """Decide whether *actor* may acknowledge a report, note something about it, or decide on it.

    > SHR-4: the Undersheriff investigates and decides whether sharing goes on
    """
    return first_refusal(
        _decides(actor, report),
        _is_open(report, step),
        _has_outcome(report, step, outcome),
        allow("SHR-4") if step is Step.ACKNOWLEDGED else _says_something(text),
    )


def acknowledge_by(reported_at: datetime, *, parameters: Parameters) -> datetime:
    """Return by when whoever reported is told that the report arrived.

    > SHR-4: the Undersheriff investigates and decides
    """
    return reported_at + parameters.days("sharing.acknowledge_days")


def decide_by(reported_at: datetime, *, parameters: Parameters) -> datetime:
    """Return by when a report is decided.

    > SHR-4: the Undersheriff investigates and decides
    """
    return reported_at + parameters.days("sharing.decide_days")


def _decides(actor: Actor, report: ReportFacts) -> Decision:
    is_theirs = actor.has(report.decider) and actor.id not in {report.reporter_id, report.about_id}
    if not is_theirs:
        return refuse(
            "SHR-4",
            "This report is for whoever investigates it.",
            remedy="Whoever made it follows it on their own page.",
        )
    return may(actor, Right.DECIDE_MISUSE)


def _is_open(report: ReportFacts, step: Step) -> Decision:
    if report.is_decided and step is not Step.NOTED:
        return refuse("SHR-4", "The report was decided.", remedy="Add a note: it stays on record as it is.")
    if report.is_acknowledged and step is Step.ACKNOWLEDGED:
        return refuse("SHR-4", "It was acknowledged already.", remedy="Nothing: it is on record.")
    if not report.is_acknowledged and step is not Step.ACKNOWLEDGED:
        return refuse("SHR-4", "The report was not acknowledged.", remedy="Acknowledge it first.")
    return allow("SHR-4")


def _has_outcome(report: ReportFacts, step: Step, outcome: Outcome | None) -> Decision:
    if step is not Step.DECIDED:
        return allow("SHR-4")
    if outcome is None:
        return refuse("SHR-4", "The outcome is missing.", remedy="Choose one.", field="outcome")
    if report.decider is Role.AUDITOR and outcome in {Outcome.SUSPENDED, Outcome.ENDED}:
        return refuse(
            "SHR-4",
            "An auditor records what the County Attorney decides, and suspends nothing.",
            remedy="Record whether it is founded, and say in the reasons what is to follow, and from whom.",
            field="outcome",
        )
    if report.is_about_us and outcome in {Outcome.SUSPENDED, Outcome.ENDED}:
        return refuse(
            "SHR-4",
            "With our own office there is no sharing to suspend or end.",
            remedy="Decide that it is founded or not, and say in the reasons what follows.",
            field="outcome",
        )
    return allow("SHR-4")


def _says_something(text: str) -> Decision:
    if text.strip():
        return allow("SHR-4")
    return refuse("SHR-4", "The text is missing.", remedy="Say what you found, and why.", field="text")
