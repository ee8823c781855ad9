"""Every write about the register: calendars get their secret addresses, lose them, and are looked at."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.duties.models import CalendarAddress, CalendarLook
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import duties as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.sign_ins import network_of

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
LOOKS_KEPT: Final = timedelta(days=31)
"""How long it is known who has looked at a calendar from where; the ledger knows the first look of a day longer."""


class TooManyLooksError(Exception):
    """One network has looked at calendars too often within an hour."""


@transaction.atomic
def make_calendar(*, actor: Actor, now: datetime) -> str:
    """Give *actor* a new secret for the address of their calendar; the one before stops working. Returns the secret.

    Raises:
        PolicyRefusal: *actor* holds no role.
    """
    require(policy.may_take_calendar(actor), action="calendar.make")
    User.objects.select_for_update().get(pk=actor.id)  # one live address a person, whoever is faster
    _end(actor, now)
    secret = secrets.token_urlsafe(32)
    made = CalendarAddress.objects.create(user_id=int(actor.id), digest=digest_of(secret), made_at=now)
    ledger.append(Kind.CALENDAR_MADE, actor=actor, subject=f"calendar:{made.pk}")
    return secret


@transaction.atomic
def end_calendar(*, actor: Actor, now: datetime) -> bool:
    """Let the address of *actor*'s calendar work no more; returns whether there was one."""
    ended = _end(actor, now)
    if ended:
        ledger.append(Kind.CALENDAR_ENDED, actor=actor, subject=f"person:{actor.id}")
    return ended


def _end(actor: Actor, now: datetime) -> bool:
    live = CalendarAddress.objects.filter(user_id=int(actor.id), ended_at=None)
    return bool(live.update(ended_at=now))


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret: it cannot be read back, and 256 bits cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


@transaction.atomic
def look(*, secret: str, actor: Actor, now: datetime) -> User | None:
    """Return whose calendar *secret* opens, and keep that somebody looked; None if it is nobody's, or no longer.

    Raises:
        TooManyLooksError: From where *actor* asks it was asked too often; nothing more is looked up or kept.
        LedgerUnavailable: It cannot be recorded.
    """
    address = actor.address[:45]
    network = network_of(address)
    recent = CalendarLook.objects.filter(network=network, at__gt=now - _HOUR).count()
    if policy.calendar_is_asked_too_often(recent, parameters=parameters_at(now)):
        raise TooManyLooksError
    found = (
        CalendarAddress.objects.select_related("user")
        .filter(digest=digest_of(secret), ended_at=None, user__is_active=True)
        .first()
    )
    earlier = CalendarLook.objects.filter(calendar=found, network=network, at__gt=now - _DAY).exists()
    CalendarLook.objects.create(calendar=found, address=address, network=network, at=now)
    if found is None:
        ledger.append(Kind.CALENDAR_REFUSED, actor=actor, outcome="refused")
        return None
    if not earlier:
        ledger.append(Kind.CALENDAR_FETCHED, actor=actor, subject=f"calendar:{found.pk}")
    return found.user


def forget_looks(*, now: datetime) -> int:
    """Remove what is known of looks longer ago than a month; returns how many went."""
    return CalendarLook.objects.filter(at__lt=now - LOOKS_KEPT).delete()[0]
