"""Searches that somebody else decides on, and exigent ones that are given their case number afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.casenumbers import CaseStanding, may_name_case
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.reasons import gives_reason
from platewarden.policy.rights import Right, may


class HeldFor(StrEnum):
    """Why a search waits for somebody else."""

    GROUND = "ground"
    BREADTH = "breadth"
    COSIGNATURE = "cosignature"

    @property
    def label(self) -> str:
        """Plain words for people."""
        return {
            HeldFor.GROUND: "Its reason names a protected ground",
            HeldFor.BREADTH: "It reaches further than one person decides alone",
            HeldFor.COSIGNATURE: "It is exigent and has no case number yet",
        }[self]


@dataclass(frozen=True, slots=True)
class HeldSearch:
    """A search that waits, as whoever would decide on it is concerned.

    Attributes:
        asked_by_id: Account id of whoever asked.
        requested_by: The colleague it is made for, as written; empty for none.
        held_for: Why it waits.
        lapses_at: When it can no longer be decided on.
        is_decided: Whether somebody has decided.
        names: What whoever would decide is called, in lower case: sign-in name and full name.
    """

    asked_by_id: str
    requested_by: str
    held_for: frozenset[HeldFor]
    lapses_at: datetime
    is_decided: bool
    names: frozenset[str] = frozenset()


def held_for(decisions: Iterable[Decision]) -> frozenset[HeldFor]:
    """Return why a search waits about which `for_another_to_decide` returned *decisions*."""
    return frozenset(
        _REASONS.get((decision.clause, decision.field), HeldFor.BREADTH) for decision in decisions
    )


_REASONS: Final = {("USE-4", "reason"): HeldFor.GROUND, ("QRY-1", "case_number"): HeldFor.COSIGNATURE}


def may_see_held(actor: Actor, *, reasons: frozenset[HeldFor]) -> Decision:
    """Decide whether *actor* is one of those who decide on searches held for *reasons*.

    > QRY-1: a broader one is made only once a supervisor who did not ask for it has released it

    An exigent search that is held for nothing else is co-signed by any second person of ours who may search.
    """
    if reasons == {HeldFor.COSIGNATURE} and not actor.is_guest:
        return may(actor, Right.ASK_QUERIES)
    return may(actor, Right.DECIDE_QUERIES)


def may_decide(
    actor: Actor, search: HeldSearch, *, note: str, parameters: Parameters, now: datetime
) -> Decision:
    """Decide whether *actor* may release or deny a held search, with the reason *note*.

    > USE-4: A reason that names such a ground goes no further until a supervisor has taken it up.

    > QRY-1: a broader one is made only once a supervisor who did not ask for it has released it
    """
    return first_refusal(
        may_see_held(actor, reasons=search.held_for),
        _is_another(actor, search),
        _is_waiting(search, now),
        gives_reason(note, clause="QRY-1", parameters=parameters),
    )


def lapses_at(moment: datetime, *, parameters: Parameters) -> datetime:
    """Return when a search held, or released, at *moment* lapses.

    > QRY-2: What a query found belongs to the person who asked and expires.
    """
    return moment + parameters.hours("query.decision_hours")


def completion_due_at(released_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when an exigent search co-signed at *released_at* must have its case number.

    > QRY-1: the number of the case or incident it belongs to
    """
    return released_at + parameters.hours("query.exigent_completion_hours")


def is_overdue(due_at: datetime | None, *, now: datetime) -> bool:
    """Whether the time in which an exigent search is given its number is over; it locks its asker's searches.

    > QRY-1: the number of the case or incident it belongs to
    """
    return due_at is not None and now >= due_at


def may_complete(
    actor: Actor,
    *,
    asked_by_id: str,
    case_number: str,
    standing: CaseStanding,
    parameters: Parameters,
) -> Decision:
    """Decide whether *actor* may give an exigent search of *asked_by_id* its case number.

    > QRY-1: the number of the case or incident it belongs to
    """
    if actor.id != asked_by_id:
        return refuse(
            "QRY-1", "Whoever asked completes the search.", remedy="Ask them; their own searches wait for it."
        )
    return may_name_case(case_number, clause="QRY-1", parameters=parameters, standing=standing)


def _is_another(actor: Actor, search: HeldSearch) -> Decision:
    if actor.id != search.asked_by_id and search.requested_by.strip().casefold() not in search.names:
        return allow("QRY-1")
    return refuse(
        "QRY-1",
        "Nobody decides on a search that they asked for, or that is made for them.",
        remedy="Another supervisor decides.",
    )


def _is_waiting(search: HeldSearch, now: datetime) -> Decision:
    if search.is_decided:
        return refuse("QRY-1", "Somebody has decided on this search.", remedy="Nothing: it is on record.")
    if now >= search.lapses_at:
        return refuse("QRY-1", "This search has lapsed.", remedy="Whoever asked may ask again.")
    return allow("QRY-1")
