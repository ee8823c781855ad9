"""The register of agencies: its list, one agency, entering and correcting one, suspending and letting go on."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platewarden.accounts.actions import CODE_LIFETIME, AccountExistsError
from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import Agency, User
from platewarden.ledger import actions as ledger
from platewarden.policy.agencies import may_keep_agencies
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import Right, may
from platewarden.policy.sharing import may_share_with
from platewarden.sharing import register, suspending
from platewarden.sharing.doors import get_agency_for
from platewarden.sharing.forms import AgencyForm, BecauseForm, GuestForm
from platewarden.sharing.guests import invite_guest
from platewarden.sharing.models import FurtherReason, Suspension
from platewarden.sharing.pages import lines_of
from platewarden.sharing.standing import standing_of
from platewarden.sharing.use import searches_lately
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_GET
def list_agencies(request: ActorRequest) -> HttpResponse:
    """List the agencies on the register with where each of them stands."""
    require(may(request.actor, Right.SEE_AGENCIES), action="agency.list")
    context = {
        "lines": lines_of(now=utc_now()),
        "may_keep": may_keep_agencies(request.actor).allowed,
        "may_decide_misuse": may(request.actor, Right.DECIDE_MISUSE).allowed,
    }
    return render(request, "sharing/agencies.html", context)


@require_http_methods(["GET", "POST"])
def enter(request: ActorRequest) -> HttpResponse:
    """Put an agency on the register."""
    require(may_keep_agencies(request.actor), action="agency.enter")
    form = AgencyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            agency = register.enter_agency(entered=form.entered, actor=request.actor, now=utc_now())
        except register.AgencyExistsError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"{agency.name} is on the register. It has no access yet.")
            return redirect("sharing:agency", agency.pk)
    return render(
        request, "sharing/enter.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


@require_http_methods(["GET", "POST"])
def change(request: ActorRequest, agency_id: int) -> HttpResponse:
    """Correct what the register says of an agency."""
    require(may_keep_agencies(request.actor), action="agency.change")
    agency = get_agency_for(request.actor, agency_id)
    names = ("name", "kind", "state", "county", "contact")
    initial = {name: getattr(agency, name) for name in names}
    form = AgencyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            register.change_agency(agency=agency, entered=form.entered, actor=request.actor, now=utc_now())
        except register.AgencyExistsError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, "The register is corrected.")
            return redirect("sharing:agency", agency.pk)
    context = {"form": form, "agency": agency}
    return render(request, "sharing/enter.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def agency(request: ActorRequest, agency_id: int) -> HttpResponse:
    """Show one agency: what it is, where it stands and why, its agreement, its guests."""
    return _show(request, get_agency_for(request.actor, agency_id))


def _show(request: ActorRequest, found: Agency, *, status: int = 200, **context: Any) -> HttpResponse:
    now, actor = utc_now(), request.actor
    guests = User.objects.filter(agency=found).select_related("guest_word").order_by("full_name")
    context = {
        "agency": found,
        "standing": standing_of(found, now=now),
        "possible": may_share_with(found.facts),
        "versions": found.agreement_versions.select_related("prepared_by", "decided_by"),
        "guests": guests,
        "further": FurtherReason.objects.filter(suspension__agency=found).select_related("by"),
        "searches": searches_lately(found.pk, now=now),
        "past": found.suspensions.exclude(lifted_at=None).select_related(
            "placed_by", "lift_asked_by", "lifted_by"
        ),
        "may_keep": may_keep_agencies(actor).allowed,
        "may_prepare": may(actor, Right.PREPARE_AGREEMENTS).allowed,
        "may_invite": may(actor, Right.MANAGE_ACCOUNTS).allowed,
        "may_suspend": may(actor, Right.SUSPEND_SHARING).allowed,
        "may_see_people": may(actor, Right.SEE_PEOPLE).allowed,
        "because_form": BecauseForm(auto_id="suspend_%s"),
        "lift_form": BecauseForm(auto_id="lift_%s"),
        "end_form": BecauseForm(auto_id="end_%s"),
        "zone": ZoneInfo(owning_agency().time_zone),
        **context,
    }
    return render(request, "sharing/agency.html", context, status=status)


def _refused(request: ActorRequest, found: Agency, refusal: PolicyRefusal) -> HttpResponse:
    entry = ledger.record_refusal(refusal, actor=request.actor)
    return _show(request, found, status=403, refusal=refusal.decision, recorded=entry.seq)


def _because(request: ActorRequest) -> str:
    form = BecauseForm(request.POST)
    return str(form.cleaned_data["because"]) if form.is_valid() else ""


@require_POST
def end(request: ActorRequest, agency_id: int) -> HttpResponse:
    """End the access of an agency at once, with its agreement; or make agreements possible again."""
    require(may_keep_agencies(request.actor), action="agency.end")
    found, now = get_agency_for(request.actor, agency_id), utc_now()
    if found.access_ended_at:
        register.take_up_again(agency=found, actor=request.actor, now=now)
        messages.success(
            request, "An agreement can be prepared again; until two opened one there is no access."
        )
    else:
        try:
            register.end_access(agency=found, because=_because(request), actor=request.actor, now=now)
        except PolicyRefusal as refusal:
            return _refused(request, found, refusal)
        messages.success(request, f"The access of {found.name} is ended.")
    return redirect("sharing:agency", found.pk)


@require_POST
def suspend(request: ActorRequest, agency_id: int) -> HttpResponse:
    """Suspend sharing with an agency, at once, by one act."""
    require(may(request.actor, Right.SUSPEND_SHARING), action="sharing.suspend")
    found = get_agency_for(request.actor, agency_id)
    try:
        suspending.suspend(agency=found, because=_because(request), actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        return _refused(request, found, refusal)
    messages.success(
        request, f"Recorded. Sharing with {found.name} is suspended: its people's next request is refused."
    )
    return redirect("sharing:agency", found.pk)


@require_POST
def lift(request: ActorRequest, agency_id: int) -> HttpResponse:
    """Propose that sharing goes on, or confirm what somebody else proposed."""
    require(may(request.actor, Right.SUSPEND_SHARING), action="sharing.lift")
    found, now = get_agency_for(request.actor, agency_id), utc_now()
    suspension = Suspension.objects.filter(agency=found, lifted_at=None).first()
    if suspension is None:
        raise Http404("nothing is suspended")
    try:
        if suspension.lift_asked_by_id is None:
            because = _because(request)
            suspending.ask_to_lift(suspension=suspension, because=because, actor=request.actor, now=now)
            messages.success(request, "Proposed. A second person confirms it.")
        else:
            suspending.lift(suspension=suspension, actor=request.actor, now=now)
            messages.success(request, f"Sharing with {found.name} goes on.")
    except Suspension.DoesNotExist as gone:
        raise Http404("somebody else has just lifted it") from gone
    except PolicyRefusal as refusal:
        return _refused(request, found, refusal)
    return redirect("sharing:agency", found.pk)


@require_http_methods(["GET", "POST"])
def invite(request: ActorRequest, agency_id: int) -> HttpResponse:
    """Invite a person of the agency, on its written word, and show the one-time code this once."""
    require(may(request.actor, Right.MANAGE_ACCOUNTS), action="guest.invite")
    found, now = get_agency_for(request.actor, agency_id), utc_now()
    form, told = GuestForm(request.POST if request.method == "POST" else None), {}
    if request.method == "POST" and form.is_valid():
        try:
            user, code = invite_guest(agency=found, actor=request.actor, now=now, **form.cleaned_data)
        except AccountExistsError as error:
            form.add_error("username", str(error))
        except PolicyRefusal as refusal:
            entry = ledger.record_refusal(refusal, actor=request.actor)
            told = {"refusal": refusal.decision, "recorded": entry.seq}
        else:
            hours = int(CODE_LIFETIME.total_seconds() // 3600)
            return render(request, "accounts/code.html", {"person": user, "code": code, "hours": hours})
    context = {"form": form, "agency": found, "access": standing_of(found, now=now).access, **told}
    is_good = request.method == "GET"
    return render(request, "sharing/invite.html", context, status=200 if is_good else 403 if told else 422)
