"""What happens around every request: who asks, whether the console is locked, and evidence of refusals."""

import logging
from collections.abc import Callable
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse

from platewarden.accounts import idle, sessions, terminals
from platewarden.accounts.actors import actor_for, address_of, anonymous_actor
from platewarden.accounts.models import User
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.policy.decision import PolicyRefusal
from platewarden.site.clock import utc_now
from platewarden.site.requests import ENTRIES, ActorRequest

logger = logging.getLogger(__name__)
Respond = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Sets `request.actor`, sends strangers to the sign-in page and idle consoles to the lock page."""

    PUBLIC: ClassVar[frozenset[str]] = frozenset(
        {
            "account_login",
            "account_logout",
            "accounts:enrol",
            "site:health",
            "mfa_authenticate",
            "duties:calendar",
            "transparency:portal",
            "transparency:portal_en",
            "transparency:portal_es",
            "transparency:json",
            "transparency:csv",
            "transparency:checkpoint",
        }
    )
    WHILE_ENROLLING: ClassVar[frozenset[str]] = frozenset(
        {
            "mfa_index",
            "mfa_activate_totp",
            "mfa_add_webauthn",
            "mfa_view_recovery_codes",
            "account_reauthenticate",
            "account_logout",
            "accounts:locked",
        }
    )
    WHEN_LOCKED: ClassVar[frozenset[str]] = frozenset({"accounts:locked", "account_logout"})

    def __init__(self, get_response: Respond) -> None:
        self._get_response = get_response

    def __call__(self, request: ActorRequest) -> HttpResponse:
        """Answer *request*, or redirect to where its sender must go first."""
        request.actor = anonymous_actor(request)
        if request.path.startswith(("/api/", "/static/")):
            return self._get_response(request)
        try:
            response = self._detour(request) or self._get_response(request)
        except LedgerUnavailable:  # the lock of an idle console could not be recorded
            response = ledger_down(request)
        response.setdefault("Cache-Control", "no-store")
        if value := getattr(request, "terminal_cookie", ""):  # a sign-in on a registered terminal
            terminals.set_cookie(response, value)
        return response

    def _detour(self, request: ActorRequest) -> HttpResponse | None:
        name = _view_name(request)
        if not isinstance(request.user, User):
            return None if name in self.PUBLIC or name == "" else _to(reverse("account_login"), request)
        now = utc_now()
        request.actor = actor_for(
            request.user, address=address_of(request), session_key=request.session.session_key or ""
        )
        if sessions.is_over(request, user=request.user, now=now):
            request.actor = anonymous_actor(request)
            return None if name in self.PUBLIC else _to(reverse("account_login"), request)
        if name not in self.WHILE_ENROLLING and not sessions.has_second_factor(request):
            return _to(reverse("mfa_index"), request)
        if idle.lock_if_idle(request, now=now) and name not in self.WHEN_LOCKED:
            return _to(reverse("accounts:locked"), request)
        by_itself = "X-Platewarden-Live" in request.headers  # a row the page fetched: nobody's activity
        if not (by_itself or idle.is_locked(request)):
            idle.mark_activity(request, now=now)
        return None


class ReceiptMiddleware:
    """Lets the console show under which numbers what a person just did is on the ledger, with the receipts."""

    MOST: ClassVar = 5

    def __init__(self, get_response: Respond) -> None:
        self._get_response = get_response

    def __call__(self, request: ActorRequest) -> HttpResponse:
        """Answer *request*; what it entered is shown by its own page, or by the next one after a redirect."""
        if request.path.startswith(("/api/", "/static/")):
            return self._get_response(request)
        with ledger.noting_entries() as noted:
            request.entries = noted
            response = self._get_response(request)
        is_redirect = response.status_code in {302, 303} or "HX-Redirect" in response
        if noted and is_redirect and isinstance(request.user, User):
            request.session[ENTRIES] = noted[-self.MOST :]
        return response


class EvidenceMiddleware:
    """Turns refusals into recorded evidence and a page that says the clause and the remedy."""

    def __init__(self, get_response: Respond) -> None:
        self._get_response = get_response

    def __call__(self, request: ActorRequest) -> HttpResponse:
        """Answer *request*; exceptions arrive at `process_exception`."""
        return self._get_response(request)

    def process_exception(self, request: ActorRequest, error: Exception) -> HttpResponse | None:
        """Record what was refused or looked for in vain; if even that fails, say so and show nothing."""
        if request.path.startswith("/api/"):
            return None
        try:
            return self._answer(request, error)
        except LedgerUnavailable:
            return ledger_down(request)

    def _answer(self, request: ActorRequest, error: Exception) -> HttpResponse | None:
        match error:
            case PolicyRefusal():
                return refused(request, error)
            case Http404() | PermissionDenied() if isinstance(request.user, User):
                ledger.record_missing(actor=request.actor, page=_view_name(request))
                return render(request, "404.html", status=404)
            case LedgerUnavailable():
                return ledger_down(request)
        return None


def refused(request: ActorRequest, refusal: PolicyRefusal) -> HttpResponse:
    """Record *refusal* and show it with its clause, reason and remedy."""
    if connection.in_atomic_block and connection.needs_rollback:  # pragma: no cover - a bug, not a state
        raise refusal
    entry = ledger.record_refusal(refusal, actor=request.actor)
    context = {"decision": refusal.decision, "refused_action": refusal.refused_action, "entry": entry.seq}
    return render(request, "site/refused.html", context, status=403)


def ledger_down(request: HttpRequest) -> HttpResponse:
    """Say that nothing can be shown because nothing can be recorded."""
    logger.error("the ledger cannot append: nothing is shown until it can")
    return render(request, "site/ledger_down.html", status=503)


def _view_name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Http404:
        return ""


def _to(url: str, request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(f"{url}?next={request.path}" if request.method == "GET" else url)
