"""Having the whole ledger verified, and following how far it has come."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from platewarden.policy.decision import require
from platewarden.policy.rights import may_read_ledger
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest
from platewarden.witnesses.models import Verification
from platewarden.witnesses.verifying import order_verification


@require_http_methods(["GET", "POST"])
def verify(request: ActorRequest) -> HttpResponse:
    """Show the last verification; posted, order one."""
    require(may_read_ledger(request.actor), action="ledger.verify")
    if request.method == "POST":
        order_verification(actor=request.actor, now=utc_now())
        return redirect("witnesses:verify")
    return render(request, "witnesses/verify.html", _latest())


@require_GET
def progress(request: ActorRequest) -> HttpResponse:
    """Show how far the verification under way has come, for the page to take in."""
    require(may_read_ledger(request.actor), action="ledger.verify")
    return render(request, "witnesses/verification.html", _latest())


def _latest() -> dict[str, Any]:
    latest = Verification.objects.first()
    return {"latest": latest, "is_under_way": latest is not None and latest.is_under_way(utc_now())}
