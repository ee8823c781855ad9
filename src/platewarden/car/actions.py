"""What a press of a button does: the same acts as on the alert's page, each once however often it is sent."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import Http404

from platewarden.alerts import actions as alerts
from platewarden.alerts.models import Alert, Hit
from platewarden.car.models import Press
from platewarden.car.screens import LEADS_TO, ending_of, verification_of
from platewarden.policy.actor import Actor

REMEMBERED: Final = timedelta(days=2)


@transaction.atomic
def press(*, alert: Alert, hit: Hit, answer: str, key: UUID, actor: Actor, now: datetime) -> None:
    """Do what *answer* means for *alert*; a *key* that was pressed before does nothing more.

    Taking the alert is part of the first answer, so that colleagues see by name that somebody has it.

    Raises:
        PolicyRefusal: It may not be done (HIT-2, HIT-3); nothing is kept, the key neither.
        HitGoneError: The alert's day is over.
        Http404: The key belongs to another press.
        LedgerUnavailable: It cannot be recorded.
    """
    facts = {"user_id": int(actor.id), "alert_id": alert.pk, "answer": answer}
    pressed, is_new = Press.objects.get_or_create(key=key, defaults={**facts, "pressed_at": now})
    if not is_new:
        if {name: getattr(pressed, name) for name in facts} != facts:
            raise Http404("this key belongs to another press")
        return
    if answer in LEADS_TO and alert.acknowledged_by_id != int(actor.id):
        alerts.acknowledge(alert=alert, actor=actor, now=now)
    elif verification := verification_of(answer):
        alerts.verify(alert=alert, verification=verification, actor=actor, now=now)
    elif ending := ending_of(answer, alerts.latest_verification(alert, hit)):
        alerts.dispose(alert=alert, disposition=alerts.Disposition(*ending), actor=actor, now=now)


def forget_presses(*, now: datetime) -> int:
    """Remove presses that no terminal sends again any more; returns how many there were."""
    count, _ = Press.objects.filter(pressed_at__lt=now - REMEMBERED).delete()
    return count
