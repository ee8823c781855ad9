"""What the stream of alerts asks the database: who listens, and what they missed."""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest

from platewarden.accounts.actors import actor_for
from platewarden.accounts.models import User
from platewarden.alerts.models import Alert
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.policy.actor import Actor
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.hits import may_see_alerts

BATCH: Final = 200


class NotAllowedError(Exception):
    """Nobody is signed in behind this request, or they may not see alerts."""


def agency_of_session(cookie_header: str, address: str) -> int:
    """Return the agency of the signed-in person who may see alerts. A locked console still listens.

    Raises:
        NotAllowedError: There is no such person; where a role is missing, that is on the ledger.
    """
    close_old_connections()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(_session_key(cookie_header))
    user = get_user(request)
    if not isinstance(user, User):
        raise NotAllowedError
    actor = actor_for(user, address=address, session_key=request.session.session_key or "")
    try:
        require(may_see_alerts(actor), action="alerts.listen")
    except PolicyRefusal as refusal:
        _record(refusal, actor=actor)
        raise NotAllowedError from refusal
    return user.agency_id


def _record(refusal: PolicyRefusal, *, actor: Actor) -> None:
    try:
        ledger.record_refusal(refusal, actor=actor)
    except LedgerUnavailable as error:  # nothing is shown either way
        raise NotAllowedError from error


def _session_key(cookie_header: str) -> str | None:
    try:
        cookie = SimpleCookie(cookie_header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return cookie.value if cookie else None


def latest_number(agency_id: int) -> int:
    """Return the number of the agency's newest alert, 0 if there is none."""
    return Alert.objects.filter(agency_id=agency_id).values_list("number", flat=True).first() or 0


def alerts_after(agency_id: int, number: int) -> list[dict[str, Any]]:
    """Return up to `BATCH` alerts after *number*, oldest first, as events; what has been purged is over."""
    close_old_connections()
    missed = Alert.objects.filter(agency_id=agency_id, number__gt=number, hit_id__isnull=False)
    return [
        {"event": "alert", "number": alert.number, "alert": str(alert.pk), "priority": alert.priority}
        for alert in missed.order_by("number")[:BATCH]
    ]
