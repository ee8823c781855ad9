"""The one way to an agency, a version of an agreement and a report: absent and forbidden look alike."""

from django.db.models import QuerySet
from django.http import Http404

from platewarden.accounts.models import Agency
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.misuse import may_read_report
from platewarden.policy.rights import Right, may
from platewarden.sharing.models import AgreementVersion, MisuseReport


def get_agency_for(actor: Actor, agency_id: int) -> Agency:
    """Return an agency on the register other than our own.

    Raises:
        PolicyRefusal: *actor* may not see the register.
        Http404: There is none.
    """
    require(may(actor, Right.SEE_AGENCIES), action="agency.see")
    found = Agency.objects.filter(pk=agency_id, is_owner=False).first()
    if found is None:
        raise Http404("no such agency")
    return found


def get_version_for(actor: Actor, version_id: int) -> AgreementVersion:
    """Return a version of an agreement; raises as `get_agency_for` does."""
    require(may(actor, Right.SEE_AGENCIES), action="agreement.see")
    people = ("agency", "prepared_by", "decided_by")
    found = AgreementVersion.objects.select_related(*people).filter(pk=version_id).first()
    if found is None:
        raise Http404("no such version")
    return found


def own_reports(actor: Actor) -> QuerySet[MisuseReport]:
    """Return the reports that *actor* made, the newest first."""
    own = MisuseReport.objects.filter(reported_by_id=int(actor.id))
    return own.select_related("agency").prefetch_related("steps__by")


def get_own_report(actor: Actor, report_id: int) -> MisuseReport:
    """Return a report that *actor* made.

    Raises:
        Http404: There is none, or somebody else made it.
    """
    found = own_reports(actor).filter(pk=report_id).first()
    if found is None:
        raise Http404("no such report")
    return found


def reports_for(actor: Actor) -> list[MisuseReport]:
    """Return the reports that *actor* investigates and decides, the newest first."""
    found = MisuseReport.objects.select_related("agency", "reported_by").prefetch_related("steps__by")
    others = found.exclude(reported_by_id=int(actor.id))
    return [report for report in others if may_read_report(actor, report.facts).allowed]


def get_report_for(actor: Actor, report_id: int) -> MisuseReport:
    """Return a report that *actor* investigates.

    Raises:
        PolicyRefusal: *actor* investigates none at all.
        Http404: There is none, or it is not theirs to read: whoever it is about cannot tell the two apart.
    """
    require(may(actor, Right.DECIDE_MISUSE), action="misuse.see")
    found = next((report for report in reports_for(actor) if report.pk == report_id), None)
    if found is None:
        raise Http404("no such report")
    return found
