"""Holds: reads kept for a case beyond their day, by whose authority, how many and how long (RET-2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from platewarden.policy.actor import Actor
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may
from platewarden.policy.use import may_state_reason


class Authority(StrEnum):
    """By whose authority reads may be held; the list is closed, and a text says which order or whose word."""

    COURT_ORDER = "court_order"
    PROSECUTOR = "prosecutor"
    SUPERVISOR = "supervisor"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return {"court_order": "Order of a court", "prosecutor": "Request of a prosecutor"}.get(
            self.value, "Decision of a supervisor"
        )


def stated_authority(code: str) -> Authority | None:
    """Return the authority with this *code*, or None if there is none."""
    return Authority(code) if code in {authority.value for authority in Authority} else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFacts:
    """What a hold would keep, and why.

    Attributes:
        case_number: The case it is for.
        asked_under: Case number of the query that found the reads.
        authority: By whose authority; None where none was stated.
        authority_text: Which order, or whose word and when.
        reason: Why these reads are needed beyond their day, in the person's own words.
        ends_at: When the hold ends; None where no end was stated.
        reads: How many reads are named.
    """

    case_number: str
    asked_under: str
    authority: Authority | None
    authority_text: str
    reason: str
    ends_at: datetime | None
    reads: int


def may_request_hold(actor: Actor, facts: HoldFacts, *, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether *actor* may ask for this hold; asking moves nothing.

    > RET-2: A hold keeps named reads for a case until a stated end, by a stated authority
    """
    return first_refusal(may(actor, Right.REQUEST_HOLDS), _is_proper(actor, facts, parameters, now))


def may_place_hold(
    actor: Actor, facts: HoldFacts, *, requested_by_id: str, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may place the hold that the account *requested_by_id* asked for.

    > RET-2: A hold keeps named reads for a case until a stated end, by a stated authority

    What was proper when it was asked for must still be so.
    """
    return first_refusal(
        may(actor, Right.DECIDE_HOLDS),
        _by_another(actor, requested_by_id),
        _is_proper(None, facts, parameters, now),
    )


def may_decline_hold(actor: Actor, reason: str, *, parameters: Parameters) -> Decision:
    """Decide whether *actor* may turn a request down; whoever asked for the hold is told why.

    > RET-2: A hold keeps named reads for a case until a stated end, by a stated authority
    """
    return first_refusal(may(actor, Right.DECIDE_HOLDS), _gives_reason(reason, parameters))


def may_lift_hold(actor: Actor, reason: str, *, parameters: Parameters) -> Decision:
    """Decide whether *actor* may end a hold before its time, with everything that it alone keeps.

    > RET-2: what is held leaves ordinary search, and goes when the hold ends unless the case file has taken it
    """
    return first_refusal(may(actor, Right.DECIDE_HOLDS), _gives_reason(reason, parameters))


def has_ended(ends_at: datetime, *, now: datetime) -> bool:
    """Whether a hold is over, and what it alone keeps is to go.

    > RET-2: what is held leaves ordinary search, and goes when the hold ends unless the case file has taken it
    """
    return now >= ends_at


def warns_at(ends_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when people are told that a hold is about to end.

    > RET-2: A hold keeps named reads for a case until a stated end
    """
    return ends_at - parameters.days("holds.notice_days")


def _is_proper(actor: Actor | None, facts: HoldFacts, parameters: Parameters, now: datetime) -> Decision:
    return first_refusal(
        may_name_case(facts.case_number, clause="RET-2", parameters=parameters),
        _is_of_the_case(facts),
        _has_authority(facts),
        _gives_reason(facts.reason, parameters),
        may_state_reason(actor, facts.reason) if actor else allow("RET-2"),
        _ends(facts.ends_at, parameters, now),
        _is_bounded(facts.reads, parameters),
    )


def _by_another(actor: Actor, requested_by_id: str) -> Decision:
    if actor.id == requested_by_id:
        return refuse(
            "RET-2", "Whoever asks for a hold does not place it.", remedy="Ask another administrator."
        )
    return allow("RET-2")


def _is_of_the_case(facts: HoldFacts) -> Decision:
    if facts.case_number.strip() == facts.asked_under.strip():
        return allow("RET-2")
    return refuse(
        "RET-2",
        "The reads were searched for under another case number.",
        remedy="Search under this case number, with its own reason, and ask for the hold of what that finds.",
        field="case_number",
    )


def _has_authority(facts: HoldFacts) -> Decision:
    if facts.authority is None:
        return refuse(
            "RET-2",
            "No authority is stated.",
            remedy="Choose a court's order, a prosecutor's request or a supervisor's decision.",
            field="authority",
        )
    if len(facts.authority_text.split()) < 2:  # noqa: PLR2004 - a name and a date, an order and its number
        return refuse(
            "RET-2",
            "It is not said which order it is, or whose word.",
            remedy="Name the order with its number and date, or the person who decided and when.",
            field="authority_text",
        )
    return allow("RET-2")


def _gives_reason(reason: str, parameters: Parameters) -> Decision:
    least = parameters.integer("query.reason_min_characters")
    words = reason.split()
    if len(" ".join(words)) >= least and len(words) > 1:
        return allow("RET-2")
    return refuse(
        "RET-2",
        "The written reason is missing or too short.",
        remedy=f"Say why in at least {least} characters.",
        field="reason",
    )


def _ends(ends_at: datetime | None, parameters: Parameters, now: datetime) -> Decision:
    longest = parameters.days("holds.longest_days")
    if ends_at is not None and now < ends_at <= now + longest:
        return allow("RET-2")
    what = "has no end" if ends_at is None else "ends in the past" if ends_at <= now else "lasts too long"
    return refuse(
        "RET-2",
        f"The hold {what}.",
        remedy=f"Let it end within {longest.days} days; if more time is needed then, ask anew.",
        field="ends_at",
    )


def _is_bounded(reads: int, parameters: Parameters) -> Decision:
    most = parameters.integer("holds.most_reads")
    if 0 < reads <= most:
        return allow("RET-2")
    if not reads:
        return refuse(
            "RET-2", "The hold names no read that is still kept.", remedy="Choose reads of an answer."
        )
    return refuse(
        "RET-2",
        f"The hold names {reads} reads, more than the {most} that one may keep.",
        remedy="Choose the reads that the case needs, or narrow the search.",
    )
