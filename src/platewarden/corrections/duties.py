"""What corrections ask for by themselves: say what waits too long, and erase what is past its time."""

from datetime import datetime

from platewarden.adoption.in_force import parameters_at
from platewarden.corrections.complaints import erase_due
from platewarden.corrections.complaints import subject_of as complaint_subject
from platewarden.corrections.models import Complaint, CorrectionNotice, Suppression
from platewarden.corrections.suppressing import subject_of
from platewarden.notices.actions import tell
from platewarden.policy import corrections as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.duties import Duty
from platewarden.policy.notices import NoticeKind


def do_duties(*, actor: Actor, now: datetime) -> None:
    """Tell people, once each, of reviews, answers and complaints that are overdue; erase complaints that are due."""
    _tell_of_reviews(actor, now)
    _tell_of_answers(actor, now)
    _tell_of_complaints(actor, now)
    erase_due(actor=actor, now=now)


def _tell_of_reviews(actor: Actor, now: datetime) -> None:
    parameters = parameters_at(now)
    standing = Suppression.objects.filter(confirmed_at__isnull=True, lifted_at__isnull=True)
    for suppression in standing.select_related("hotlist"):
        if policy.review_due_at(suppression.placed_at, parameters=parameters) > now:
            continue
        _tell(
            NoticeKind.ENTRY_PROVED_WRONG,
            subject=subject_of(suppression),
            text=f"Nobody has reviewed a suppressed entry of {suppression.hotlist.name} in time. Do it now.",
            role=Role.ADMINISTRATOR,
            actor=actor,
            now=now,
        )


def _tell_of_answers(actor: Actor, now: datetime) -> None:
    parameters = parameters_at(now)
    sent = CorrectionNotice.objects.filter(answered_at__isnull=True).select_related("suppression")
    for notice in sent:
        if notice.sent_at is None or policy.answer_due_at(notice.sent_at, parameters=parameters) > now:
            continue
        _tell(
            NoticeKind.ENTRY_PROVED_WRONG,
            subject=subject_of(notice.suppression),
            text=f"{notice.addressed_to} has not answered the correction notice in time. Ask again.",
            role=Role.SUPERVISOR,
            actor=actor,
            now=now,
            key=f"answer:{notice.pk}",
        )


def _tell_of_complaints(actor: Actor, now: datetime) -> None:
    parameters = parameters_at(now)
    for complaint in Complaint.objects.filter(answered_at__isnull=True):
        if policy.complaint_due_at(complaint.received_at, parameters=parameters) > now:
            continue
        _tell(
            NoticeKind.COMPLAINT_RECORDED,
            subject=complaint_subject(complaint),
            text="A resident's complaint has not been answered in time. Answer it.",
            role=Role.ADMINISTRATOR,
            actor=actor,
            now=now,
        )


def _tell(
    kind: NoticeKind,
    *,
    subject: str,
    text: str,
    role: Role,
    actor: Actor,
    now: datetime,
    key: str = "overdue",
) -> None:
    once = f"{subject}:{key}"
    tell(kind=kind, subject=subject, text=text, to_role=role, actor=actor, due_at=now, now=now, once_key=once)


def duties_at(now: datetime) -> list[Duty]:
    """Return by when suppressions are reviewed, letters answered and residents told; each by its number."""
    parameters = parameters_at(now)
    suppressions = Suppression.objects.filter(confirmed_at__isnull=True, lifted_at__isnull=True)
    letters = CorrectionNotice.objects.filter(answered_at__isnull=True, sent_at__isnull=False)
    complaints = Complaint.objects.filter(answered_at__isnull=True)
    return [
        *(
            _duty(
                f"Review suppression {each.pk}",
                Role.ADMINISTRATOR,
                policy.review_due_at(each.placed_at, parameters=parameters),
                "corrections:suppressions",
                ("corrections:suppression", each.pk),
            )
            for each in suppressions
        ),
        *(
            _duty(
                f"Ask for the answer to letter {each.pk}",
                Role.SUPERVISOR,
                policy.answer_due_at(each.sent_at, parameters=parameters),
                "corrections:suppressions",
                ("corrections:suppression", each.suppression_id),
            )
            for each in letters
            if each.sent_at
        ),
        *(
            _duty(
                f"Answer complaint {each.pk}",
                Role.ADMINISTRATOR,
                policy.complaint_due_at(each.received_at, parameters=parameters),
                "corrections:complaints",
                ("corrections:complaint", each.pk),
            )
            for each in complaints
        ),
    ]


def _duty(what: str, owner: Role, due: datetime, where: str, page: tuple[str, int]) -> Duty:
    return Duty(what, "HIT-3", owner, due, "not done yet", where, is_told=True, page=page)
