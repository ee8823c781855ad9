"""Handing a release over: the pass phrase, the file, the receipt."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from platewarden.policy.decision import require
from platewarden.policy.releases import HandedBy
from platewarden.policy.rights import Right, may
from platewarden.releases import handing, pages
from platewarden.releases.doors import get_release_for
from platewarden.releases.forms import AcknowledgeForm, HandOverForm
from platewarden.site.clock import utc_now
from platewarden.site.downloads import download_headers
from platewarden.site.requests import ActorRequest


@require_POST
def phrase(request: ActorRequest, request_id: int) -> HttpResponse:
    """Show the pass phrase, to be told apart from the file; that look is recorded."""
    found = get_release_for(request.actor, request_id)
    told = handing.see_phrase(request=found, actor=request.actor, now=utc_now())
    response = render(request, "releases/phrase.html", {"release": found, "phrase": told})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def fetch(request: ActorRequest, request_id: int) -> StreamingHttpResponse:
    """Hand the encrypted file over, the one time that it is handed over."""
    found = get_release_for(request.actor, request_id)
    package, content = handing.fetch(request=found, actor=request.actor, now=utc_now())
    headers = download_headers(f"{package.name}-encrypted.zip") | {"Content-Length": str(package.size)}
    return StreamingHttpResponse(content, content_type="application/zip", headers=headers)


@require_POST
def hand_over(request: ActorRequest, request_id: int) -> HttpResponse:
    """Record to whom, when and how it was handed over."""
    require(may(request.actor, Right.PREPARE_RELEASES), action="release.hand_over")
    found, now = get_release_for(request.actor, request_id), utc_now()
    form = HandOverForm(request.POST, zone=pages.agency_zone(), now=now)
    if not form.is_valid():
        messages.warning(request, "Nothing was recorded: say to whom, how and when.")
        return redirect("releases:request", request_id)
    said = form.cleaned_data
    by = HandedBy(said["by"]) if said["by"] else None
    handing.hand_over(request=found, to=said["to"], by=by, at=said["at"], actor=request.actor, now=now)
    messages.success(request, "The handing over is recorded.")
    return redirect("releases:request", request_id)


@require_POST
def acknowledge(request: ActorRequest, request_id: int) -> HttpResponse:
    """Record that the recipient has confirmed."""
    require(may(request.actor, Right.PREPARE_RELEASES), action="release.acknowledge")
    found, form = get_release_for(request.actor, request_id), AcknowledgeForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Nothing was recorded: say who confirmed, and when.")
        return redirect("releases:request", request_id)
    said = form.cleaned_data
    handing.acknowledge(request=found, by=said["by"], on=said["on"], actor=request.actor, now=utc_now())
    messages.success(request, "The recipient's receipt is recorded.")
    return redirect("releases:request", request_id)
