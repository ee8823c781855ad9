"""Training before access, and after change: who may see plate data, and what is missing where they may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, allow, refuse
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


class Course(StrEnum):
    """The three subjects of the initial training."""

    TECHNOLOGY = "technology"
    POLICY = "policy"
    LAW = "law"

    @property
    def label(self) -> str:
        """Its title."""
        return _TITLES[self]


_TITLES: Final = {
    Course.TECHNOLOGY: "The technology",
    Course.POLICY: "The policy and its procedures",
    Course.LAW: "Law and privacy",
}


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something that a person has not acknowledged yet.

    Attributes:
        title: What it is called.
        due_at: From when on plate data is closed to them because of it.
    """

    title: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """What is known of one person's training.

    Attributes:
        passed_at: When each course was passed last.
        awaited: What they have still to acknowledge.
    """

    passed_at: Mapping[Course, datetime] = field(default_factory=lambda: MappingProxyType({}))
    awaited: Sequence[Awaited] = ()


def valid_until(passed_at: datetime, *, parameters: Parameters) -> datetime:
    """Return until when a course passed at *passed_at* counts."""
    return passed_at + parameters.days("training.valid_days")


def missing_courses(record: TrainingRecord, *, parameters: Parameters, now: datetime) -> list[Course]:
    """Return the courses that were never passed, or too long ago, in their order."""
    return [
        course
        for course in Course
        if course not in record.passed_at
        or valid_until(record.passed_at[course], parameters=parameters) <= now
    ]


def overdue(record: TrainingRecord, *, now: datetime) -> list[Awaited]:
    """Return what ought to have been acknowledged by *now*."""
    return [awaited for awaited in record.awaited if awaited.due_at <= now]


def may_use_plate_data(record: TrainingRecord, *, parameters: Parameters, now: datetime) -> Decision:
    """Decide whether a person of this *record* may be shown plates at all.

    > TRN-1: Nobody has access to plate data before initial training in the technology, in this policy and its
    > procedures, and in the law and privacy.

    > TRN-2: Changes in hardware, software, law or policy are taught in service or by bulletin
    """
    if missing := missing_courses(record, parameters=parameters, now=now):
        titles = ", ".join(f"“{course.label}”" for course in missing)
        return refuse(
            "TRN-1",
            f"Plate data is closed to you: training not passed or out of date: {titles}.",
            remedy="Open the page Training, read the course and answer its questions. Access follows at once.",
        )
    if late := overdue(record, now=now):
        titles = ", ".join(f"“{awaited.title}”" for awaited in late)
        return refuse(
            "TRN-2",
            f"Plate data is closed to you: not acknowledged in time: {titles}.",
            remedy="Open the page Training, read it and acknowledge it. Access follows at once.",
        )
    return allow("TRN-1")


def has_passed(right: int, of: int, *, parameters: Parameters) -> bool:
    """Whether *right* answers out of *of* questions pass a course."""
    return of > 0 and 100 * right >= parameters.integer("training.pass_percent") * of


def may_publish_bulletin(actor: Actor) -> Decision:
    """Decide whether *actor* may publish a bulletin that everybody acknowledges.

    > TRN-2: Changes in hardware, software, law or policy are taught in service or by bulletin
    """
    return may(actor, Right.PUBLISH_BULLETINS)


def may_review_policy(actor: Actor) -> Decision:
    """Decide whether *actor* may record that the policy was reviewed.

    > TRN-2: the policy is reviewed every year
    """
    return may(actor, Right.REVIEW_POLICY)


def review_due_at(last_reviewed_at: datetime, *, parameters: Parameters) -> datetime:
    """Return when the policy is to be reviewed again.

    > TRN-2: the policy is reviewed every year
    """
    return last_reviewed_at + parameters.days("training.policy_review_days")
