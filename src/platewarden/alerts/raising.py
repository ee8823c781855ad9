"""From matches to hits and alerts, inside the ingest transaction."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.db import connection

from platewarden.alerts.models import Alert, Hit
from platewarden.alerts.vehicles import differences
from platewarden.cameras.models import Camera
from platewarden.hotlists.matching import MatchedEntry
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.reads.models import ReadFacts

CHANNEL: Final = "platewarden_alerts"
"""Where the database tells listening processes of alerts."""


def raise_alerts(
    *, matches: Sequence[MatchedEntry], camera: Camera, actor: Actor, now: datetime
) -> list[Alert]:
    """Keep each of *matches* as a hit, raise its alert, and tell the consoles once all of it is committed.

    Must run inside the transaction that stores the reads; appends to the ledger, so nothing slow may follow.
    """
    if not matches:
        return []
    hits = [_hit(matched, camera, now) for matched in matches]
    Hit.objects.bulk_create(hits)
    pairs = [(hit, matched, uuid.uuid4()) for hit, matched in zip(hits, matches, strict=True)]
    entries = ledger.append_many([_draft(hit, matched, alert_id, actor) for hit, matched, alert_id in pairs])
    alerts = Alert.objects.bulk_create(
        Alert(
            id=alert_id,
            agency_id=hit.agency_id,
            number=entry.seq,
            hit_seen_at=hit.seen_at,
            hit_id=hit.id,
            raised_at=now,
            category=hit.entry_category,
            grade=hit.grade,
            priority=matched.entry.priority,
        )
        for (hit, matched, alert_id), entry in zip(pairs, entries, strict=True)
    )
    for alert in alerts:
        tell_consoles("alert", alert)
    return alerts


def tell_consoles(event: str, alert: Alert) -> None:
    """Tell every open console of *alert*; identifiers only.

    PostgreSQL delivers a notice when the transaction commits, in the order of commits, and with it or not at
    all: no console hears of what was rolled back, and none misses what a dying process had just committed.
    """
    payload = json.dumps(
        {
            "event": event,
            "agency": alert.agency_id,
            "number": alert.number,
            "alert": str(alert.pk),
            "priority": alert.priority,
        }
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def _draft(hit: Hit, matched: MatchedEntry, alert_id: uuid.UUID, actor: Actor) -> ledger.Draft:
    return ledger.Draft(
        kind=Kind.ALERT_RAISED,
        actor=actor,
        subject=f"alert:{alert_id}",
        details={
            "read": str(hit.read_id),
            "grade": hit.grade,
            "category": hit.entry_category,
            "snapshot": hit.snapshot_id,
            "entry": hit.entry_id,
            "stale_list": matched.is_stale,
        },
    )


def _hit(matched: MatchedEntry, camera: Camera, now: datetime) -> Hit:
    read, entry, snapshot = matched.read, matched.entry, matched.entry.snapshot
    read_facts = {field.name: getattr(read, field.name) for field in ReadFacts._meta.get_fields()}  # noqa: SLF001
    vehicle = (entry.vehicle_colour, entry.vehicle_make, entry.vehicle_model, entry.vehicle_type)
    return Hit(
        **read_facts,
        agency_id=read.agency_id,
        seen_at=read.seen_at,
        id=uuid.uuid4(),
        read_id=read.id,
        raised_at=now,
        camera=camera,
        camera_name=camera.name,
        place=camera.place,
        grade=matched.match.grade,
        comparison=_comparison(matched),
        hotlist_name=snapshot.hotlist.name,
        hotlist_source=snapshot.hotlist.source,
        snapshot_id=snapshot.pk,
        snapshot_effective_at=snapshot.effective_at,
        is_stale=matched.is_stale,
        entry_id=entry.pk,
        entry_plate_as_given=entry.plate_as_given,
        entry_state=entry.state,
        entry_category=entry.category,
        entry_reason=entry.reason,
        entry_case_number=entry.case_number,
        entry_instructions=entry.instructions,
        entry_vehicle=" ".join(part for part in vehicle if part),
        entry_expires_at=entry.expires_at,
    )


def _comparison(matched: MatchedEntry) -> dict[str, Any]:
    return {
        "characters": [asdict(place) for place in matched.match.characters],
        "state": matched.match.state,
        "vehicle": [asdict(difference) for difference in differences(matched.read, matched.entry)],
    }
