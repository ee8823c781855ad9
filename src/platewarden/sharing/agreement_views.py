"""Agreements: prepare a version, look at it beside the one before, open or decline it."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts.actors import owning_agency
from platewarden.cameras.models import Area, Camera
from platewarden.ledger import actions as ledger
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import Right, may
from platewarden.policy.sharing import may_share_with
from platewarden.policy.use import Purpose
from platewarden.sharing import agreements
from platewarden.sharing.doors import get_agency_for, get_version_for
from platewarden.sharing.forms import AgreementForm, BecauseForm, initial_of
from platewarden.sharing.models import AgreementVersion
from platewarden.sharing.standing import version_in_force
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def prepare(request: ActorRequest, agency_id: int) -> HttpResponse:
    """Prepare a version of the agreement with an agency; it changes nothing before somebody else opens it."""
    require(may(request.actor, Right.PREPARE_AGREEMENTS), action="agreement.prepare")
    agency, now, told = get_agency_for(request.actor, agency_id), utc_now(), {}
    form = _form(request)
    if request.method == "GET":
        latest = agency.agreement_versions.filter(is_opened=True).first()
        form.initial = initial_of(latest, zone=_zone(), now=now, until=agreements.default_end(now))
    elif form.is_valid():
        try:
            version = agreements.prepare(agency=agency, prepared=form.prepared, actor=request.actor, now=now)
        except agreements.VersionWaitsError as error:
            form.add_error(None, str(error))
        except PolicyRefusal as refusal:
            entry = ledger.record_refusal(refusal, actor=request.actor)
            told = {"refusal": refusal.decision, "recorded": entry.seq}
        else:
            messages.success(request, "Prepared. The Undersheriff or the Sheriff opens it.")
            return redirect("sharing:version", version.pk)
    context = {"form": form, "agency": agency, "possible": may_share_with(agency.facts), **told}
    status = 200 if request.method == "GET" else 403 if told else 422
    return render(request, "sharing/prepare.html", context, status=status)


def _form(request: ActorRequest) -> AgreementForm:
    own = {"agency_id": request.actor.agency_id}
    return AgreementForm(
        *((request.POST,) if request.method == "POST" else ()),
        zone=_zone(),
        cameras=Camera.objects.filter(**own).exclude(kind=CameraKind.RENDERED).order_by("name"),
        areas=Area.objects.filter(**own, cameras__isnull=False).distinct(),
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(owning_agency().time_zone)


@require_GET
def version(request: ActorRequest, version_id: int) -> HttpResponse:
    """Show a version of an agreement, and what it says otherwise than the one before."""
    return _show(request, get_version_for(request.actor, version_id))


def _show(
    request: ActorRequest, found: AgreementVersion, *, status: int = 200, **context: object
) -> HttpResponse:
    opened = found.agency.agreement_versions.filter(is_opened=True, number__lt=found.number)
    before = opened.first()
    current = version_in_force(found.agency_id, now=utc_now())
    is_theirs = str(found.prepared_by_id) == request.actor.id
    context = {
        "version": found,
        "before": before,
        "changes": agreements.changes_between(before, found),
        "purposes": [Purpose(code).label for code in found.purposes],
        "cameras": Camera.objects.filter(pk__in=found.camera_ids).order_by("name"),
        "is_in_force": current is not None and current.pk == found.pk,
        "may_open": may(request.actor, Right.OPEN_AGREEMENTS).allowed and not is_theirs,
        "because_form": BecauseForm(),
        **context,
    }
    return render(request, "sharing/version.html", context, status=status)


@require_POST
def decide(request: ActorRequest, version_id: int) -> HttpResponse:
    """Open a version that somebody else prepared, or decline it with a reason."""
    require(may(request.actor, Right.OPEN_AGREEMENTS), action="agreement.decide")
    found, now = get_version_for(request.actor, version_id), utc_now()
    try:
        if request.POST.get("answer") == "open":
            agreements.open_version(version=found, actor=request.actor, now=now)
            messages.success(request, "The agreement is open.")
        else:
            form = BecauseForm(request.POST)
            because = form.cleaned_data["because"] if form.is_valid() else ""
            agreements.decline(version=found, because=because, actor=request.actor, now=now)
            messages.success(request, "Declined. Whoever prepared it is told.")
    except PolicyRefusal as refusal:
        entry = ledger.record_refusal(refusal, actor=request.actor)
        return _show(request, found, status=403, refusal=refusal.decision, recorded=entry.seq)
    return redirect("sharing:version", found.pk)
