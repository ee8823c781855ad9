"""What the reports ask for by themselves: which are due, overdue, unacknowledged, and who is told, once each."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.adoption.in_force import parameters_at
from platewarden.halfyears.doors import periods_of
from platewarden.halfyears.models import AuditReport
from platewarden.notices.actions import tell
from platewarden.policy import halfyears as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.duties import Duty
from platewarden.policy.halfyears import Period
from platewarden.policy.notices import NoticeKind
from platewarden.policy.parameters import Parameters
from platewarden.site.looks import shared


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all duties are told from, looked up once: the agency's zone, the values in force, its reports."""

    agency_id: int
    zone: ZoneInfo
    parameters: Parameters
    periods: list[Period]
    reports: list[AuditReport]
    now: datetime


def _scene(now: datetime) -> _Scene:
    agency, parameters = owning_agency(), parameters_at(now)
    reports = AuditReport.objects.filter(agency_id=agency.pk).defer("pdf", "figures").order_by("edition")
    periods = periods_of(agency, parameters=parameters, now=now)
    return _Scene(agency.pk, ZoneInfo(agency.time_zone), parameters, periods, list(reports), now)


@shared
def duties_at(now: datetime) -> list[Duty]:
    """Return what is due: reports that are not signed, the next one, and signed ones that nobody has acknowledged."""
    scene = _scene(now)
    unsigned = [duty for _, duty in _unsigned(scene)]
    return [*(unsigned or [_next(scene)]), *(duty for _, duty in _unacknowledged(scene))]


def _next(scene: _Scene) -> Duty:
    today = scene.now.astimezone(scene.zone).date()
    period = Period.containing(today, parameters=scene.parameters)
    due = policy.report_due_at(period, scene.zone, parameters=scene.parameters)
    return _report(period, due, "Its period is not over.")


def _report(period: Period, due: datetime, evidence: str) -> Duty:
    what = f"Report on all searches of {period}"
    return Duty(what, "AUD-2", Role.AUDITOR, due, evidence, "halfyears:list", is_rare=True, is_told=True)


def keep(*, actor: Actor, now: datetime) -> None:
    """Tell the auditors of a report that is due, the Undersheriff of one that is overdue; the Sheriff of silence."""
    scene = _scene(now)
    for period, duty in _unsigned(scene):
        assert duty.due_at is not None
        late = duty.is_overdue(now)
        tell(
            kind=NoticeKind.AUDIT_REPORT_LATE if late else NoticeKind.AUDIT_REPORT_DUE,
            subject=f"period:{period.begins_on}",
            text=f"{duty.what}: due {duty.due_at:%Y-%m-%d}. {duty.evidence}",
            to_role=Role.UNDERSHERIFF if late else Role.AUDITOR,
            actor=actor,
            due_at=duty.due_at,
            now=now,
            once_key=f"audit_report:{period.begins_on}:{'late' if late else 'due'}",
        )
    for report, duty in _unacknowledged(scene):
        if duty.is_overdue(now):
            tell(
                kind=NoticeKind.AUDIT_REPORT_UNREAD,
                subject=f"audit_report:{report.pk}",
                text=f"The Undersheriff has not acknowledged {report.number}, on all searches of {report.period}.",
                to_role=Role.SHERIFF,
                actor=actor,
                due_at=duty.due_at,
                now=now,
                once_key=f"audit_report:{report.pk}:unread",
            )


def _unsigned(scene: _Scene) -> list[tuple[Period, Duty]]:
    latest = {report.begins_on: report for report in scene.reports}  # of several editions the last
    found = []
    for period in scene.periods:
        report = latest.get(period.begins_on)
        if report and (report.is_signed or report.corrects_id):
            continue
        due = policy.report_due_at(period, scene.zone, parameters=scene.parameters)
        found.append((period, _report(period, due, "It is drawn up." if report else "It is not drawn up.")))
    return found


def _unacknowledged(scene: _Scene) -> list[tuple[AuditReport, Duty]]:
    found = []
    for report in scene.reports:
        if report.signed_at is None or report.received_at is not None:
            continue
        due = policy.receipt_due_at(report.signed_at, parameters=scene.parameters)
        what = f"Acknowledge {report.number}"
        page, where = ("halfyears:report", report.pk), "halfyears:list"
        duty = Duty(what, "AUD-2", Role.UNDERSHERIFF, due, "Delivered.", where, is_told=True, page=page)
        found.append((report, duty))
    return found
