"""The one way to put on record that something happened to an alert, and to tell the consoles of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from platewarden.alerts.audience import event_facts
from platewarden.alerts.messages import tell_dispatch
from platewarden.alerts.models import Alert
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import Entry
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle
from platewarden.policy.actor import Actor
from platewarden.policy.notices import NoticeKind
from platewarden.site.channel import announce

_SETTLES: Final[Mapping[Kind, tuple[NoticeKind, ...]]] = {
    Kind.ALERT_ACKNOWLEDGED: (NoticeKind.ALERT_UNACKNOWLEDGED,),
    Kind.ALERT_VERIFIED: (NoticeKind.ALERT_UNACKNOWLEDGED, NoticeKind.ALERT_SUPERSEDED),
    Kind.ALERT_DISPOSED: (
        NoticeKind.ALERT_UNACKNOWLEDGED,
        NoticeKind.ALERT_UNDISPOSED,
        NoticeKind.ALERT_SUPERSEDED,
    ),
}
"""What people do about alerts, and the notices that each takes out of inboxes because it was what they asked for."""


def record_change(
    kind: Kind,
    *,
    alert: Alert,
    actor: Actor,
    now: datetime,
    details: Mapping[str, JSON] | None = None,
) -> Entry:
    """Append the entry that says what *actor* did to *alert*, and tell the consoles once it is committed.

    Comes last in an action, inside its transaction: the ledger is held from here to the commit. The entry's number
    becomes the alert's `changed_number`, so that a console that comes back is told of what it missed.

    Raises:
        LedgerUnavailable: It cannot be recorded.
    """
    subject = f"alert:{alert.pk}"
    if kinds := _SETTLES.get(kind):
        settle(subject=subject, kinds=kinds, actor=actor, now=now)
        alert.refresh_from_db()
        tell_dispatch("alert.changed", alert, now=now)
    entry = ledger.append(kind, actor=actor, subject=subject, details=details)
    alert.changed_number = entry.seq
    Alert.objects.filter(pk=alert.pk).update(changed_number=entry.seq)
    announce("alert-changed", event_facts(alert, now=now))
    return entry
