"""What the stream of alerts asks the database: who listens, and what they missed."""

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.db.models import Max
from django.http import HttpRequest

from platewarden.accounts import sessions
from platewarden.accounts.actors import actor_for
from platewarden.accounts.models import User
from platewarden.alerts.audience import event_facts, facts_of_event
from platewarden.alerts.models import Alert
from platewarden.duty.doors import duty_of, muted_by, shift_of
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import LedgerUnavailable
from platewarden.policy.actor import Actor
from platewarden.policy.audiences import AlertFacts, Duty, Priority, may_see_alert, receives
from platewarden.policy.decision import PolicyRefusal, require
from platewarden.policy.hits import may_see_alerts
from platewarden.policy.notices import Addressee, is_addressed
from platewarden.site.clock import utc_now

BATCH: Final = 200


class NotAllowedError(Exception):
    """Nobody is signed in behind this request, or they may not see alerts."""


@dataclass(frozen=True, slots=True)
class Ear:
    """Whoever sits behind an open console: what they may know, and what disturbs them.

    Attributes:
        actor: The signed-in person.
        duty: What they have signed on for; None when they are not on duty.
        muted: Priorities that they have muted for now.
    """

    actor: Actor
    duty: Duty | None = None
    muted: frozenset[Priority] = frozenset()

    def may_know(self, alert: AlertFacts) -> bool:
        """Whether they may hear of *alert* at all."""
        return may_see_alert(self.actor, alert).allowed

    def receives(self, alert: AlertFacts) -> bool:
        """Whether *alert* appears and sounds by itself."""
        return receives(self.actor, alert, duty=self.duty)

    def is_told_of(self, addressee: Addressee) -> bool:
        """Whether a notice to *addressee* lies in their inbox."""
        return is_addressed(self.actor, addressee)


def ear_of_session(cookie_header: str, address: str) -> Ear:
    """Return the signed-in person who may see alerts. A locked console still listens.

    Raises:
        NotAllowedError: There is no such person; where a role is missing, that is on the ledger.
    """
    close_old_connections()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(_session_key(cookie_header))
    user = get_user(request)
    if not isinstance(user, User) or not sessions.is_live(request, user):
        raise NotAllowedError
    request.user = user
    if not sessions.has_second_factor(request):
        raise NotAllowedError
    actor = actor_for(user, address=address, session_key=request.session.session_key or "")
    try:
        require(may_see_alerts(actor), action="alerts.listen")
    except PolicyRefusal as refusal:
        _record(refusal, actor=actor)
        raise NotAllowedError from refusal
    now = utc_now()
    shift = shift_of(actor, now=now)
    return Ear(actor, duty_of(shift), muted_by(shift, now=now))


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


def latest_position(agency_id: int) -> int:
    """Return the number of the ledger's entry with which an alert of the agency last changed, 0 if there is none."""
    latest = Alert.objects.filter(agency_id=agency_id).aggregate(at=Max("changed_number"))
    return latest["at"] or 0


def missed_by(ear: Ear, position: int) -> tuple[list[dict[str, Any]], int]:
    """Return up to `BATCH` events for *ear* after *position*, in their order, and the position that they reach.

    What changed several times is told once, as it stands; what has been purged is over. An alert that moved to
    other areas meanwhile is told as one that has just been raised: whoever has heard of it knows.
    """
    close_old_connections()
    alerts = Alert.objects.filter(agency_id=ear.actor.agency_id, changed_number__gt=position)
    missed = list(alerts.filter(hit_id__isnull=False).order_by("changed_number")[:BATCH])
    now = utc_now()
    events = []
    for alert in missed:
        event = event_facts(alert, now=now)
        facts = facts_of_event(event)
        if max(alert.number, alert.moved_number or 0) > position and ear.receives(facts):
            events.append(event | {"event": "alert"})
        elif ear.may_know(facts):
            events.append(event | {"event": "alert-changed"})
    return events, missed[-1].changed_number if missed else position
