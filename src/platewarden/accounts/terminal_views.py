"""Terminals as pages: the list, registering, enrolling in the terminal's own browser, revoking."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from platewarden.accounts import terminals
from platewarden.accounts.forms import TerminalCodeForm, TerminalForm, WhyForm
from platewarden.accounts.models import Terminal
from platewarden.adoption.in_force import parameters_at
from platewarden.policy.decision import require
from platewarden.policy.terminals import TerminalKind, may_manage_terminals
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


@require_http_methods(["GET", "POST"])
def manage(request: ActorRequest) -> HttpResponse:
    """List the terminals, and register one: its code is shown this once."""
    require(may_manage_terminals(request.actor), action="terminal.manage")
    form, code = TerminalForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            terminal, code = terminals.register(
                name=said["name"], kind=TerminalKind(said["kind"]), actor=request.actor, now=utc_now()
            )
            form, said = TerminalForm(), {"name": terminal.name}
        except terminals.TerminalExistsError as error:
            form.add_error("name", str(error))
    context = {
        "terminals": Terminal.objects.filter(agency_id=request.actor.agency_id).select_related(
            "registered_by"
        ),
        "form": form,
        "why_form": WhyForm(),
        "code": code,
        "hours": parameters_at(utc_now()).hours("accounts.terminal_session_hours").total_seconds() // 3600,
    }
    return render(request, "accounts/terminals.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def enrol(request: ActorRequest) -> HttpResponse:
    """Make this browser the terminal that a one-time code is of; whoever is signed in gives the code."""
    form = TerminalCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            terminal, value = terminals.enrol(
                code=form.cleaned_data["code"], request=request, actor=request.actor, now=utc_now()
            )
        except terminals.TerminalCodeError as error:
            terminals.record_wrong_code(actor=request.actor)
            form.add_error("code", str(error))
        else:
            messages.success(request, f"This browser is the terminal {terminal.name} from now on.")
            response = redirect("home")
            terminals.set_cookie(response, value)
            return response
    return render(request, "accounts/terminal.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def revoke(request: ActorRequest, terminal_id: int) -> HttpResponse:
    """End a terminal's registration at once."""
    require(may_manage_terminals(request.actor), action="terminal.revoke")
    found = Terminal.objects.filter(
        pk=terminal_id, agency_id=request.actor.agency_id, revoked_at=None
    ).first()
    if found is None:
        raise Http404("no such terminal")
    form = WhyForm(request.POST)
    because = form.cleaned_data["because"] if form.is_valid() else "no reason given"
    terminals.revoke(terminal=found, because=because, actor=request.actor, now=utc_now())
    messages.success(request, f"The terminal {found.name} is one no more.")
    return redirect("accounts:terminals")
