"""What guests see of their own agency here: its agreement, and what its people asked."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from platewarden.accounts.actors import owning_agency_id
from platewarden.accounts.models import Agency
from platewarden.cameras.models import Camera
from platewarden.notices.models import Notice
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import Right, may
from platewarden.policy.use import Purpose
from platewarden.sharing import use
from platewarden.sharing.standing import standing_of
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download
from platewarden.site.requests import ActorRequest

_TOLD = (NoticeKind.SHARING_SUSPENDED, NoticeKind.SHARING_RESUMED)


@require_GET
def mine(request: ActorRequest) -> HttpResponse:
    """Show a guest where their agency stands, also while nothing else is open to them."""
    if request.actor.agency_id == owning_agency_id():
        raise Http404("only guests have a partner agency")
    agency = Agency.objects.get(pk=request.actor.agency_id)
    standing = standing_of(agency, now=utc_now())
    version = standing.version if standing.terms else None
    context = {
        "agency": agency,
        "standing": standing,
        "version": version,
        "purposes": [Purpose(code).label for code in version.purposes] if version else [],
        "cameras": Camera.objects.filter(pk__in=version.camera_ids).order_by("name") if version else [],
        "told": Notice.objects.filter(to_user_id=int(request.actor.id), kind__in=_TOLD)[:5],
        "may_see_use": may(request.actor, Right.SEE_AGENCY_USE).allowed,
    }
    return render(request, "sharing/mine.html", context)


@require_GET
def used(request: ActorRequest) -> HttpResponse:
    """Show what people of the guest's agency asked here; that look is recorded."""
    found = use.see_use(actor=request.actor)
    agency = Agency.objects.get(pk=request.actor.agency_id)
    context = {"used": found, "agency": agency, "shown": use.SHOWN, "taken": use.TAKEN}
    return render(request, "sharing/use.html", context)


@require_POST
def take(request: ActorRequest) -> HttpResponse:
    """Hand out what people of the guest's agency asked here, with receipts that anybody can check."""
    content = use.take_use(actor=request.actor, now=utc_now())
    return download(content, "platewarden-agency-use.zip", "application/zip")


@require_GET
def of_notice(request: ActorRequest, agency_id: int) -> HttpResponse:
    """Lead from a notice to the agency it is about: guests to their own page, everybody else to the register."""
    if request.actor.agency_id == agency_id:
        return redirect("sharing:mine")
    return redirect("sharing:agency", agency_id)
