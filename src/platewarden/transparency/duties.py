"""What the portal asks for by itself: months are measured, and people are told what waits for them."""

from datetime import datetime

from platewarden.accounts.actors import founded_at, owning_agency_id
from platewarden.adoption.in_force import parameters_at
from platewarden.notices.actions import tell
from platewarden.policy import transparency as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.duties import Duty
from platewarden.policy.notices import NoticeKind
from platewarden.transparency.actions import measure_closed_months
from platewarden.transparency.models import MonthlyFigures, PortalCheck


def keep(*, actor: Actor, now: datetime) -> None:
    """Measure what has closed, and tell people, once each, of figures that wait and of a check that is due."""
    measure_closed_months(actor=actor, now=now)
    for figures in MonthlyFigures.objects.filter(agency_id=actor.agency_id, published_at=None):
        _tell_of_figures(figures, actor, now)
    check = _check(actor.agency_id, now)
    if check.is_overdue(now):
        tell(
            kind=NoticeKind.PORTAL_UNCHECKED,
            subject="portal",
            text="Compare the public portal with what is so, and record what you found on the page Figures.",
            to_role=check.owner,
            actor=actor,
            due_at=check.due_at,
            now=now,
            once_key=f"portal.check:{check.due_at:%Y-%m-%d}",
        )


def _tell_of_figures(figures: MonthlyFigures, actor: Actor, now: datetime) -> None:
    duty = _publication(figures, now)
    tell(
        kind=NoticeKind.FIGURES_WAIT,
        subject=f"figures:{figures}",
        text=f"{duty.what}, on the page Figures for the public.",
        to_role=duty.owner,
        actor=actor,
        due_at=duty.due_at,
        now=now,
        once_key=f"figures:{figures}:{duty.owner}",
    )


def duties_at(now: datetime) -> list[Duty]:
    """Return what is due about the portal: months that wait, and the quarterly check."""
    agency_id = owning_agency_id()
    waiting = MonthlyFigures.objects.filter(agency_id=agency_id, published_at=None)
    return [*(_publication(figures, now) for figures in waiting), _check(agency_id, now)]


def _publication(figures: MonthlyFigures, now: datetime) -> Duty:
    due = policy.publication_due_at(figures.month, parameters=parameters_at(now))
    if figures.reviewed_at is None:
        what, owner, evidence = f"Look at the figures of {figures}", Role.ADMINISTRATOR, "measured"
    else:
        what, owner, evidence = f"Publish the figures of {figures}", Role.SUPERVISOR, "looked at"
    return Duty(what, "TPR-1", owner, due, evidence, "transparency:figures", is_told=True)


def _check(agency_id: int, now: datetime) -> Duty:
    last = PortalCheck.objects.filter(agency_id=agency_id).first()
    since = last.at if last else founded_at(now)
    due = policy.check_due_at(since, parameters=parameters_at(now))
    evidence = f"checked on {last.at:%Y-%m-%d}" if last else "never checked"
    where = "transparency:figures"
    return Duty("Check the public portal", "TPR-1", Role.AUDITOR, due, evidence, where, is_told=True)
