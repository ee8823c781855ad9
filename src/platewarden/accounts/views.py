"""Enrolment, the lock page and the list of people."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from platewarden.accounts import actions, idle
from platewarden.accounts.forms import EnrolForm, UnlockForm
from platewarden.accounts.models import User
from platewarden.policy.accounts import Right, may
from platewarden.policy.decision import require
from platewarden.site.clock import utc_now


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """Let the holder of a one-time code set their first password."""
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.redeem_code(
                code=form.cleaned_data["code"],
                password=form.cleaned_data["password"],
                actor=request.actor,
                now=utc_now(),
            )
        except actions.EnrolmentError as error:
            form.add_error("code", str(error))
        except ValidationError as error:
            form.add_error("password", error)
        else:
            return redirect("account_login")
    return render(request, "accounts/enrol.html", {"form": form})


@require_http_methods(["GET", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    """Ask the owner of an idle session for the password again."""
    form = UnlockForm(request.POST or None)
    user = request.user
    if request.method == "POST" and form.is_valid() and isinstance(user, User):
        if user.check_password(form.cleaned_data["password"]):
            actions.record_sign_in(actor=request.actor)
            idle.unlock(request, now=utc_now())
            return redirect(_local(request, request.GET.get("next", "")))
        actions.record_failed_sign_in(username=user.username, actor=request.actor)
        form.add_error("password", "That is not your password. Try again, or sign out.")
    return render(request, "site/locked.html", {"form": form})


def _local(request: HttpRequest, url: str) -> str:
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else "alerts:list"


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the people of the agency with the roles in force."""
    require(may(request.actor, Right.SEE_PEOPLE), action="people.list")
    rows = User.objects.filter(agency_id=request.actor.agency_id).select_related("supervisor")
    return render(request, "accounts/people.html", {"people": rows.prefetch_related("grants").order_by("username")})
