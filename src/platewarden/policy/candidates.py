"""Matches too weak to alert: who may look at them, from when, and what it takes to raise an alert from one."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may
from platewarden.policy.use import may_state_reason


@dataclass(frozen=True, slots=True)
class PromotionFacts:
    """An alert that somebody wants to raise from a candidate.

    Attributes:
        reason: Why, as written.
        opened_by: Account ids of those who had its plate image before their eyes.
        is_promoted: Whether it has become an alert already.
        still_matches: Whether its entry is still in force and still fits under the values in force.
        is_found_wrong: Whether its entry has been found wrong for this plate, and is suppressed.
    """

    reason: str
    opened_by: frozenset[str]
    is_promoted: bool
    still_matches: bool
    is_found_wrong: bool


def may_see_candidates(actor: Actor) -> Decision:
    """Decide whether *actor* may look through the weaker matches.

    > USE-1: by people whose duties call for it
    """
    return may(actor, Right.SEE_CANDIDATES)


def shown_until(*, parameters: Parameters, now: datetime) -> datetime:
    """Return the capture time from which on candidates are not shown yet.

    > CAP-4: The alert of a hit is the only thing that appears by itself, and searches reach only reads that have
    > reached a minimum age.

    A weaker match is no hit: looking through them is as late as a search, or the list would be a live view.
    """
    return now - parameters.minutes("query.minimum_age_minutes")


def may_promote(actor: Actor, facts: PromotionFacts, *, parameters: Parameters) -> Decision:
    """Decide whether *actor* may raise an alert from a candidate.

    > HIT-1: A weaker match is listed as a candidate, if at all, and raises no alert until a person does so with
    > a reason.

    Nor does it while its entry does not alert for that plate because it was found wrong (HIT-3).
    """
    return first_refusal(
        may_see_candidates(actor),
        _is_still_one(facts),
        _has_looked(actor, facts),
        _says_why(facts, parameters),
        may_state_reason(actor, facts.reason),
    )


def _is_still_one(facts: PromotionFacts) -> Decision:
    if facts.is_promoted:
        return refuse("HIT-1", "An alert has been raised from this match.", remedy="Open that alert.")
    if not facts.still_matches:
        return refuse(
            "HIT-1",
            "The entry is no longer in force, or no longer fits.",
            remedy="None: what is not wanted any more raises no alert.",
        )
    if facts.is_found_wrong:
        return refuse(
            "HIT-3",
            "The entry was found wrong for this plate, and is suppressed.",
            remedy="If you hold it to be right, say so to whoever reviews the suppression; they can lift it.",
        )
    return allow("HIT-1")


def _has_looked(actor: Actor, facts: PromotionFacts) -> Decision:
    if actor.id in facts.opened_by:
        return allow("HIT-1")
    return refuse(
        "HIT-1",
        "You have not opened this match's plate image.",
        remedy="Open the match and compare the image with the entry first.",
    )


def _says_why(facts: PromotionFacts, parameters: Parameters) -> Decision:
    least = parameters.integer("query.reason_min_characters")
    if len(facts.reason.strip()) >= least:
        return allow("HIT-1")
    return refuse(
        "HIT-1",
        "The record does not say why this weaker match deserves an alert.",
        remedy=f"Write at least {least} characters, without a plate.",
        field="reason",
    )
