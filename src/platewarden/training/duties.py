"""What training asks for by itself: a new policy is published, people are reminded, and what is due by when."""

from datetime import datetime

from platewarden.accounts.models import Agency, User
from platewarden.adoption.in_force import parameters_at
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor, Role
from platewarden.policy.duties import Duty
from platewarden.policy.notices import NoticeKind
from platewarden.policy.parameters import Parameters
from platewarden.policy.training import TrainingRecord, missing_courses, review_due_at, valid_until
from platewarden.training.actions import publish_policy
from platewarden.training.models import Bulletin, PolicyReview
from platewarden.training.standing import due_at, records_of


def keep(*, actor: Actor, now: datetime) -> None:
    """Publish a version of the policy that is new, and remind everybody, once each, of what is about to close."""
    publish_policy(actor=actor, now=now)
    people = list(User.objects.filter(is_active=True, grants__withdrawn_at=None).distinct())
    records, parameters = records_of(people), parameters_at(now)
    for person in people:
        _remind_of_courses(person, records[person.pk], parameters, actor, now)
        _remind_of_bulletins(person, actor, now)


def _remind_of_courses(
    person: User, record: TrainingRecord, parameters: Parameters, actor: Actor, now: datetime
) -> None:
    soon = now + parameters.days("training.remind_days")
    for course in missing_courses(record, parameters=parameters, now=soon):
        passed_at = record.passed_at.get(course)
        until = valid_until(passed_at, parameters=parameters) if passed_at else now
        tell(
            kind=NoticeKind.TRAINING_ENDING,
            subject=f"person:{person.pk}",
            text=f"Take the course “{course.label}” on the page Training: plate data closes without it.",
            to_user=person,
            actor=actor,
            due_at=until,
            now=now,
            once_key=f"training:{person.pk}:{course}:{passed_at or 'never'}",
        )


def _remind_of_bulletins(person: User, actor: Actor, now: datetime) -> None:
    for bulletin in Bulletin.objects.exclude(acknowledgements__user=person):
        tell(
            kind=NoticeKind.BULLETIN_WAITS,
            subject=f"bulletin:{bulletin.pk}",
            text=f"Read and acknowledge “{bulletin.title}” on the page Training: plate data closes without it.",
            to_user=person,
            actor=actor,
            due_at=due_at(bulletin, person.created_at),
            now=now,
            once_key=f"bulletin:{bulletin.pk}:{person.pk}",
        )


def duties_at(now: datetime) -> list[Duty]:
    """Return what is due about training: the yearly review of the policy, and the next course that runs out."""
    return [_policy_review(now), *_next_course(now)]


def _policy_review(now: datetime) -> Duty:
    last = PolicyReview.objects.first()
    if last:
        due, evidence = (
            review_due_at(last.at, parameters=parameters_at(now)),
            f"reviewed on {last.at:%Y-%m-%d}",
        )
    else:
        founded = User.objects.order_by("created_at").values_list("created_at", flat=True).first()
        due, evidence = review_due_at(founded or now, parameters=parameters_at(now)), "never reviewed here"
    return Duty("Review the policy", "TRN-2", Role.ADMINISTRATOR, due, evidence, "training:review")


def _next_course(now: datetime) -> list[Duty]:
    parameters = parameters_at(now)
    agency = Agency.objects.filter(is_owner=True).first()
    people = User.objects.filter(agency=agency, is_active=True, grants__withdrawn_at=None).distinct()
    ends = [
        now
        if missing_courses(record, parameters=parameters, now=now)
        else min(valid_until(at, parameters=parameters) for at in record.passed_at.values())
        for record in records_of(people).values()
    ]
    if not ends:
        return []
    overdue = sum(end <= now for end in ends)
    evidence = f"{len(ends) - overdue} of {len(ends)} people are trained"
    return [Duty("Keep everybody trained", "TRN-1", Role.SUPERVISOR, min(ends), evidence, "training:people")]
