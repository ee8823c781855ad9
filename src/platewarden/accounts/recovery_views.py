"""Asking for a reset of somebody's second factor, and deciding on it, as pages."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from platewarden.accounts.forms import ResetForm
from platewarden.accounts.models import FactorReset, User
from platewarden.accounts.people import get_person_for, show_code, show_person, show_refusal
from platewarden.accounts.recovering import approve_reset, ask_for_reset, decline_reset
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_POST
def ask(request: ActorRequest, user_id: int) -> HttpResponse:
    """Ask that the person's second factor be reset."""
    user, form = get_person_for(request.actor, user_id), ResetForm(request.POST)
    if not form.is_valid():
        return show_person(request, user, status=422, reset_form=form)
    try:
        ask_for_reset(user=user, because=form.cleaned_data["because"], actor=request.actor, now=utc_now())
    except PolicyRefusal as refusal:
        return show_refusal(request, user, refusal)
    except User.DoesNotExist as error:
        raise Http404("the account is closed") from error
    messages.success(request, "Asked for. An approver makes sure who asks, and decides.")
    return redirect("accounts:person", user.pk)


@require_POST
def decide(request: ActorRequest, user_id: int) -> HttpResponse:
    """Approve a reset, and show its code this once; or decline it."""
    user, now = get_person_for(request.actor, user_id), utc_now()
    try:
        if request.POST.get("answer") == "approve":
            return show_code(request, user, approve_reset(user=user, actor=request.actor, now=now))
        decline_reset(user=user, actor=request.actor, now=now)
    except PolicyRefusal as refusal:
        return show_refusal(request, user, refusal)
    except FactorReset.DoesNotExist as error:
        raise Http404("nothing waits") from error
    messages.success(request, "Declined: everything stays as it is.")
    return redirect("accounts:person", user.pk)
