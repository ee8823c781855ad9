"""Every write of a review: read an item, mark it, answer a question, close the week. Nothing is edited afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import DatabaseError, transaction

from platewarden.accounts.actors import system_actor
from platewarden.adoption.in_force import parameters_at
from platewarden.audits.facts import Searched, searches_of
from platewarden.audits.models import Explanation, Mark, ReviewItem, ReviewWeek, WeekClosing
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import audits as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.audits import Reviewed, Verdict
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class OpenedItem:
    """What reading an item shows."""

    searches: list[Searched]
    entry: int


def latest_mark(item: ReviewItem) -> Mark | None:
    """Return the mark that counts; None while there is none."""
    return item.marks.filter(superseded_by=None).first()


def reviewed(item: ReviewItem) -> Reviewed:
    """Return *item* as the rules look at it."""
    mark = latest_mark(item)
    return Reviewed(
        people=frozenset(str(person) for person in item.people),
        verdict=Verdict(mark.verdict) if mark else None,
        has_remedy=mark is not None and mark.remedies.exists(),
    )


def open_item(*, item: ReviewItem, entries: Sequence[int], actor: Actor) -> OpenedItem:
    """Record that *actor* reads the searches *entries* of *item*, and only then return what they asked for.

    > AUD-1: Auditors read the whole log

    Raises:
        PolicyRefusal: *actor* does not review searches, or these are their own.
        LedgerUnavailable: The look cannot be recorded, so nothing is shown.
    """
    require(policy.may_open_item(actor, reviewed(item)), action="audit.open", facts={"item": item.pk})
    shown = sorted(set(entries) & set(item.entries))
    try:
        with transaction.atomic(durable=True):
            entry = ledger.append(
                Kind.AUDIT_ITEM_OPENED,
                actor=actor,
                subject=f"item:{item.pk}",
                outcome="shown",
                details={"entries": shown},
            )
    except DatabaseError as error:
        raise LedgerUnavailable("The look could not be recorded, so nothing is shown.") from error
    return OpenedItem(searches_of(shown), entry.seq)


@transaction.atomic
def mark(
    *, item: ReviewItem, verdict: Verdict, note: str, actor: Actor, now: datetime, why_again: str = ""
) -> Mark:
    """Record what *actor* found of *item*; where it was marked before, *why_again* says why this replaces it.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    Raises:
        PolicyRefusal: *actor* may not, says nothing where something is to be said, or replaces without a reason.
    """
    item = ReviewItem.objects.select_for_update().get(pk=item.pk)
    decision = policy.may_mark(actor, reviewed(item), verdict, note=note, why_again=why_again)
    require(decision, action="audit.mark", facts={"item": item.pk})
    before = latest_mark(item)
    entry = ledger.append(
        Kind.AUDIT_MARKED,
        actor=actor,
        subject=f"item:{item.pk}",
        outcome=verdict.value,
        details={
            "week": str(item.week),
            "kind": item.kind,
            "note": note,
            "supersedes": before.entry if before else None,
        },
    )
    made = Mark.objects.create(
        item=item,
        verdict=verdict,
        note=note.strip(),
        why_again=why_again.strip() if before else "",
        marked_by_id=int(actor.id),
        marked_at=now,
        supersedes=before,
        entry=entry.seq,
    )
    if before:
        _settle_question(before, actor, now)
    if verdict is Verdict.QUESTION:
        _ask(made, actor, now)
    return made


_OF_A_QUESTION = (NoticeKind.AUDIT_QUESTION, NoticeKind.AUDIT_EXPLAINED)


def _settle_question(question: Mark, actor: Actor, now: datetime) -> None:
    """Take what was told of *question* out of the inboxes: the auditors', and the person's, who may be a guest."""
    settle(subject=f"item:{question.item_id}", kinds=_OF_A_QUESTION, actor=actor, now=now)
    theirs = replace(actor, agency_id=question.item.person.agency_id)
    settle(subject=f"mark:{question.pk}", kinds=_OF_A_QUESTION, actor=theirs, now=now)


def _ask(question: Mark, actor: Actor, now: datetime) -> None:
    tell(
        kind=NoticeKind.AUDIT_QUESTION,
        subject=f"mark:{question.pk}",
        text=(
            "An auditor asks you to explain searches of yours, as is done every week with some. Answer on the page "
            "“Questions to you”, in the menu behind your name."
        ),
        to_user=question.item.person,
        actor=actor,
        due_at=policy.answer_due_at(now, parameters=parameters_at(now)),
        now=now,
    )


@transaction.atomic
def explain(*, question: Mark, text: str, actor: Actor, now: datetime) -> Explanation:
    """Record what *actor* answers to *question*, which was put to them; the auditors are told.

    Raises:
        PolicyRefusal: It was put to somebody else, is answered, or no longer stands.
    """
    question = Mark.objects.select_for_update(of=("self",)).select_related("item").get(pk=question.pk)
    decision = policy.may_explain(
        actor,
        asked_id=str(question.item.person_id),
        is_answered=Explanation.objects.filter(mark=question).exists(),
        is_open=question.verdict == Verdict.QUESTION and latest_mark(question.item) == question,
    )
    require(decision, action="audit.explain", facts={"mark": question.pk})
    entry = ledger.append(
        Kind.AUDIT_EXPLAINED,
        actor=actor,
        subject=f"item:{question.item_id}",
        details={"answer": text.strip()},
    )
    made = Explanation.objects.create(
        mark=question, text=text.strip(), given_by_id=int(actor.id), given_at=now, entry=entry.seq
    )
    settle(subject=f"mark:{question.pk}", kinds=_OF_A_QUESTION, actor=actor, now=now)
    tell(
        kind=NoticeKind.AUDIT_EXPLAINED,
        subject=f"item:{question.item_id}",
        text=f"An explanation has come in for the review of week {question.item.week}. Read it and decide.",
        to_role=Role.AUDITOR,
        actor=system_actor("audits"),  # a guest's own agency has no auditors here
        now=now,
    )
    return made


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the review of a week has come.

    Attributes:
        items: How many there are.
        unmarked: How many wait for a mark.
        open_questions: How many wait for an answer, or for a decision on one.
        violations: How many were found.
        without_remedy: How many of them nothing follows from yet.
    """

    items: int
    unmarked: int
    open_questions: int
    violations: int
    without_remedy: int


def standing_of(review: ReviewWeek) -> Standing:
    """Return how far *review* has come."""
    last = Mark.objects.filter(item__week=review, superseded_by=None)
    items = review.items.count()
    violations = last.filter(verdict=Verdict.VIOLATION)
    return Standing(
        items=items,
        unmarked=items - last.count(),
        open_questions=last.filter(verdict=Verdict.QUESTION).count(),
        violations=violations.count(),
        without_remedy=violations.filter(remedies=None).count(),
    )


@transaction.atomic
def close(*, review: ReviewWeek, note: str, actor: Actor, now: datetime) -> WeekClosing:
    """Record that the review of a week is closed; nothing of it can be opened again, and marks can still be replaced.

    > AUD-1: Periodic and random audits and inspections measure whether this policy is kept.

    Raises:
        PolicyRefusal: Items wait for a mark, or nothing follows from a violation.
    """
    review = ReviewWeek.objects.select_for_update().get(pk=review.pk)
    known = WeekClosing.objects.filter(week=review).first()
    if known:
        return known
    standing = standing_of(review)
    decision = policy.may_close(actor, unmarked=standing.unmarked, without_remedy=standing.without_remedy)
    require(decision, action="audit.close", facts={"week": str(review)})
    entry = ledger.append(
        Kind.AUDIT_CLOSED,
        actor=actor,
        subject=f"audit:{review}",
        details={
            "items": standing.items,
            "violations": standing.violations,
            "open_questions": standing.open_questions,
            "note": note.strip(),
        },
    )
    made = WeekClosing.objects.create(
        week=review, note=note.strip(), closed_by_id=int(actor.id), closed_at=now, entry=entry.seq
    )
    kinds = (NoticeKind.AUDIT_OPENED, NoticeKind.AUDIT_OVERDUE)
    settle(subject=f"audit:{review}", kinds=kinds, actor=actor, now=now)
    return made
