"""Every write about training: answers to a course, bulletins and their acknowledgement, the review of the policy."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import training as policy
from platewarden.policy.actor import Actor
from platewarden.policy.clauses import clauses
from platewarden.policy.decision import require
from platewarden.policy.training import Course
from platewarden.training.materials import material_of
from platewarden.training.models import (
    Acknowledgement,
    Attempt,
    Bulletin,
    BulletinKind,
    PolicyReview,
    Retraining,
)
from platewarden.training.standing import policy_digest


@transaction.atomic
def answer_course(*, course: Course, answers: Sequence[int], actor: Actor, now: datetime) -> Attempt:
    """Record how *actor* answered the questions of *course*, in their order; enough right answers pass it.

    Args:
        course: Which course.
        answers: The place of the chosen answer for each question, from 0.
        actor: Who answered; nobody answers for another.
        now: The present moment.
    """
    material = material_of(course)
    pairs = zip(material.questions, answers, strict=True)
    right = sum(chosen == question.right for question, chosen in pairs)
    of = len(material.questions)
    attempt = Attempt.objects.create(
        user_id=int(actor.id),
        course=course,
        edition=material.edition,
        right=right,
        of=of,
        passed=policy.has_passed(right, of, parameters=parameters_at(now)),
        at=now,
    )
    entry = ledger.append(
        Kind.TRAINING_PASSED if attempt.passed else Kind.TRAINING_NOT_PASSED,
        actor=actor,
        subject=f"person:{actor.id}",
        details={"course": course, "edition": material.edition, "right": right, "of": of},
    )
    attempt.entry = entry.seq
    attempt.save(update_fields=["entry"])
    return attempt


@transaction.atomic
def order_retraining(*, user: User, actor: Actor, now: datetime) -> Retraining:
    """Close plate data to *user* until they have passed every course again; whoever orders it has asked the rules.

    > TRN-1: Nobody has access to plate data before initial training
    """
    retraining = Retraining.objects.create(user=user, ordered_at=now, ordered_by=actor.name)
    ledger.append(Kind.RETRAINING_ORDERED, actor=actor, subject=f"person:{user.pk}")
    return retraining


@transaction.atomic
def publish_bulletin(
    *, kind: BulletinKind, title: str, text: str, acknowledge_by: datetime, actor: Actor, now: datetime
) -> Bulletin:
    """Ask everybody to acknowledge *text* by a date.

    Raises:
        PolicyRefusal: *actor* may not publish bulletins.
    """
    require(policy.may_publish_bulletin(actor), action="bulletin.publish")
    latest = now + parameters_at(now).days("training.acknowledge_days")
    bulletin = Bulletin.objects.create(
        kind=kind,
        title=title.strip(),
        text=text.strip(),
        published_at=now,
        published_by=actor.name,
        acknowledge_by=min(acknowledge_by, latest),
    )
    _enter(bulletin, actor)
    return bulletin


@transaction.atomic
def publish_policy(*, actor: Actor, now: datetime) -> Bulletin | None:
    """Ask everybody to acknowledge the version of the policy that this program keeps; None if they were asked."""
    digest = policy_digest()
    if Bulletin.objects.filter(policy_digest=digest).exists():
        return None
    known = clauses()
    bulletin, is_new = Bulletin.objects.get_or_create(
        policy_digest=digest,
        defaults={
            "kind": BulletinKind.POLICY,
            "title": f"The policy, version {digest[:8]}",
            "text": (
                f"The written policy as this system keeps it now has {len(known)} clauses. Read it on the page "
                "“Policy”, where every clause stands with what enforces it and what can be measured of it. "
                "By acknowledging you say that you have read it and that you will keep it."
            ),
            "published_at": now,
            "published_by": actor.name,
            "acknowledge_by": now + parameters_at(now).days("training.acknowledge_days"),
        },
    )
    if is_new:
        _enter(bulletin, actor)
    return bulletin if is_new else None


def _enter(bulletin: Bulletin, actor: Actor) -> None:
    ledger.append(
        Kind.BULLETIN_PUBLISHED,
        actor=actor,
        subject=f"bulletin:{bulletin.pk}",
        details={"kind": bulletin.kind, "title": bulletin.title, "by": bulletin.acknowledge_by.isoformat()},
    )


@transaction.atomic
def acknowledge(*, bulletin: Bulletin, actor: Actor, now: datetime) -> None:
    """Record that *actor* has read *bulletin*; saying it again changes nothing."""
    _, is_new = Acknowledgement.objects.get_or_create(
        bulletin=bulletin, user_id=int(actor.id), defaults={"at": now}
    )
    if is_new:
        ledger.append(Kind.BULLETIN_ACKNOWLEDGED, actor=actor, subject=f"bulletin:{bulletin.pk}")


@transaction.atomic
def review_policy(*, findings: str, is_to_be_amended: bool, actor: Actor, now: datetime) -> PolicyReview:
    """Record that *actor* has reviewed the policy and what they found.

    Raises:
        PolicyRefusal: *actor* may not review the policy.
    """
    require(policy.may_review_policy(actor), action="policy.review")
    digest = policy_digest()
    review = PolicyReview.objects.create(
        reviewed_by_id=int(actor.id),
        at=now,
        policy_digest=digest,
        findings=findings.strip(),
        is_to_be_amended=is_to_be_amended,
    )
    ledger.append(
        Kind.POLICY_REVIEWED,
        actor=actor,
        subject=f"policy:{digest[:8]}",
        details={"policy": digest[:8], "amend": is_to_be_amended},
    )
    return review
