"""Enrolment and the lock page: what people do about their own way in."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from platewarden.accounts import actions, idle
from platewarden.accounts.asking_again import knows_password
from platewarden.accounts.forms import EnrolForm, UnlockForm
from platewarden.accounts.models import User
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def enrol(request: ActorRequest) -> HttpResponse:
    """Let the holder of a one-time code set their first password."""
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _redeem(request, form):
        return redirect("account_login")
    return render(request, "accounts/enrol.html", {"form": form}, status=422 if form.errors else 200)


def _redeem(request: ActorRequest, form: EnrolForm) -> bool:
    said = form.cleaned_data
    try:
        actions.redeem_code(code=said["code"], password=said["password"], actor=request.actor, now=utc_now())
    except actions.EnrolmentError as error:
        actions.record_failed_enrolment(actor=request.actor)
        form.add_error("code", str(error))
    except ValidationError as error:
        form.add_error("password", error)
    return form.is_valid()


@require_http_methods(["GET", "POST"])
def locked(request: ActorRequest) -> HttpResponse:
    """Ask the owner of an idle session for the password again; failures count as they do at the sign-in."""
    form = UnlockForm(request.POST or None)
    user = request.user
    if request.method == "POST" and form.is_valid() and isinstance(user, User):
        if knows_password(request, user, form):
            actions.record_session_unlocked(actor=request.actor)
            idle.unlock(request, now=utc_now())
            return redirect(_local(request, request.GET.get("next", "")))
        return render(request, "site/locked.html", {"form": form}, status=422)
    return render(request, "site/locked.html", {"form": form})


def _local(request: ActorRequest, url: str) -> str:
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else "home"
