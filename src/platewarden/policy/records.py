"""Records requests: who registers and answers them, and by when the law wants what (SHR-3).

They come from whoever is neither a law-enforcement nor a prosecutorial agency, and from courts. They go to the County
Attorney. Nothing here, nor in the app that uses it, leads to a read.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from platewarden.policy.actor import Actor
from platewarden.policy.businessdays import Calendar, Holiday, read_days
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class RecordsKind(StrEnum):
    """What a records request is."""

    FOIL = "foil"
    SUBPOENA = "subpoena"
    DISCOVERY = "discovery"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return {
            "foil": "Freedom of Information Law request",
            "subpoena": "subpoena",
            "discovery": "discovery demand in a case at court",
        }.get(self.value, "another request for records")

    @property
    def names_its_day(self) -> bool:
        """Whether the paper itself says by when it is to be answered; the statute does for all others."""
        return self in {RecordsKind.SUBPOENA, RecordsKind.DISCOVERY}


class RecordsOutcome(StrEnum):
    """How a records request was answered by the County Attorney."""

    GRANTED = "granted"
    IN_PART = "in_part"
    DENIED = "denied"
    NO_RECORDS = "no_records"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return {"in_part": "granted in part", "no_records": "no such records"}.get(self.value, self.value)

    @property
    def needs_reason(self) -> bool:
        """Whether it is said why: whatever gives less than was asked for."""
        return self in {RecordsOutcome.DENIED, RecordsOutcome.IN_PART}


class RecordsStanding(StrEnum):
    """Where a records request stands."""

    WAITS = "waits"
    ACKNOWLEDGED = "acknowledged"
    EXTENDED = "extended"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsFacts:
    """A records request as the rules look at it; days on the agency's calendar.

    Attributes:
        kind: What it is; None where that is not said.
        received_on: The day on which it came in; None where that is not said.
        answer_on: The day that its own paper names, of a subpoena or a discovery demand.
        acknowledged_on: The day on which receipt was acknowledged in writing.
        extended_to: The later day that the requester was told, with the reason.
        answered_on: The day on which it was answered.
    """

    kind: RecordsKind | None
    received_on: date | None
    answer_on: date | None = None
    acknowledged_on: date | None = None
    extended_to: date | None = None
    answered_on: date | None = None

    @property
    def standing(self) -> RecordsStanding:
        """Where it stands."""
        if self.answered_on:
            return RecordsStanding.ANSWERED
        if self.extended_to:
            return RecordsStanding.EXTENDED
        return RecordsStanding.ACKNOWLEDGED if self.acknowledged_on else RecordsStanding.WAITS


def calendar_of(parameters: Parameters) -> Calendar:
    """Return the office's calendar, by the agency's own list of holidays.

    Raises:
        ValueError: A day of the list of closed days is none.
    """
    holidays = frozenset(Holiday(code) for code in parameters.codes("records.holidays"))
    return Calendar(holidays, read_days(parameters.text("records.closed_days")))


def due_on(facts: RecordsFacts, *, parameters: Parameters) -> date | None:
    """Return the last day on which the next step is in time; None once it is answered.

    > SHR-3: Requests from anyone who is neither a law-enforcement nor a prosecutorial agency go to the County Attorney
    > under the Freedom of Information Law.

    Public Officers Law, section 89 (3) (a): within so many business days of the receipt a request is granted, denied or
    acknowledged; within so many of the acknowledgement it is granted or denied, or the requester is told why not and a
    day certain. A subpoena and a discovery demand name their own day.
    """
    if facts.answered_on or facts.received_on is None:
        return None
    if facts.extended_to:
        return facts.extended_to
    if facts.answer_on:
        return facts.answer_on
    calendar = calendar_of(parameters)
    if facts.acknowledged_on:
        return calendar.after(facts.acknowledged_on, parameters.integer("records.answer_business_days"))
    return calendar.after(facts.received_on, parameters.integer("records.acknowledge_business_days"))


def is_overdue(facts: RecordsFacts, *, parameters: Parameters, today: date) -> bool:
    """Whether the last day of the next step is over.

    > SHR-3: go to the County Attorney under the Freedom of Information Law
    """
    due = due_on(facts, parameters=parameters)
    return due is not None and today > due


def wanting(facts: RecordsFacts, *, requester: str, what: str, today: date) -> tuple[Decision, ...]:
    """Return everything that a request lacks to be registered, as refusals that name the field; empty for none.

    > SHR-3: Requests from anyone who is neither a law-enforcement nor a prosecutorial agency go to the County Attorney
    """
    found = []
    if facts.kind is None:
        found.append(_lacks("kind", "what kind of request it is", "Choose one."))
    if facts.received_on is None:
        found.append(_lacks("received_on", "the day on which it came in", "The clocks run from it: give it."))
    elif facts.received_on > today:
        found.append(_lacks("received_on", "a day that is not in the future", "Give the day of receipt."))
    if facts.kind and facts.kind.names_its_day and facts.answer_on is None:
        found.append(_lacks("answer_on", "the day by which its own paper wants the answer", "Give that day."))
    if not requester.strip():
        found.append(_lacks("requester", "who asks", "Give a name, or say that none was given."))
    if not what.strip():
        found.append(_lacks("what", "what is asked for", "Say it in the requester's own words."))
    return tuple(found)


def _lacks(field: str, what: str, remedy: str) -> Decision:
    return refuse("SHR-3", f"The request does not say {what}.", remedy=remedy, field=field)


def may_register(actor: Actor, facts: RecordsFacts, *, requester: str, what: str, today: date) -> Decision:
    """Decide whether *actor* may put a records request on the register, from where it goes to the County Attorney.

    > SHR-3: Requests from anyone who is neither a law-enforcement nor a prosecutorial agency go to the County Attorney
    > under the Freedom of Information Law.
    """
    missing = wanting(facts, requester=requester, what=what, today=today)
    return first_refusal(may(actor, Right.REGISTER_RECORDS_REQUESTS), *missing, allow("SHR-3"))


def may_acknowledge(actor: Actor, facts: RecordsFacts) -> Decision:
    """Decide whether *actor* may record that the receipt of a request was acknowledged in writing.

    > SHR-3: go to the County Attorney under the Freedom of Information Law
    """
    is_first = allow("SHR-3")
    if facts.acknowledged_on:
        is_first = refuse("SHR-3", "It has been acknowledged.", remedy="Answer it, or extend its time.")
    return first_refusal(may(actor, Right.ANSWER_RECORDS_REQUESTS), _is_open(facts), is_first)


def may_extend(
    actor: Actor, facts: RecordsFacts, *, until: date | None, reason: str, parameters: Parameters, today: date
) -> Decision:
    """Decide whether *actor* may record that the requester was told a later day, and why.

    > SHR-3: go to the County Attorney under the Freedom of Information Law

    A day certain, later than the one that holds now; with a reason, and only of a request that was acknowledged.
    """
    least, due = parameters.integer("query.reason_min_characters"), due_on(facts, parameters=parameters)
    checks = [may(actor, Right.ANSWER_RECORDS_REQUESTS), _is_open(facts)]
    if facts.acknowledged_on is None:
        checks.append(
            refuse("SHR-3", "It has not been acknowledged.", remedy="Acknowledge it first, in writing.")
        )
    if until is None or until <= today or (due is not None and until <= due):
        remedy = "Give a day certain, later than the one by which it is due now."
        checks.append(refuse("SHR-3", "The new day is no extension.", remedy=remedy, field="extended_to"))
    if len(" ".join(reason.split())) < least:
        checks.append(_without_reason(least))
    return first_refusal(*checks)


def may_answer(
    actor: Actor, facts: RecordsFacts, *, outcome: RecordsOutcome | None, note: str, parameters: Parameters
) -> Decision:
    """Decide whether *actor* may record how a request was answered; what gives less than was asked says why.

    > SHR-3: Nothing is released from the system itself.

    The answer itself is the County Attorney's and never lies here; what is recorded is that there was one.
    """
    least = parameters.integer("query.reason_min_characters")
    checks = [may(actor, Right.ANSWER_RECORDS_REQUESTS), _is_open(facts)]
    if outcome is None:
        checks.append(refuse("SHR-3", "No outcome is stated.", remedy="Choose one.", field="outcome"))
    elif outcome.needs_reason and len(" ".join(note.split())) < least:
        checks.append(_without_reason(least))
    return first_refusal(*checks)


def _without_reason(least: int) -> Decision:
    return refuse(
        "SHR-3",
        "The written reason is missing or too short.",
        remedy=f"Say in at least {least} characters what the requester is told.",
        field="reason",
    )


def _is_open(facts: RecordsFacts) -> Decision:
    if facts.answered_on is None:
        return allow("SHR-3")
    return refuse("SHR-3", "The request has been answered.", remedy="Nothing: it is on record.")
