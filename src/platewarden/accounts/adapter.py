"""Where allauth asks us: sign-ins leave evidence, and nobody signs up by themselves (ADM-2)."""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from platewarden.accounts import actions, closing, sessions, sign_ins, terminals
from platewarden.accounts.actors import actor_for, address_of, anonymous_actor, browser_of, system_actor
from platewarden.accounts.models import SignInOutcome, User
from platewarden.accounts.sign_ins import SHUT, attempt_of
from platewarden.duty.actions import end_shift
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.site.clock import utc_now
from platewarden.site.requests import ActorRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks, with the ledger in front of each outcome."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Accounts are made by an administrator, never by a visitor."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session and record it as the person's only one; without the record it is worth nothing."""
        super().login(request, user)
        actor = actor_for(user, address=address_of(request))
        key = request.session.session_key or ""
        try:
            sign_ins.begin_session(
                user=user, session_key=key, browser=browser_of(request), actor=actor, now=utc_now()
            )
        except LedgerUnavailable:
            super().logout(request)
            raise
        sessions.mark_begun(request)
        cast("ActorRequest", request).terminal_cookie = terminals.begin(request, user=user, now=utc_now())

    def logout(self, request: HttpRequest) -> None:
        """Record the sign-out, end the shift, and close the session: who has left covers no area."""
        if isinstance(request.user, User):
            actor = actor_for(request.user, address=address_of(request))
            end_shift(actor=actor, now=utc_now())
            sign_ins.sign_out(user=request.user, actor=actor)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Record that the person changed their password, and change it: both or neither."""
        actor = actor_for(user, address=address_of(self.request)) if self.request else actor_for(user)
        actions.change_password(user=user, password=password, actor=actor)

    def is_reauthentication_required(self, app: str) -> bool:  # noqa: ARG002
        """Whether somebody must give the password again: unless they have just done so to sign in."""
        return not (self.request and sessions.has_just_begun(self.request))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:  # noqa: ARG002
        """Ask for the password again before somebody changes how they sign in."""
        url = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": "Your password", "url": url}]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse further attempts after too many failures, and record it; close an account that nobody used (ADM-4)."""
        attempt = attempt_of(request, str(credentials.get("username", "")))
        if sign_ins.is_shut(attempt, now=utc_now()):
            sign_ins.record_refused(attempt=attempt, actor=anonymous_actor(request), now=utc_now())
            raise ValidationError(SHUT, code="too_many_login_attempts")
        closing.close_if_unused(username=attempt.username, actor=system_actor("sign-in"), now=utc_now())

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a failed attempt."""
        super().authentication_failed(request, **credentials)
        attempt = attempt_of(request, str(credentials.get("username", "")))
        sign_ins.record_failure(
            attempt=attempt, outcome=SignInOutcome.FAILED, actor=anonymous_actor(request), now=utc_now()
        )
