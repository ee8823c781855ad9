"""Releases: copies of reads for an agency without access, from the written request to its receipt (SHR-2).

Who asks how (`wanting`), who prepares, who decides over exactly what was prepared, and who hands it over, once.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from platewarden.policy.actor import Actor, Role
from platewarden.policy.agencies import LAW_ENFORCEMENT, STATE, AgencyKind
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.immigration import names_immigration
from platewarden.policy.parameters import Parameters
from platewarden.policy.reasons import gives_reason
from platewarden.policy.rights import Right, may
from platewarden.policy.use import Purpose, may_use_purpose, review_reason


class ReleaseState(StrEnum):
    """Where a request for a release stands."""

    RECEIVED = "received"
    PREPARED = "prepared"
    APPROVED = "approved"
    RELEASED = "released"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"

    @property
    def is_open(self) -> bool:
        """Whether anything may still be done towards a release."""
        return self in {ReleaseState.RECEIVED, ReleaseState.PREPARED, ReleaseState.APPROVED}


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


class HandedBy(StrEnum):
    """How a release reached its recipient."""

    IN_PERSON = "in_person"
    COURIER = "courier"
    SECURE_TRANSFER = "secure_transfer"
    REGISTERED_MAIL = "registered_mail"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return {"in_person": "in person", "secure_transfer": "secure file transfer"}.get(
            self.value, self.value.replace("_", " ")
        )


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
    found = [_lacks(field, what) for field, what in _NAMED if not getattr(asked, field).strip()]
    if asked.kind is None:
        found.append(_lacks("kind", "what kind of agency asks"))
    if len(asked.state.strip()) != 2 or not asked.state.strip().isalpha():  # noqa: PLR2004 - a postal code
        found.append(_lacks("state", "the state of that agency"))
    if asked.received_on is None or asked.received_on > today:
        found.append(_lacks("received_on", "the day on which it came in"))
    found += [
        decision
        for decision in (
            may_use_purpose(asked.purpose, parameters=parameters),
            _in_field(gives_reason(asked.need, clause="SHR-2", parameters=parameters), "need"),
            _asks_about_a_time(asked, now),
        )
        if not decision.allowed
    ]
    if not asked.has_document:
        found.append(_lacks("document", "the written request itself"))
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """A request as those who go on with it find it.

    Attributes:
        state: Where it stands.
        requester: Who asks, as it is decided on.
        entered_by_id: Account id of whoever took it in.
        prepared_by_id: Account id of whoever froze the selection; empty where nobody has.
        need: What it is needed for, as written.
        purpose: What it is for.
        seen_from: Beginning of the time asked about.
        seen_until: Its end.
        entered_at: When it was taken in.
        lapses_at: When it expires unless somebody decides, or the release is fetched.
    """

    state: ReleaseState
    requester: RequesterClass
    entered_by_id: str
    prepared_by_id: str
    need: str
    purpose: Purpose
    seen_from: datetime
    seen_until: datetime
    entered_at: datetime
    lapses_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionFacts:
    """What somebody would freeze: reads that one search of theirs has found.

    Attributes:
        purpose: Purpose of the search.
        case_number: Our case or incident number that it was made under.
        asked_at: When it was asked.
        seen: When each of the chosen reads was seen.
    """

    purpose: str
    case_number: str
    asked_at: datetime
    seen: tuple[datetime, ...]


def may_prepare(
    actor: Actor, facts: ReleaseFacts, selection: SelectionFacts, *, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may freeze *selection* for a request; one that was approved has to be approved anew.

    > SHR-2: names the agency, the person, the purpose and the case number

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.

    The search is an ordinary one (QRY-1), made for this purpose after the request came; what goes out lies within the
    time that was asked about.
    """
    most = parameters.integer("releases.most_reads")
    checks = [may(actor, Right.PREPARE_RELEASES), _is_open(facts, now), _is_taken_up(actor, facts)]
    if selection.purpose != facts.purpose:
        checks.append(
            _unfit("The search was made for another purpose.", "Search for the purpose of the request.")
        )
    if not selection.case_number.strip():
        checks.append(_unfit("The search has no case number.", "Give it its number first."))
    if selection.asked_at < facts.entered_at:
        checks.append(_unfit("The search is older than the request.", "Search for this request, and say so."))
    if not 0 < len(selection.seen) <= most:
        what = f"The selection names {len(selection.seen)} reads, and one release holds 1 to {most}."
        checks.append(_unfit(what, "Choose the reads that the request is about."))
    if any(not facts.seen_from <= seen < facts.seen_until for seen in selection.seen):
        what = "Some of the chosen reads lie outside the time that was asked about."
        checks.append(_unfit(what, "Choose those within it, or have the request put anew."))
    return first_refusal(*checks)


def may_decide(
    actor: Actor,
    facts: ReleaseFacts,
    *,
    approve: bool,
    reason: str,
    is_as_seen: bool,
    is_whole: bool,
    parameters: Parameters,
    now: datetime,
) -> Decision:
    """Decide whether *actor* may approve the frozen selection, or deny the request.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it

    Args:
        actor: Who decides: never who prepared it, never who took it in.
        facts: The request.
        approve: Whether they approve.
        reason: Why, in their own words; a denial needs one.
        is_as_seen: Whether the selection is still the one that they had before their eyes.
        is_whole: Whether every read in it is still there, as it was frozen.
        parameters: The values in force.
        now: The present moment.
    """
    right = Right.DECIDE_RELEASES if facts.requester.needs_sheriff else Right.DECIDE_STATE_RELEASES
    checks = [may(actor, right), _is_another(actor, facts), _is_open(facts, now), _is_undecided(facts)]
    if approve and facts.state is not ReleaseState.PREPARED:
        checks.append(_unfit("Nothing is prepared that could be approved.", "Have a selection prepared."))
    if approve and not is_as_seen:
        checks.append(_unfit("The selection is not the one that you looked at.", "Look at it again."))
    if approve and not is_whole:
        what = "A read of the selection is gone, or is not what was frozen."
        checks.append(_unfit(what, "Have it prepared anew from what is left."))
    least = parameters.integer("query.reason_min_characters")
    if not approve and len(" ".join(reason.split())) < least:
        checks.append(_without_reason(least))
    return first_refusal(*checks)


def may_pack(
    facts: ReleaseFacts, *, is_approved: bool, is_used: bool, is_exact: bool, now: datetime
) -> Decision:
    """Decide whether a package may be made: of exactly what was approved, and once for each approval.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it
    """
    checks = [_is_open(facts, now)]
    if not is_approved or facts.state is not ReleaseState.APPROVED:
        checks.append(_unfit("Nobody has approved this.", "Have it decided on."))
    if is_used:
        checks.append(
            _unfit("This approval has been used.", "Ask for another: one approval is for one package.")
        )
    if not is_exact:
        what = "What would go out is not what was approved."
        checks.append(_unfit(what, "Have it prepared and approved anew, and find out what was changed."))
    return first_refusal(*checks)


def may_fetch(
    actor: Actor, facts: ReleaseFacts, *, gone_at: datetime | None, is_fetched: bool, now: datetime
) -> Decision:
    """Decide whether *actor* may fetch the package: whoever prepared it, once, until it is destroyed.

    > SHR-2: is fulfilled only after the Sheriff or a designee has approved it

    > RET-1: Reads, images and everything made from them go together
    """
    checks = [may(actor, Right.PREPARE_RELEASES)]
    if actor.id != facts.prepared_by_id:
        checks.append(_unfit("Somebody else prepared this release.", "They fetch it and hand it over."))
    if is_fetched:
        checks.append(
            _unfit("It has been fetched, and is fetched once.", "Have it approved anew if it was lost.")
        )
    if gone_at is None or now >= gone_at:
        checks.append(refuse("RET-1", "The package has expired.", remedy="Have the request approved anew."))
    if facts.state is not ReleaseState.APPROVED:
        checks.append(_unfit("There is no release to be fetched.", "Look at where the request stands."))
    return first_refusal(*checks)


def may_hand_over(
    actor: Actor, facts: ReleaseFacts, *, to: str, by: HandedBy | None, is_recorded: bool = False
) -> Decision:
    """Decide whether *actor* may record to whom and how the release was handed over; what is on record stays.

    > SHR-2: Requests, approvals and denials are kept.
    """
    checks = [may(actor, Right.PREPARE_RELEASES)]
    if is_recorded:
        checks.append(_unfit("To whom it was handed over is on record.", "Nothing: it stays as it was said."))
    if facts.state is not ReleaseState.RELEASED:
        checks.append(_unfit("Nothing was released that could be handed over.", "Fetch the package first."))
    if not to.strip():
        checks.append(_lacks("to", "to whom it was handed over"))
    if by is None:
        checks.append(_lacks("by", "how it was handed over"))
    return first_refusal(*checks)


def may_withdraw(actor: Actor, facts: ReleaseFacts, reason: str, *, parameters: Parameters) -> Decision:
    """Decide whether *actor* may record that the requester withdrew, or that we give it up.

    > SHR-2: Requests, approvals and denials are kept.
    """
    least = parameters.integer("query.reason_min_characters")
    checks = [may(actor, Right.ENTER_RELEASES)]
    if not facts.state.is_open:
        checks.append(_unfit("The request is at its end.", "Nothing: it is on record."))
    if len(" ".join(reason.split())) < least:
        checks.append(_without_reason(least))
    return first_refusal(*checks)


def lapses_at(entered_at: datetime, approved_at: datetime | None, *, parameters: Parameters) -> datetime:
    """Return when a request expires: unless it is decided on, and once approved unless it is fetched.

    > RET-1: Reads, images and everything made from them go together
    """
    if approved_at is None:
        return entered_at + parameters.days("releases.open_days")
    return approved_at + parameters.days("releases.approval_days")


def _lacks(field: str, what: str) -> Decision:
    return refuse("SHR-2", f"It does not say {what}.", remedy="Ask the agency for it.", field=field)


def _does_not_attest(clause: str, field: str, what: str) -> Decision:
    return refuse(
        clause,
        f"It does not state that {what}.",
        remedy="Ask the agency to state it in writing.",
        field=field,
    )


def _unfit(what: str, remedy: str) -> Decision:
    return refuse("SHR-2", what, remedy=remedy)


def _without_reason(least: int) -> Decision:
    what = "The written reason is missing or too short."
    return refuse("SHR-2", what, remedy=f"Say why in at least {least} characters.", field="reason")


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
        return _lacks(
            "seen_from" if asked.seen_from is None else "seen_until", "the time that is asked about"
        )
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


def _is_open(facts: ReleaseFacts, now: datetime) -> Decision:
    if not facts.state.is_open:
        return _unfit("The request is at its end.", "Have it put anew.")
    if now >= facts.lapses_at:
        return _unfit("The request has expired.", "Have it put anew.")
    return allow("SHR-2")


def _is_taken_up(actor: Actor, facts: ReleaseFacts) -> Decision:
    grounds = grounds_of(facts.need)
    if not grounds or actor.has(Role.SUPERVISOR):
        return allow("USE-4")
    return refuse(
        "USE-4",
        f"The request names a protected ground: {', '.join(grounds)}.",
        remedy="A supervisor looks at it and prepares it, or has it denied.",
    )


def _is_another(actor: Actor, facts: ReleaseFacts) -> Decision:
    if actor.id not in {facts.entered_by_id, facts.prepared_by_id}:
        return allow("SHR-2")
    return _unfit("Whoever takes a request in, or prepares it, does not decide on it.", "Ask somebody else.")


def _is_undecided(facts: ReleaseFacts) -> Decision:
    if facts.state in {ReleaseState.RECEIVED, ReleaseState.PREPARED}:
        return allow("SHR-2")
    return _unfit("Somebody has decided on it.", "Nothing: it is on record.")
