"""What the weekly review asks for by itself: weeks are opened, and people told of what waits too long."""

from datetime import datetime

from platewarden.adoption.in_force import parameters_at
from platewarden.audits.models import Mark, Remedy, ReviewWeek
from platewarden.audits.opening import open_due_weeks
from platewarden.audits.remedies import settle_retrainings
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor, Role
from platewarden.policy.audits import RemedyKind, Verdict, answer_due_at, review_due_at
from platewarden.policy.duties import Duty
from platewarden.policy.notices import NoticeKind

_OWNERS = {
    RemedyKind.TALK: Role.SUPERVISOR,
    RemedyKind.SUSPENSION: Role.UNDERSHERIFF,
    RemedyKind.REFERRAL: Role.UNDERSHERIFF,
}


def keep(*, actor: Actor, now: datetime) -> None:
    """Open what is over, settle what people have done, and tell the Undersheriff, once each, of weeks that are late."""
    open_due_weeks(actor=actor, now=now)
    settle_retrainings(actor=actor, now=now)
    for review in ReviewWeek.objects.filter(agency_id=actor.agency_id, closing=None):
        due_at = review_due_at(review.week.ends_at, parameters=parameters_at(now))
        if due_at <= now:
            tell(
                kind=NoticeKind.AUDIT_OVERDUE,
                subject=f"audit:{review}",
                text=f"The searches of week {review} have not been reviewed in time.",
                to_role=Role.UNDERSHERIFF,
                actor=actor,
                due_at=due_at,
                now=now,
                once_key=f"audit:{review}:overdue",
            )


def duties_at(now: datetime) -> list[Duty]:
    """Return what is due about reviews: weeks to close, questions to answer, measures to carry out."""
    first: dict[str, Duty] = {}
    for duty in [*_weeks(now), *_questions(now), *_remedies()]:
        first.setdefault(duty.key, duty)  # two questions to one person are one duty, due with the earlier
    return list(first.values())


def _weeks(now: datetime) -> list[Duty]:
    parameters = parameters_at(now)
    waiting = ReviewWeek.objects.filter(closing=None).order_by("monday")
    return [
        Duty(
            f"Review the searches of week {review}",
            "AUD-1",
            Role.AUDITOR,
            review_due_at(review.week.ends_at, parameters=parameters),
            f"opened on {review.opened_at:%Y-%m-%d}",
            "audits:weeks",
            is_told=True,
            page=("audits:week", str(review)),
        )
        for review in waiting
    ]


def _questions(now: datetime) -> list[Duty]:
    last = Mark.objects.filter(verdict=Verdict.QUESTION, superseded_by=None)
    return [_question(one, now) for one in last.select_related("item", "explanation").order_by("pk")]


def _question(question: Mark, now: datetime) -> Duty:
    """Return what is due about *question*: its answer first, then the auditor's word on it."""
    parameters, evidence = parameters_at(now), f"asked on {question.marked_at:%Y-%m-%d}"
    answer = getattr(question, "explanation", None)
    if answer:
        due_at = answer_due_at(answer.given_at, parameters=parameters)
        what = "Decide on an explanation"
        page = ("audits:item", question.item_id)
        return Duty(what, "AUD-1", Role.AUDITOR, due_at, evidence, "audits:weeks", is_told=True, page=page)
    return Duty(
        "Answer an auditor's question",
        "AUD-1",
        Role.OFFICER,
        answer_due_at(question.marked_at, parameters=parameters),
        evidence,
        "audits:mine",
        person_id=str(question.item.person_id),
        is_told=True,
    )


def _remedies() -> list[Duty]:
    waiting = Remedy.objects.filter(done=None).exclude(kind=RemedyKind.RETRAINING).order_by("due_at", "pk")
    return [
        Duty(
            {
                RemedyKind.TALK: "Talk to somebody after an audit",
                RemedyKind.SUSPENSION: "Decide on a suspension after an audit",
            }.get(RemedyKind(remedy.kind), "Deal with what an audit referred"),
            "AUD-1",
            _OWNERS[RemedyKind(remedy.kind)],
            remedy.due_at,
            f"ordered on {remedy.ordered_at:%Y-%m-%d}",
            "audits:remedies",
            person_id=str(remedy.person.supervisor_id or "") if remedy.kind == RemedyKind.TALK else "",
            is_told=True,
        )
        for remedy in waiting.select_related("person")
    ]
