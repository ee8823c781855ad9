"""What a dispatch system is told of an alert: that there is one, how urgent it is, whether anybody has verified it."""

from datetime import datetime

from platewarden.alerts.models import Alert
from platewarden.policy.audiences import Audience
from platewarden.policy.webhooks import concerns_dispatch
from platewarden.site.components import UNVERIFIED, alert_badge
from platewarden.webhooks.actions import Message, send

_WARNING = (
    "Nobody has compared the plate image with the hotlist entry yet. "
    "Nobody may be stopped on this message (HIT-2)."
)


def tell_dispatch(event: str, alert: Alert, *, now: datetime) -> None:
    """Put a message about *alert* on its way; none if the alert is not for dispatch.

    Whoever receives it keeps no thirty days, so it holds nothing that must go after thirty days: no plate, picture or
    exact place. A dispatcher opens the alert in the console.
    """
    if not concerns_dispatch(Audience.from_codes(alert.audience)):
        return
    badge = alert_badge(alert)
    data = {
        "alert": str(alert.pk),
        "number": alert.number,
        "status": badge.text.lower(),
        "warning": _WARNING if badge is UNVERIFIED else "",
        "priority": alert.priority,
        "category": alert.category,
        "areas": alert.areas,
        "raised_at": alert.raised_at.isoformat(timespec="seconds"),
        "sightings": alert.sightings,
        "taken": alert.acknowledged_at is not None,
    }
    send(Message(event, alert.pk, data), agency_id=alert.agency_id, now=now)
