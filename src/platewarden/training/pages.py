"""What the pages on training show."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.accounts.models import User
from platewarden.policy.decision import Decision
from platewarden.policy.parameters import Parameters
from platewarden.policy.training import (
    Course,
    TrainingRecord,
    may_use_plate_data,
    missing_courses,
    valid_until,
)
from platewarden.training.materials import Material, material_of
from platewarden.training.models import Attempt, Bulletin
from platewarden.training.standing import due_at, records_of


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One course as one person's overview shows it."""

    course: Course
    material: Material
    is_current: bool
    valid_until: datetime | None
    certificate: Attempt | None


@dataclass(frozen=True, slots=True)
class BulletinLine:
    """One bulletin as one person's overview shows it."""

    bulletin: Bulletin
    acknowledged_at: datetime | None
    due_at: datetime
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person as the overview of everybody shows them."""

    person: User
    decision: Decision
    until: datetime | None


def courses_of(user: User, *, parameters: Parameters, now: datetime) -> list[CourseLine]:
    """Return the courses with where *user* stands in each."""
    latest = {
        found.course: found for found in Attempt.objects.filter(user=user, passed=True).order_by("at", "pk")
    }
    lines = []
    for course in Course:
        found = latest.get(course)
        until = valid_until(found.at, parameters=parameters) if found else None
        lines.append(CourseLine(course, material_of(course), until is not None and until > now, until, found))
    return lines


def bulletins_of(user: User, *, now: datetime) -> list[BulletinLine]:
    """Return every bulletin with what *user* has said to it; those that wait come first."""
    said = dict(user.acknowledgements.values_list("bulletin_id", "at"))
    lines = []
    for bulletin in Bulletin.objects.all():
        due, at = due_at(bulletin, user.created_at), said.get(bulletin.pk)
        lines.append(BulletinLine(bulletin, at, due, at is None and due <= now))
    return sorted(lines, key=lambda line: line.acknowledged_at is not None)


def people_of(agency_id: int, *, parameters: Parameters, now: datetime) -> list[PersonLine]:
    """Return every active person of the agency with what the rules say of their training; the closed ones first."""
    people = list(User.objects.filter(agency_id=agency_id, is_active=True).order_by("full_name"))
    records, lines = records_of(people), []
    for person in people:
        record = records[person.pk]
        decision = may_use_plate_data(record, parameters=parameters, now=now)
        lines.append(PersonLine(person, decision, _until(record, parameters, now)))
    return sorted(lines, key=lambda line: line.decision.allowed)


def _until(record: TrainingRecord, parameters: Parameters, now: datetime) -> datetime | None:
    if missing_courses(record, parameters=parameters, now=now):
        return None
    ends = [valid_until(at, parameters=parameters) for at in record.passed_at.values()]
    return min([*ends, *(awaited.due_at for awaited in record.awaited)])
