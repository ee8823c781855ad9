"""Cases: who may look at one, take a read of an answer into it, or carry a copy of it away (RET-2)."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.policy.actor import Actor, Role
from platewarden.policy.casenumbers import may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decides who may see a case.

    Attributes:
        agency_id: The agency whose case it is.
        workers: Sign-in names of those who searched under its number, kept or held something for it.
    """

    agency_id: int
    workers: frozenset[str]


def may_see_case(actor: Actor, facts: CaseFacts) -> bool:
    """Whether *actor* works on the case, supervises, or administers; to everybody else there is no such case.

    > USE-1: The system and its records are used for legitimate law-enforcement and public-safety purposes
    > only, by people whose duties call for it.
    """
    if not may(actor, Right.SEE_CASES).allowed or actor.agency_id != facts.agency_id:
        return False
    return actor.has(Role.SUPERVISOR, Role.ADMINISTRATOR) or actor.name in facts.workers


def may_see_records(actor: Actor, facts: CaseFacts) -> bool:
    """Whether *actor* sees plates and images of what the case keeps; an administrator as such does not.

    > USE-1: by people whose duties call for it
    """
    return may_see_case(actor, facts) and (actor.has(Role.SUPERVISOR) or actor.name in facts.workers)


def may_take_read(actor: Actor, case_number: str, *, asked_under: str, parameters: Parameters) -> Decision:
    """Decide whether *actor* may take a read that a query found into the case file.

    > RET-2: A record taken into a case file leaves these rules for those of the case. That happens only under
    > a case number.

    The query was justified under one case number, and that is the case that may have what it found.
    """
    return first_refusal(
        may(actor, Right.PRESERVE_IN_CASE),
        may_name_case(case_number, clause="RET-2", parameters=parameters),
        _is_same_case(case_number, asked_under),
    )


def may_export_case(actor: Actor, reason: str, *, parameters: Parameters) -> Decision:
    """Decide whether *actor*, who may see the records of the case, may carry a copy of it away.

    > RET-2: What leaves a case is a sealed copy whose origin anyone can check.
    """
    least = parameters.integer("query.reason_min_characters")
    if len(" ".join(reason.split())) < least:
        wanting = refuse(
            "RET-2",
            "It is not said who the copy is for, and why.",
            remedy=f"Say it in at least {least} characters.",
            field="reason",
        )
        return first_refusal(may(actor, Right.EXPORT_CASES), wanting)
    return may(actor, Right.EXPORT_CASES)


def may_fetch_export(actor: Actor, *, asked_by_id: str, expires_at: datetime, now: datetime) -> Decision:
    """Decide whether *actor* may fetch a prepared copy: whoever asked for it, until it expires.

    > RET-2: What leaves a case is a sealed copy whose origin anyone can check.

    > RET-1: Reads, images and everything made from them go together
    """
    if actor.id != asked_by_id:
        return refuse("RET-2", "Somebody else had this copy made.", remedy="Have one made yourself.")
    if now >= expires_at:
        return refuse("RET-1", "This copy has expired, and is gone.", remedy="Have a new one made.")
    return may(actor, Right.EXPORT_CASES)


def _is_same_case(case_number: str, asked_under: str) -> Decision:
    if case_number.strip() == asked_under.strip():
        return allow("RET-2")
    return refuse(
        "RET-2",
        "The read was searched for under another case number.",
        remedy="Search under this case number, with its own reason.",
        field="case_number",
    )
