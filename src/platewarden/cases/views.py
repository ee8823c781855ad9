"""Taking a hit into a case by hand."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.doors import get_alert_for, hit_of
from platewarden.cases.actions import preserve_by_hand
from platewarden.cases.forms import PreserveForm
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable
from platewarden.policy.accounts import Right, may
from platewarden.policy.decision import require
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_POST
def preserve(request: ActorRequest, alert_id: UUID) -> HttpResponse:
    """Take the hit of an alert into a case, although nobody was stopped and nothing taken."""
    require(may(request.actor, Right.PRESERVE_IN_CASE), action="case.preserve")
    alert, form, now = get_alert_for(request.actor, alert_id), PreserveForm(request.POST), utc_now()
    hit = hit_of(alert, parameters=parameters_at(now), now=now)
    if hit is None:
        raise Http404("the day of this alert is over")
    case_number = form.cleaned_data["case_number"] if form.is_valid() else ""
    try:
        kept = preserve_by_hand(alert=alert, hit=hit, case_number=case_number, actor=request.actor, now=now)
    except (KeyUnavailable, ImageUnavailable, OSError):
        messages.error(
            request, "The images cannot be opened or sealed: nothing was kept. Tell your administrator."
        )
    else:
        messages.success(request, f"Case {kept.case.number} keeps this hit beyond its day.")
    return redirect("alerts:detail", alert_id)
