"""Who reviews searches, what they may say of them, what follows, and by when: the weekly review and its records."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from platewarden.policy.actor import Actor, Role
from platewarden.policy.decision import Decision, allow, first_refusal, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may

MOST_SUSPENDED_DAYS: Final = 180
"""A suspension is a measure until something is decided: what is to last longer is the withdrawal of a role."""


class _Labelled(StrEnum):
    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """Pair the recorded *value* with the *label* that people read."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Verdict(_Labelled):
    """What an auditor says of an item."""

    COMPLIANT = "compliant", "Compliant"
    QUESTION = "question", "Ask the person to explain"
    VIOLATION = "violation", "Violation"


class RemedyKind(_Labelled):
    """What may follow a violation."""

    RETRAINING = "retraining", "Training anew: plate data is closed until every course is passed again"
    SUSPENSION = "suspension", "Suspension of all roles until a day: the Undersheriff decides"
    TALK = "talk", "A supervisor talks to the person"
    REFERRAL = "referral", "Referral to the Undersheriff"


class Relation(_Labelled):
    """Whose plate somebody declares."""

    OWN = "own", "My own vehicle"
    HOUSEHOLD = "household", "A vehicle of my household"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An item as the rules look at it.

    Attributes:
        people: Account ids of whose searches it is about.
        verdict: What was last said of it; None while nobody has said anything.
        has_remedy: Whether anything was ordered on its last mark.
    """

    people: frozenset[str]
    verdict: Verdict | None = None
    has_remedy: bool = False


def may_see_reviews(actor: Actor) -> Decision:
    """Decide whether *actor* may see what is under review, and what was found.

    > AUD-1: Auditors read the whole log
    """
    return may(actor, Right.REVIEW_SEARCHES)


def may_open_item(actor: Actor, item: Reviewed) -> Decision:
    """Decide whether *actor* may read the searches of *item*, with what they asked for.

    > AUD-1: Auditors read the whole log, and nobody is auditor and administrator at once.

    Nobody looks at the review of their own searches, whatever other role they have.
    """
    return first_refusal(may_see_reviews(actor), _is_no_administrator(actor), _is_not_theirs(actor, item))


def may_mark(actor: Actor, item: Reviewed, verdict: Verdict, *, note: str, why_again: str = "") -> Decision:
    """Decide whether *actor* may say *verdict* of *item*, with a *note*; *why_again* says why it replaces another.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    A mark is never changed. Another takes its place, says why, and both are shown.
    """
    return first_refusal(
        may_open_item(actor, item),
        _says_why(verdict, note),
        _supersedes_with_reason(item, why_again),
        allow("AUD-1"),
    )


def may_explain(actor: Actor, *, asked_id: str, is_answered: bool, is_open: bool) -> Decision:
    """Decide whether *actor* may answer the question that was put to the account *asked_id*.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    Whoever was asked answers, once, while the question stands.
    """
    if not actor.is_person or actor.id != asked_id:
        return refuse("AUD-1", "This question was put to somebody else.", remedy="They answer it.")
    if is_answered:
        return refuse(
            "AUD-1",
            "You have answered this question.",
            remedy="Tell the auditor if something is to be added.",
        )
    if not is_open:
        return refuse(
            "AUD-1",
            "This question no longer stands: the auditor has decided.",
            remedy="Nothing: it is on record.",
        )
    return allow("AUD-1")


def may_order(
    actor: Actor, item: Reviewed, kind: RemedyKind, *, until: datetime | None, now: datetime
) -> Decision:
    """Decide whether *actor* may order *kind* on the last mark of *item*; *until* is a suspension's end.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.
    """
    return first_refusal(
        may_open_item(actor, item), _is_violation(item), _has_end(kind, until=until, now=now), allow("AUD-1")
    )


def may_carry_out(
    actor: Actor, kind: RemedyKind, *, person_id: str, supervisor_id: str, ordered_by_id: str, is_done: bool
) -> Decision:
    """Decide whether *actor* may record that *kind*, ordered of the account *person_id*, is done.

    > ADM-4: supervisors answer for the use their people make of it

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    A supervisor talks, the person's own where they have one; the Undersheriff suspends and deals with a referral;
    neither does so about themselves, nor on an order of their own. Training anew is done by passing the courses.
    """
    if is_done:
        return refuse("AUD-1", "This is done.", remedy="Nothing: it is on record.")
    if actor.id in {person_id, ordered_by_id}:
        return refuse(
            "AUD-1",
            "Whoever it is about, or has ordered it, does not say that it is done.",
            remedy="Somebody else with the role carries it out.",
        )
    if kind is RemedyKind.RETRAINING:
        return refuse(
            "TRN-1",
            "Training anew is done by passing the courses.",
            remedy="The person takes them on the page Training.",
        )
    if kind is RemedyKind.TALK:
        return first_refusal(may(actor, Right.TALK_AFTER_FINDING), _is_their_supervisor(actor, supervisor_id))
    return may(actor, Right.DECIDE_ON_FINDINGS)


def may_close(actor: Actor, *, unmarked: int, without_remedy: int) -> Decision:
    """Decide whether *actor* may close a week of which *unmarked* items wait for a mark.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    Every item has its mark, and every violation something that follows. A question that waits for its answer keeps
    no week open: it stays on the page until it is decided.
    """
    if unmarked:
        return first_refusal(
            may_see_reviews(actor),
            _is_no_administrator(actor),
            refuse("AUD-1", f"Items without a mark: {unmarked}.", remedy="Mark each of them first."),
        )
    if without_remedy:
        return first_refusal(
            may_see_reviews(actor),
            _is_no_administrator(actor),
            refuse(
                "AUD-1",
                f"Violations from which nothing follows yet: {without_remedy}.",
                remedy="Order at least one measure for each, if only a talk.",
            ),
        )
    return first_refusal(may_see_reviews(actor), _is_no_administrator(actor), allow("AUD-1"))


def may_plant(actor: Actor) -> Decision:
    """Decide whether *actor* may plant a plate that no vehicle has, and take it up again.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.
    """
    return may(actor, Right.PLANT_PLATES)


def may_declare(actor: Actor) -> Decision:
    """Decide whether *actor* may declare a plate of their own or their household's.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    Whoever has an inbox may: everybody who works here.
    """
    return may(actor, Right.READ_NOTICES)


def may_withdraw(actor: Actor, *, owner_id: str) -> Decision:
    """Decide whether *actor* may take back the declaration of the account *owner_id*.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.
    """
    if actor.is_person and actor.id == owner_id:
        return allow("AUD-1")
    return refuse("AUD-1", "Somebody else has declared this plate.", remedy="They take it back.")


def review_due_at(ends_at: datetime, *, parameters: Parameters) -> datetime:
    """Return by when a week that ended at *ends_at* is reviewed and closed.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.
    """
    return ends_at + parameters.days("audit.review_days")


def answer_due_at(asked_at: datetime, *, parameters: Parameters) -> datetime:
    """Return by when a question put at *asked_at* is answered."""
    return asked_at + parameters.days("audit.answer_days")


def remedy_due_at(ordered_at: datetime, *, parameters: Parameters) -> datetime:
    """Return by when what was ordered at *ordered_at* is done."""
    return ordered_at + parameters.days("audit.action_days")


def _is_no_administrator(actor: Actor) -> Decision:
    if not actor.has(Role.ADMINISTRATOR):
        return allow("AUD-1")
    return refuse("AUD-1", "An administrator reviews no searches.", remedy="An auditor does.")


def _is_not_theirs(actor: Actor, item: Reviewed) -> Decision:
    if actor.id not in item.people:
        return allow("AUD-1")
    return refuse(
        "AUD-1",
        "This is about searches of your own.",
        remedy="Another auditor reviews them; where there is none, the Undersheriff.",
    )


def _says_why(verdict: Verdict, note: str) -> Decision:
    if verdict is Verdict.COMPLIANT or note.strip():
        return allow("AUD-1")
    asks = verdict is Verdict.QUESTION
    return refuse(
        "AUD-1",
        "A question without words." if asks else "A violation without saying which.",
        remedy="Write what you want to know."
        if asks
        else "Write what was found, and which clause it breaks.",
        field="note",
    )


def _supersedes_with_reason(item: Reviewed, why_again: str) -> Decision:
    if item.verdict is None or why_again.strip():
        return allow("AUD-1")
    return refuse(
        "AUD-1",
        "A mark is not changed.",
        remedy="Say why another takes its place; both stay to be seen.",
        field="why_again",
    )


def _is_violation(item: Reviewed) -> Decision:
    if item.verdict is Verdict.VIOLATION:
        return allow("AUD-1")
    return refuse(
        "AUD-1", "Nothing follows where no violation was found.", remedy="Mark the violation first."
    )


def _has_end(kind: RemedyKind, *, until: datetime | None, now: datetime) -> Decision:
    if kind is not RemedyKind.SUSPENSION:
        return allow("AUD-1")
    if until is not None and 0 < (until - now).total_seconds() <= MOST_SUSPENDED_DAYS * 86_400:
        return allow("AUD-1")
    return refuse(
        "AUD-1",
        "A suspension has an end.",
        remedy=f"Give a day within the next {MOST_SUSPENDED_DAYS} days; for longer, have the role withdrawn.",
        field="until",
    )


def _is_their_supervisor(actor: Actor, supervisor_id: str) -> Decision:
    if supervisor_id in {"", actor.id}:
        return allow("ADM-4")
    return refuse("ADM-4", "The person has another supervisor.", remedy="Their own supervisor talks to them.")
