"""Requests for a copy, as they come in (SHR-2): what one must say, and which of them are a matter for a release."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.agencies import LAW_ENFORCEMENT, STATE, AgencyKind
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.immigration import names_immigration
from platewarden.policy.parameters import Parameters
from platewarden.policy.reasons import gives_reason
from platewarden.policy.rights import Right, may
from platewarden.policy.use import Purpose, may_use_purpose, review_reason


class RequesterClass(StrEnum):
    """Which agencies ask, as they are decided on and counted."""

    IN_STATE_POLICE = "in_state_police"
    IN_STATE_PROSECUTOR = "in_state_prosecutor"
    OUT_OF_STATE = "out_of_state"
    FEDERAL = "federal"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return {
            "in_state_police": "law enforcement within the state",
            "in_state_prosecutor": "prosecutor within the state",
            "out_of_state": "agency of another state",
        }.get(self.value, "federal office")

    @property
    def needs_sheriff(self) -> bool:
        """Whether the Sheriff or a designee decides; within the state a supervisor suffices beside the preparer."""
        return self in {RequesterClass.OUT_OF_STATE, RequesterClass.FEDERAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """A written request, as it was taken in; times aware.

    Attributes:
        agency: Name of the agency that asks.
        kind: What it is; None where that is not said.
        state: Postal code of the state it belongs to, or is located in.
        official: Who asks in its name.
        contact: How they are reached.
        purpose: One of the permitted purposes; None where none was stated.
        need: What exactly it is needed for.
        case_number: The number of their own case.
        about: The plate, or the place, that is asked about; empty where neither is said.
        seen_from: Beginning of the time asked about.
        seen_until: Its end.
        received_on: The day on which it came in.
        has_document: Whether the written request itself was taken in.
        attests_status: Whether it states that it is not for a person's immigration status.
        attests_grounds: Whether it states that it rests on no protected ground.
    """

    agency: str
    kind: AgencyKind | None
    state: str
    official: str
    contact: str
    purpose: Purpose | None
    need: str
    case_number: str
    about: str
    seen_from: datetime | None
    seen_until: datetime | None
    received_on: date | None
    has_document: bool
    attests_status: bool
    attests_grounds: bool


_NAMED: Final = (
    ("agency", "the agency that asks"),
    ("official", "the person who asks"),
    ("contact", "how that person is reached"),
    ("case_number", "the number of their case"),
    ("about", "the plate or the place that is asked about"),
)


def class_of(kind: AgencyKind, state: str) -> RequesterClass | None:
    """Return how a request of such an agency is decided on; None where it is no matter for a release.

    > USE-2: Everyone else receives copies, if anything, by a release.
    """
    if kind is AgencyKind.FEDERAL:
        return RequesterClass.FEDERAL
    if kind not in LAW_ENFORCEMENT | {AgencyKind.PROSECUTOR}:
        return None
    if state.upper() != STATE:
        return RequesterClass.OUT_OF_STATE
    is_prosecutor = kind is AgencyKind.PROSECUTOR
    return RequesterClass.IN_STATE_PROSECUTOR if is_prosecutor else RequesterClass.IN_STATE_POLICE


def wanting(asked: AskedFor, *, parameters: Parameters, now: datetime, today: date) -> tuple[Decision, ...]:
    """Return everything that *asked* lacks, as refusals that name the field at fault; empty for none.

    > SHR-2: is made in writing, names the agency, the person, the purpose and the case number

    > USE-5: Neither the system nor its data is used, by anyone, to investigate a person's immigration status.
    """
    found = [lacks(field, what) for field, what in _NAMED if not getattr(asked, field).strip()]
    if asked.kind is None:
        found.append(lacks("kind", "what kind of agency asks"))
    if len(asked.state.strip()) != 2 or not asked.state.strip().isalpha():  # noqa: PLR2004 - a postal code
        found.append(lacks("state", "the state of that agency"))
    if asked.received_on is None or asked.received_on > today:
        found.append(lacks("received_on", "the day on which it came in"))
    found += [
        decision
        for decision in (
            _has_a_purpose(asked.purpose, parameters),
            _in_field(gives_reason(asked.need, clause="SHR-2", parameters=parameters), "need"),
            _asks_about_a_time(asked, now),
        )
        if not decision.allowed
    ]
    if not asked.has_document:
        found.append(lacks("document", "the written request itself"))
    if not asked.attests_status:
        found.append(
            _does_not_attest("USE-5", "attests_status", "it is not for a person's immigration status")
        )
    if not asked.attests_grounds:
        found.append(_does_not_attest("USE-4", "attests_grounds", "it rests on no protected ground"))
    return tuple(found)


def may_receive(
    actor: Actor, asked: AskedFor, *, parameters: Parameters, now: datetime, today: date
) -> Decision:
    """Decide whether *actor* may take *asked* in; a refusal names everything that is missing at once.

    > SHR-2: A request from outside the state is made in writing, names the agency, the person, the purpose and the case
    > number

    > USE-5: No purpose, hotlist category or reason of that kind is accepted.
    """
    return first_refusal(
        may(actor, Right.ENTER_RELEASES),
        _is_a_matter_for_a_release(asked),
        _keeps_clear_of_status(asked),
        _all_of(wanting(asked, parameters=parameters, now=now, today=today)),
    )


def grounds_of(need: str) -> tuple[str, ...]:
    """Return the protected grounds that the need as written names; a supervisor takes such a request up.

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.
    """
    return review_reason(need).grounds


def lacks(field: str, what: str) -> Decision:
    """Return the refusal that says what a request does not say, at *field*."""
    return refuse("SHR-2", f"It does not say {what}.", remedy="Ask the agency for it.", field=field)


def _does_not_attest(clause: str, field: str, what: str) -> Decision:
    return refuse(
        clause,
        f"It does not state that {what}.",
        remedy="Ask the agency to state it in writing.",
        field=field,
    )


def _has_a_purpose(purpose: Purpose | None, parameters: Parameters) -> Decision:
    """Say of a purpose that does not do what the agency is to be asked: it is theirs, and no investigation of ours."""
    decision = may_use_purpose(purpose, parameters=parameters)
    if decision.allowed:
        return decision
    what = "It states none of the permitted purposes." if purpose is None else decision.reason
    remedy = "Ask the agency which of them it is; for any other purpose nothing is released."
    return refuse(decision.clause, what, remedy=remedy, field="purpose")


def _in_field(decision: Decision, field: str) -> Decision:
    if decision.allowed:
        return decision
    return refuse(decision.clause, decision.reason, remedy=decision.remedy, field=field)


def _all_of(missing: tuple[Decision, ...]) -> Decision:
    if len(missing) < 2:  # noqa: PLR2004 - a single one speaks for itself
        return first_refusal(*missing, allow("SHR-2"))
    what = " ".join(decision.reason for decision in missing)
    remedy = "Complete each of these; ask the agency for what is missing."
    return refuse(missing[0].clause, what, remedy=remedy, field=missing[0].field)


def _asks_about_a_time(asked: AskedFor, now: datetime) -> Decision:
    if asked.seen_from is None or asked.seen_until is None or asked.seen_from >= asked.seen_until:
        return lacks("seen_from" if asked.seen_from is None else "seen_until", "the time that is asked about")
    if asked.seen_until > now:
        return refuse(
            "SHR-2",
            "The time that is asked about is not over.",
            remedy="A release holds what was read; there is no standing one.",
            field="seen_until",
        )
    return allow("SHR-2")


def _is_a_matter_for_a_release(asked: AskedFor) -> Decision:
    if asked.kind is None or class_of(asked.kind, asked.state.strip()) is not None:
        return allow("SHR-3")
    return refuse(
        "SHR-3",
        "That is neither a law-enforcement nor a prosecutorial agency.",
        remedy="Register it as a records request: it goes to the County Attorney.",
        field="kind",
    )


def _keeps_clear_of_status(asked: AskedFor) -> Decision:
    told = {"need": asked.need, "agency": asked.agency, "official": asked.official, "about": asked.about}
    named = next((field for field, text in told.items() if names_immigration(text)), "")
    if not named:
        return allow("USE-5")
    return refuse(
        "USE-5",
        "The request names a person's immigration status, or an agency that enforces it.",
        remedy="None: neither the system nor its data may be used for that. Tell the agency so.",
        field=named,
    )
