"""Who is on duty now; a shift that nobody ended ends by itself."""

from datetime import datetime

from django.db.models import QuerySet

from platewarden.duty.models import Shift
from platewarden.policy.actor import Actor
from platewarden.policy.attention import mutes
from platewarden.policy.audiences import Duty, Priority, covers


def shifts_on(agency_id: int, *, now: datetime) -> QuerySet[Shift]:
    """Return the shifts of an agency's people who are on duty at *now*."""
    return Shift.objects.filter(agency_id=agency_id, ended_at__isnull=True, ends_at__gt=now)


def shift_of(actor: Actor, *, now: datetime) -> Shift | None:
    """Return the shift that *actor* is on; None when they are off duty."""
    if not actor.is_person or not actor.id:
        return None
    return shifts_on(actor.agency_id, now=now).filter(user_id=int(actor.id)).first()


def duty_of(shift: Shift | None) -> Duty | None:
    """Return *shift* as the policy looks at it."""
    return Duty(frozenset(shift.areas)) if shift else None


def muted_by(shift: Shift | None, *, now: datetime) -> frozenset[Priority]:
    """Return the priorities that whoever is on *shift* has muted at *now*; never the high one (HIT-1)."""
    if shift is None or shift.muted_until is None or shift.muted_until <= now:
        return frozenset()
    return mutes(Priority(shift.muted))


def is_covered(agency_id: int, areas: frozenset[str], *, now: datetime) -> bool:
    """Whether anybody on duty at *now* has signed on for one of *areas*."""
    signed_on = shifts_on(agency_id, now=now).values_list("areas", flat=True)
    return covers([Duty(frozenset(held)) for held in signed_on], areas)


def covered_areas(agency_id: int, *, now: datetime) -> frozenset[str] | None:
    """Return the codes of the areas that somebody on duty at *now* has signed on for; None for every area."""
    signed_on = list(shifts_on(agency_id, now=now).values_list("areas", flat=True))
    return frozenset(area for held in signed_on for area in held) if all(signed_on) else None
