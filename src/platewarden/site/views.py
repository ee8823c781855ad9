"""Where one begins, health, and the pages for what went wrong."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from platewarden.accounts.actors import owning_agency_id
from platewarden.policy.rights import Right, may
from platewarden.site.requests import ActorRequest


@require_GET
def home(request: ActorRequest) -> HttpResponse:
    """Lead a person to what they are there for: the alerts, what waits for them, or else the policy.

    A guest is led to the search, and where their agency has no access, to the page that says why.
    """
    if request.actor.agency_id != owning_agency_id():
        return redirect("queries:ask" if request.actor.is_guest else "sharing:mine")
    for right, view in (
        (Right.SEE_ALERTS, "alerts:list"),
        (Right.DECIDE_RELEASES, "releases:list"),
        (Right.ANSWER_RECORDS_REQUESTS, "records:list"),
    ):
        if may(request.actor, right).allowed:
            return redirect(view)
    return redirect("compliance:clauses")


@require_GET
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Say whether the database answers; nothing else is revealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request that cannot be understood."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer a request without a valid form token."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer for what is absent or not the asker's: the two look alike."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when something of ours broke."""
    return render(request, "500.html", status=500)
