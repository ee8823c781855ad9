"""What becomes of an alert whose read the camera has read again.

The alert stays until a person has dealt with it, as every other: the picture decides, not the later text. But it says
so from then on, and whoever has taken, verified or ended it is told.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from platewarden.accounts.models import User
from platewarden.alerts.changes import record_change
from platewarden.alerts.messages import tell_dispatch
from platewarden.alerts.models import Alert, Hit
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import tell
from platewarden.policy.actor import Actor
from platewarden.policy.notices import NoticeKind
from platewarden.reads.models import Reading

_TEXT: Final = (
    "The camera has read the plate of an alert again, otherwise. Look at its image before you act on it."
)


def correct_alerts(fallen: Sequence[Reading], *, actor: Actor, now: datetime) -> None:
    """Mark each alert that rests on nothing but *fallen* readings, and tell whoever has had to do with it.

    > HIT-2: Before any stop, a person who has looked at the plate image verifies that both the characters and the
    > state of registration match the hotlist entry.

    An alert that another read still supports, such as the later reading itself, stands as it is. Must run inside the
    transaction that stores the reads, after `raise_alerts`; appends to the ledger.

    Args:
        fallen: Readings in whose place another one stands now.
        actor: The camera.
        now: The present moment.

    Raises:
        LedgerUnavailable: It cannot be recorded.
    """
    if not fallen:
        return
    by_read = {reading.read_id: reading for reading in fallen}
    for alert, hits in _alerts_on(fallen).items():
        later = [by_read[hit.read_id].superseded_by for hit in hits if hit.read_id in by_read]
        if alert.superseded_at is None and not _still_rests_on(hits, by_read.keys()):
            _mark(alert, hits[0], later[0], actor=actor, now=now)


def _alerts_on(fallen: Sequence[Reading]) -> dict[Alert, list[Hit]]:
    """Return the alerts that a hit of *fallen* readings belongs to, each with all its hits, locked in their order."""
    found = Hit.objects.filter(
        agency_id__in={reading.agency_id for reading in fallen},
        seen_at__in=[reading.seen_at for reading in fallen],
        read_id__in=[reading.read_id for reading in fallen],
    )
    wanted = Alert.objects.select_for_update().filter(pk__in=set(found.values_list("alert_id", flat=True)))
    alerts = {alert.pk: alert for alert in wanted.order_by("number")}
    hits: dict[Alert, list[Hit]] = defaultdict(list)
    for hit in Hit.objects.filter(alert_id__in=list(alerts)).order_by("seen_at"):
        hits[alerts[hit.alert_id]].append(hit)
    return hits


def _still_rests_on(hits: Sequence[Hit], fallen: Collection[UUID]) -> bool:
    """Whether one of *hits* is of a read that stands."""
    of_others = {hit.read_id for hit in hits} - set(fallen)
    gone = Reading.objects.filter(read_id__in=of_others, superseded_by__isnull=False)
    return bool(of_others - set(gone.values_list("read_id", flat=True)))


def _mark(alert: Alert, hit: Hit, by: UUID | None, *, actor: Actor, now: datetime) -> None:
    alert.superseded_at = now
    alert.save(update_fields=["superseded_at"])
    details: dict[str, JSON] = {
        "read": str(hit.read_id),
        "read_again": str(by),
        "was_verified": alert.verified_at is not None,
    }
    record_change(Kind.ALERT_SUPERSEDED, alert=alert, actor=actor, now=now, details=details)
    tell_dispatch("alert.changed", alert, now=now)
    people = (alert.acknowledged_by_id, alert.verified_by_id, alert.disposed_by_id)
    for user in User.objects.filter(pk__in=[one for one in people if one is not None]).order_by("pk"):
        tell(
            kind=NoticeKind.ALERT_SUPERSEDED,
            subject=f"alert:{alert.pk}",
            text=_TEXT,
            now=now,
            to_user=user,
            actor=actor,
            once_key=f"alert:{alert.pk}:superseded:{user.pk}",
        )
