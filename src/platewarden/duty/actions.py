"""Every write about duty: sign on, sign off, mute for a while."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from platewarden.accounts.models import User
from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Area
from platewarden.duty.doors import shift_of
from platewarden.duty.models import Shift
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy import attention as policy
from platewarden.policy.actor import Actor
from platewarden.policy.audiences import Priority
from platewarden.policy.decision import require
from platewarden.site.channel import announce


class NotOnDutyError(Exception):
    """What was asked for belongs to a shift, and there is none."""


@transaction.atomic
def start_shift(*, areas: Collection[Area], ends_at: datetime, actor: Actor, now: datetime) -> Shift:
    """Sign *actor* on for *areas* (all of them where there are none) until *ends_at*; an earlier shift is over.

    Raises:
        PolicyRefusal: They see no alerts, or the shift would be too long.
        LedgerUnavailable: It cannot be recorded.
    """
    decision = policy.may_start_shift(actor, ends_at=ends_at, parameters=parameters_at(now), now=now)
    require(decision, action="duty.start")
    User.objects.select_for_update().get(pk=actor.id)  # one shift a person, also when two windows start one
    Shift.objects.filter(user_id=actor.id, ended_at__isnull=True).update(ended_at=now)
    shift = Shift.objects.create(
        agency_id=actor.agency_id,
        user_id=int(actor.id),
        areas=sorted(area.code for area in areas),
        started_at=now,
        ends_at=ends_at,
    )
    _tell(actor)
    details = {"areas": shift.areas, "until": ends_at.isoformat()}
    ledger.append(Kind.DUTY_STARTED, actor=actor, subject=f"person:{actor.id}", details=details)
    return shift


@transaction.atomic
def end_shift(*, actor: Actor, now: datetime) -> None:
    """Sign *actor* off; does nothing when they are not on duty."""
    if not Shift.objects.filter(user_id=actor.id, ended_at__isnull=True).update(ended_at=now):
        return
    _tell(actor)
    ledger.append(Kind.DUTY_ENDED, actor=actor, subject=f"person:{actor.id}")


@transaction.atomic
def mute(*, priority: Priority, until: datetime, actor: Actor, now: datetime) -> None:
    """Let alerts up to *priority* be silent for *actor* until a moment; they still appear.

    Raises:
        PolicyRefusal: The priority cannot be muted, or not for so long (HIT-1).
        NotOnDutyError: They are not on duty.
    """
    decision = policy.may_mute(actor, priority, until=until, parameters=parameters_at(now), now=now)
    require(decision, action="duty.mute", facts={"priority": priority})
    _set_mute(actor, priority, until, now=now)
    details = {"priority": priority, "until": until.isoformat()}
    ledger.append(Kind.DUTY_MUTED, actor=actor, subject=f"person:{actor.id}", details=details)


@transaction.atomic
def unmute(*, actor: Actor, now: datetime) -> None:
    """Let all alerts sound again for *actor*.

    Raises:
        NotOnDutyError: They are not on duty.
    """
    _set_mute(actor, None, None, now=now)
    ledger.append(Kind.DUTY_UNMUTED, actor=actor, subject=f"person:{actor.id}")


def _set_mute(actor: Actor, priority: Priority | None, until: datetime | None, *, now: datetime) -> None:
    shift = shift_of(actor, now=now)
    if shift is None:
        raise NotOnDutyError("You are not on duty: start your shift first, then mute.")
    shift.muted, shift.muted_until = priority or "", until
    shift.save(update_fields=["muted", "muted_until"])
    _tell(actor)


def _tell(actor: Actor) -> None:
    """Let this person's own consoles go by it at once."""
    announce("duty", {"agency": actor.agency_id, "user": actor.id})
