"""What training asks for by itself: a new policy is published, people are reminded, and what is due by when."""

from collections.abc import Iterator
from datetime import datetime

from platewarden.accounts.actors import founded_at
from platewarden.accounts.models import Agency, User
from platewarden.adoption.in_force import parameters_at
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor, Role
from platewarden.policy.duties import Duty
from platewarden.policy.notices import NoticeKind
from platewarden.policy.parameters import Parameters
from platewarden.policy.training import Course, TrainingRecord, missing_courses, review_due_at, valid_until
from platewarden.training.actions import publish_policy
from platewarden.training.models import Bulletin, PolicyReview
from platewarden.training.standing import due_at, records_of


def keep(*, actor: Actor, now: datetime) -> None:
    """Publish a version of the policy that is new, and remind everybody, once each, of what is about to close."""
    publish_policy(actor=actor, now=now)
    people = list(User.objects.holding())
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
    """Return what is due about training: the yearly review of the policy, and what each person must learn by when."""
    agency = Agency.objects.filter(is_owner=True).first()
    people = list(User.objects.holding().filter(agency=agency))
    records, parameters = records_of(people), parameters_at(now)
    ends = {person.pk: _end_of(records[person.pk], person.created_at, parameters) for person in people}
    return [
        _policy_review(now),
        *_everybody(list(ends.values()), now),
        *(duty for person, record in records.items() for duty in _of_person(person, record, ends[person])),
    ]


def _policy_review(now: datetime) -> Duty:
    last = PolicyReview.objects.first()
    if last:
        due, evidence = (
            review_due_at(last.at, parameters=parameters_at(now)),
            f"reviewed on {last.at:%Y-%m-%d}",
        )
    else:
        due, evidence = review_due_at(founded_at(now), parameters=parameters_at(now)), "never reviewed here"
    return Duty(
        "Review the policy", "TRN-2", Role.ADMINISTRATOR, due, evidence, "training:review", is_rare=True
    )


def _end_of(record: TrainingRecord, since: datetime, parameters: Parameters) -> datetime:
    """Return until when somebody's courses count; what was never passed has been due *since* they have an account."""
    return min(
        valid_until(record.passed_at[course], parameters=parameters) if course in record.passed_at else since
        for course in Course
    )


def _everybody(ends: list[datetime], now: datetime) -> list[Duty]:
    if not ends:
        return []
    overdue = sum(end <= now for end in ends)
    evidence = f"{len(ends) - overdue} of {len(ends)} people are trained"
    return [Duty("Keep everybody trained", "TRN-1", Role.SUPERVISOR, min(ends), evidence, "training:people")]


def _of_person(person: int, record: TrainingRecord, end: datetime) -> Iterator[Duty]:
    """Yield what one person owes themselves: their courses, and what waits to be acknowledged."""
    passed = max(record.passed_at.values(), default=None)
    evidence = f"a course was passed last on {passed:%Y-%m-%d}" if passed else "no course passed yet"
    yield _mine("Take the courses anew", "TRN-1", end, evidence, person)
    if record.awaited:
        due, titles = (
            min(each.due_at for each in record.awaited),
            ", ".join(each.title for each in record.awaited),
        )
        yield _mine("Acknowledge what was published", "TRN-2", due, f"waits: {titles}", person)


def _mine(what: str, clause: str, due: datetime, evidence: str, person: int) -> Duty:
    where = "training:overview"
    return Duty(what, clause, Role.OFFICER, due, evidence, where, person_id=str(person), is_told=True)
