"""The one way to a report, and which periods there are."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404

from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import Agency, User
from platewarden.adoption.in_force import parameters_at
from platewarden.halfyears.invented import invented_periods
from platewarden.halfyears.models import AuditReport
from platewarden.policy import halfyears as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.halfyears import Period
from platewarden.policy.parameters import Parameters
from platewarden.policy.rights import Right, may


def reports_for(actor: Actor) -> QuerySet[AuditReport]:
    """Return the reports that *actor* reads: whoever writes them all, others the signed ones.

    Raises:
        PolicyRefusal: *actor* reads none.
    """
    require(may(actor, Right.READ_AUDIT_REPORTS), action="audit_report.list")
    found = AuditReport.objects.filter(agency_id=actor.agency_id).defer("pdf", "figures")
    if not may(actor, Right.WRITE_AUDIT_REPORTS).allowed:
        found = found.filter(signed_at__isnull=False)
    return found.select_related("built_by", "signed_by", "received_by", "corrects")


def get_report_for(actor: Actor, report_id: int) -> AuditReport:
    """Return one report.

    Raises:
        PolicyRefusal: *actor* reads none, or this one is not signed yet.
        Http404: There is none, or it is another agency's.
    """
    require(may(actor, Right.READ_AUDIT_REPORTS), action="audit_report.see")
    people = ("built_by", "checked_by", "signed_by", "received_by", "corrects")
    found = (
        AuditReport.objects.select_related(*people).filter(pk=report_id, agency_id=actor.agency_id).first()
    )
    if found is None:
        raise Http404("no such report")
    require(policy.may_read_report(actor, is_signed=found.is_signed), action="audit_report.see")
    return found


def latest_of(agency_id: int, period: Period) -> AuditReport | None:
    """Return the newest report on *period*, whether or not it is signed."""
    reports = AuditReport.objects.filter(agency_id=agency_id, begins_on=period.begins_on)
    return reports.order_by("-edition").first()


def real_periods(*, now: datetime) -> list[Period]:
    """Return the periods that have ended since the agency began to work with the system; each is owed a report."""
    return periods_of(owning_agency(), parameters=parameters_at(now), now=now)


def periods_of(agency: Agency, *, parameters: Parameters, now: datetime) -> list[Period]:
    """Return the same for *agency*, under *parameters*."""
    first = User.objects.filter(agency_id=agency.pk).order_by("created_at").first()
    if first is None:
        return []
    zone = ZoneInfo(agency.time_zone)
    since, today = (moment.astimezone(zone).date() for moment in (first.created_at, now))
    return policy.periods_over(since, today, parameters=parameters)


def imagined_periods(agency_id: int, *, now: datetime) -> list[Period]:
    """Return the periods of the demo's invented past that ended before it began; empty for every real agency."""
    agency = owning_agency()
    if not agency.is_demo or agency.pk != agency_id:
        return []
    parameters = parameters_at(now)
    names = invented_periods()
    months = (
        datetime.strptime(name[:7], "%Y-%m").replace(tzinfo=ZoneInfo(agency.time_zone)) for name in names
    )
    periods = [Period.containing(month.date(), parameters=parameters) for month in months]
    real = real_periods(now=now)
    today = now.astimezone(ZoneInfo(agency.time_zone)).date()
    return [each for each in periods if each.name in names and each.ends_on <= today and each not in real]
