"""What the pages on false hits show, put together for their templates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from platewarden.corrections.models import Complaint, CorrectionNotice, Suppression
from platewarden.hotlists.models import Hotlist
from platewarden.policy import corrections as policy
from platewarden.policy.actor import Actor
from platewarden.policy.corrections import Answer, Channel, Concern, LiftedBecause, Outcome
from platewarden.policy.hits import Finding
from platewarden.policy.hotlists import Category
from platewarden.policy.parameters import Parameters


@dataclass(frozen=True, slots=True)
class SuppressionLine:
    """One suppression, as it stands now.

    Attributes:
        suppression: The suppression.
        review_due_at: When a second person must have reviewed it.
        is_overdue: Whether nobody has, in time.
    """

    suppression: Suppression
    review_due_at: datetime
    is_overdue: bool

    @property
    def category(self) -> str:
        """What the entry is about."""
        return Category(self.suppression.category).label

    @property
    def finding(self) -> str:
        """What is wrong with it."""
        return Finding(self.suppression.finding).label

    @property
    def is_in_force(self) -> bool:
        """Whether it keeps the entry from alerting."""
        is_confirmed = self.suppression.confirmed_at is not None
        silences = policy.silences(Category(self.suppression.category), is_confirmed=is_confirmed)
        return self.suppression.lifted_at is None and silences

    @property
    def standing(self) -> str:
        """Where it stands, in words."""
        if self.suppression.lifted_at is not None:
            return f"Lifted: {LiftedBecause(self.suppression.lifted_because).label}"
        if self.suppression.confirmed_at is not None:
            return "In force, confirmed"
        return "In force, to be reviewed" if self.is_in_force else "Waits for a second person; still alerts"

    @property
    def tone(self) -> str:
        """The tone of `standing`."""
        if self.suppression.lifted_at is not None:
            return "quiet"
        return "warning" if self.suppression.confirmed_at is None else "good"


def lines_of(
    suppressions: Iterable[Suppression], *, parameters: Parameters, now: datetime
) -> list[SuppressionLine]:
    """Return *suppressions* as lines, in their order."""
    return [_line(suppression, parameters, now) for suppression in suppressions]


def _line(suppression: Suppression, parameters: Parameters, now: datetime) -> SuppressionLine:
    due_at = policy.review_due_at(suppression.placed_at, parameters=parameters)
    is_open = suppression.confirmed_at is None and suppression.lifted_at is None
    return SuppressionLine(suppression, due_at, is_overdue=is_open and due_at <= now)


def suppressions_of(agency_id: int, *, hotlist_id: int | None = None) -> QuerySet[Suppression]:
    """Return an agency's suppressions, or those of one list, the newest first."""
    people = ("placed_by", "confirmed_by", "lifted_by", "hotlist")
    found = Suppression.objects.select_related(*people).filter(agency_id=agency_id)
    if hotlist_id is not None:
        found = found.filter(hotlist_id=hotlist_id)
    return found


def suppressed_on(hotlist: Hotlist, *, actor: Actor, parameters: Parameters, now: datetime) -> dict[str, Any]:
    """Return what the page of *hotlist* shows of its suppressed entries: those that stand."""
    standing = suppressions_of(hotlist.agency_id, hotlist_id=hotlist.pk).filter(lifted_at__isnull=True)
    return {
        "suppressed": lines_of(standing, parameters=parameters, now=now),
        "may_see_register": policy.may_see_register(actor).allowed,
    }


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One correction notice, as it stands now."""

    notice: CorrectionNotice
    answer_due_at: datetime | None
    is_overdue: bool

    @property
    def channel(self) -> str:
        """How it went out, in words."""
        return Channel(self.notice.channel).label if self.notice.channel else ""

    @property
    def answer(self) -> str:
        """What its owner answered, in words."""
        return Answer(self.notice.answer).label if self.notice.answer else ""

    @property
    def digest(self) -> str:
        """SHA-256 of the letter."""
        return bytes(self.notice.digest).hex()


def notices_of(suppression: Suppression, *, parameters: Parameters, now: datetime) -> list[NoticeLine]:
    """Return the correction notices about *suppression*, the newest first."""
    notices = suppression.notices.select_related("written_by", "sent_by", "answered_by")
    return [_notice(notice, parameters, now) for notice in notices]


def _notice(notice: CorrectionNotice, parameters: Parameters, now: datetime) -> NoticeLine:
    due_at = policy.answer_due_at(notice.sent_at, parameters=parameters) if notice.sent_at else None
    return NoticeLine(notice, due_at, due_at is not None and notice.answered_at is None and due_at <= now)


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """One complaint, without what the resident told."""

    complaint: Complaint
    due_at: datetime
    is_overdue: bool

    @property
    def concern(self) -> str:
        """What it is about, in words."""
        return Concern(self.complaint.concern).label

    @property
    def channel(self) -> str:
        """How it came in, in words."""
        return Channel(self.complaint.channel).label

    @property
    def outcome(self) -> str:
        """How it was answered, in words."""
        return Outcome(self.complaint.outcome).label if self.complaint.outcome else ""


def complaint_lines(
    complaints: Iterable[Complaint], *, parameters: Parameters, now: datetime
) -> list[ComplaintLine]:
    """Return *complaints* as lines, in their order."""
    return [_complaint(complaint, parameters, now) for complaint in complaints]


def _complaint(complaint: Complaint, parameters: Parameters, now: datetime) -> ComplaintLine:
    due_at = policy.complaint_due_at(complaint.received_at, parameters=parameters)
    return ComplaintLine(complaint, due_at, complaint.answered_at is None and due_at <= now)


@dataclass(frozen=True, slots=True)
class Overdue:
    """How much waits longer than it may."""

    reviews: int
    answers: int
    complaints: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.reviews + self.answers + self.complaints


def overdue_of(agency_id: int, *, parameters: Parameters, now: datetime) -> Overdue:
    """Return how many reviews, answers to notices and answers to complaints are overdue."""
    standing = Suppression.objects.filter(
        agency_id=agency_id, lifted_at__isnull=True, confirmed_at__isnull=True
    )
    sent = CorrectionNotice.objects.filter(
        suppression__agency_id=agency_id, sent_at__isnull=False, answered_at__isnull=True
    )
    waiting = Complaint.objects.filter(agency_id=agency_id, answered_at__isnull=True)
    return Overdue(
        reviews=sum(line.is_overdue for line in lines_of(standing, parameters=parameters, now=now)),
        answers=sum(_notice(notice, parameters, now).is_overdue for notice in sent),
        complaints=sum(line.is_overdue for line in complaint_lines(waiting, parameters=parameters, now=now)),
    )
