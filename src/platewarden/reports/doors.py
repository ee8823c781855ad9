"""The one way to an alert that may be reported on, and to a report that a case keeps."""

from uuid import UUID

from django.http import Http404

from platewarden.alerts.doors import get_alert_for
from platewarden.alerts.models import Alert
from platewarden.cases.models import CaseReport
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.reports import Parts, is_reportable_by
from platewarden.policy.rights import Right, may


def get_reportable_for(actor: Actor, alert_id: UUID) -> Alert:
    """Return an alert that is *actor*'s to report on: an officer's own, for investigators and supervisors any.

    Raises:
        PolicyRefusal: *actor* has no reports made at all.
        Http404: There is none, it is another agency's, or not theirs: all look alike.
    """
    require(may(actor, Right.MAKE_REPORTS), action="report.make")
    alert = get_alert_for(actor, alert_id)
    if not is_reportable(actor, alert):
        raise Http404("not an alert of yours")
    return alert


def is_reportable(actor: Actor, alert: Alert) -> bool:
    """Whether *actor* may have a report of *alert* made."""
    parts = Parts(*(str(person or "") for person in _people(alert)))
    return may(actor, Right.MAKE_REPORTS).allowed and is_reportable_by(actor, parts)


def reports_of(alert: Alert) -> list[CaseReport]:
    """Return the reports of *alert* that its case keeps, the newest first."""
    return list(CaseReport.objects.select_related("case").filter(alert_id=alert.pk))


def get_report_for(actor: Actor, alert_id: UUID, report_id: int) -> CaseReport:
    """Return a report of an alert that is *actor*'s to report on; raises as `get_reportable_for` does."""
    alert = get_reportable_for(actor, alert_id)
    found = next((report for report in reports_of(alert) if report.pk == report_id), None)
    if found is None:
        raise Http404("no such report")
    return found


def _people(alert: Alert) -> tuple[int | None, int | None, int | None]:
    return alert.acknowledged_by_id, alert.verified_by_id, alert.disposed_by_id
