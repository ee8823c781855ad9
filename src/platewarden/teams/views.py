"""A supervisor's own team, one of its people, and the administrator's list of who answers for whom."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from platewarden.accounts.models import User
from platewarden.ledger import actions as ledger
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.rights import Right, may
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest
from platewarden.teams import actions
from platewarden.teams.counting import MEASURES
from platewarden.teams.doors import get_member_for, unanswered_for
from platewarden.teams.forms import SupervisorForm
from platewarden.teams.pages import LATELY, record_of, team_page


@require_GET
def team(request: ActorRequest) -> HttpResponse:
    """Show the people for whom somebody answers, with what they did of late, beside their peers."""
    members = team_page(request.actor, now=utc_now())
    context = {
        "members": members,
        "measures": MEASURES,
        "weeks": LATELY,
        "unanswered": unanswered_for(request.actor.agency_id),
    }
    return render(request, "teams/team.html", context)


@require_GET
def member(request: ActorRequest, user_id: int) -> HttpResponse:
    """Show one person of the team: by week, and search by search, without any plate."""
    person = get_member_for(request.actor, user_id)
    context = {
        "record": record_of(person, now=utc_now()),
        "measures": MEASURES,
        "may_open": may(request.actor, Right.READ_LEDGER).allowed,
    }
    return render(request, "teams/member.html", context)


@require_http_methods(["GET", "POST"])
def supervisors(request: ActorRequest) -> HttpResponse:
    """Show who answers for whom, those first for whom nobody does, and let the administrator name somebody."""
    require(may(request.actor, Right.MANAGE_ACCOUNTS), action="account.supervisor")
    form = SupervisorForm(
        *((request.POST,) if request.method == "POST" else ()), agency_id=request.actor.agency_id
    )
    if request.method == "GET" or not form.is_valid():
        return _supervisors(request, form, status=200 if request.method == "GET" else 422)
    person, supervisor = form.cleaned_data["person"], form.cleaned_data["supervisor"]
    try:
        actions.name_supervisor(user=person, supervisor=supervisor, actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        recorded = ledger.record_refusal(refusal, actor=request.actor).seq
        return _supervisors(request, form, status=403, refusal=refusal, recorded=recorded)
    messages.success(request, f"{supervisor.full_name} answers for {person.full_name}.")
    return redirect("teams:supervisors")


def _supervisors(
    request: ActorRequest,
    form: SupervisorForm,
    *,
    status: int,
    refusal: PolicyRefusal | None = None,
    recorded: int | None = None,
) -> HttpResponse:
    people = User.objects.filter(agency_id=request.actor.agency_id, is_active=True)
    context = {
        "form": form,
        "people": people.select_related("supervisor").order_by("supervisor__full_name", "full_name"),
        "unanswered": unanswered_for(request.actor.agency_id),
        "refusal": refusal.decision if refusal else None,
        "recorded": recorded,
    }
    return render(request, "teams/supervisors.html", context, status=status)
