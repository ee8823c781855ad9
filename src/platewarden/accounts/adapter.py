"""Where allauth asks us: sign-ins leave evidence, and nobody signs up by themselves (ADM-2)."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from platewarden.accounts import actions
from platewarden.accounts.actors import actor_for, address_of, anonymous_actor
from platewarden.accounts.models import User
from platewarden.duty.actions import end_shift
from platewarden.site.clock import utc_now


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's hooks, with the ledger in front of each outcome."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Accounts are made by an administrator, never by a visitor."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Record the sign-in, then open the session: no log, no session."""
        actions.record_sign_in(actor=actor_for(user, address=address_of(request)))
        super().login(request, user)

    def logout(self, request: HttpRequest) -> None:
        """Record the sign-out, end the shift, and close the session: who has left covers no area."""
        if isinstance(request.user, User):
            actor = actor_for(request.user, address=address_of(request))
            end_shift(actor=actor, now=utc_now())
            actions.record_sign_out(actor=actor)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        """Record that the person changed their password, and change it: both or neither."""
        actor = actor_for(user, address=address_of(self.request)) if self.request else actor_for(user)
        actions.change_password(user=user, password=password, actor=actor)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse further attempts after too many failures, and record that it came to this (ADM-4)."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            username = str(credentials.get("username", ""))
            actions.record_locked_out(username=username, actor=anonymous_actor(request))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a failed attempt."""
        super().authentication_failed(request, **credentials)
        username = str(credentials.get("username", ""))
        actions.record_failed_sign_in(username=username, actor=anonymous_actor(request))
