"""From matches to hits and alerts, inside the ingest transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.audience import event_facts
from platewarden.alerts.messages import tell_dispatch
from platewarden.alerts.models import Alert, Hit
from platewarden.alerts.sightings import Key, alert_to_join, key_of, lock_vehicles
from platewarden.cameras.models import Camera
from platewarden.cameras.standing import place_name_at
from platewarden.corrections.matching import without_suppressed
from platewarden.hotlists.formats.rows import ANY_STATE
from platewarden.hotlists.matching import MatchedEntry
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import Entry
from platewarden.ledger.kinds import Kind
from platewarden.matching.reasons import reasons
from platewarden.matching.vehicles import disagreements
from platewarden.policy.actor import Actor
from platewarden.policy.audiences import Audience
from platewarden.reads.models import ReadFacts
from platewarden.site.channel import announce


@dataclass(slots=True)
class _Incident:
    """One vehicle's matches in one submission: they raise an alert, or join the one that is open.

    Attributes:
        alert: New and not stored yet, or the open one.
        is_new: Whether it is new.
        matches: What was seen of it, in order of time.
        told_before: Whom it concerned before it moved to other areas; empty when it did not.
    """

    alert: Alert
    is_new: bool
    matches: list[MatchedEntry] = field(default_factory=list)
    told_before: dict[str, Any] = field(default_factory=dict)


def raise_alerts(
    *, matches: Sequence[MatchedEntry], camera: Camera, actor: Actor, now: datetime
) -> list[Alert]:
    """Keep each of *matches* as a hit, raise its alert or join an open one, and tell the consoles at commit.

    > HIT-1: A hit raises an alert that is seen and heard.

    What matches an entry that was found wrong for this very plate is no hit: `without_suppressed`.

    Must run inside the transaction that stores the reads; appends to the ledger, so nothing slow may follow.

    Returns:
        The alerts, new ones and joined ones, each once.
    """
    matches = without_suppressed(matches, now=now)
    if not matches:
        return []
    lock_vehicles(matches)
    incidents = _incidents(matches, camera, now)
    sightings = [(incident, matched) for incident in incidents for matched in incident.matches]
    Hit.objects.bulk_create(_seen(incident, matched, camera, now) for incident, matched in sightings)
    entries = ledger.append_many([_draft(incident, matched, actor) for incident, matched in sightings])
    for (incident, matched), entry in zip(sightings, entries, strict=True):
        _number(incident, matched, entry)
    Alert.objects.bulk_create(incident.alert for incident in incidents if incident.is_new)
    joined = [incident.alert for incident in incidents if not incident.is_new]
    Alert.objects.bulk_update(joined, _OF_A_SIGHTING)
    for incident in incidents:
        _announce(incident, now)
    return [incident.alert for incident in incidents]


_OF_A_SIGHTING: Final = ("last_seen_at", "sightings", "areas", "changed_number", "moved_number")


def _incidents(matches: Sequence[MatchedEntry], camera: Camera, now: datetime) -> list[_Incident]:
    window = parameters_at(now).minutes("hits.join_minutes")
    incidents: dict[Key, _Incident] = {}
    for matched in sorted(matches, key=lambda one: one.read.seen_at):
        incident = incidents.get(key_of(matched))
        if incident is None:
            alert = alert_to_join(matched, window=window)
            incident = _Incident(alert or _new_alert(matched, now), is_new=alert is None)
            incidents[key_of(matched)] = incident
        _move(incident, matched, camera, now)
        incident.matches.append(matched)
    return list(incidents.values())


def _new_alert(matched: MatchedEntry, now: datetime) -> Alert:
    return Alert(
        id=uuid.uuid4(),
        agency_id=matched.read.agency_id,
        raised_at=now,
        category=matched.entry.category,
        grade=matched.match.grade,
        priority=matched.entry.priority,
        audience=_audience_of(matched).codes,
        sightings=0,
    )


def _move(incident: _Incident, matched: MatchedEntry, camera: Camera, now: datetime) -> None:
    """Take the alert to where the vehicle has been seen now; whom it concerned before is remembered."""
    alert, seen_at = incident.alert, matched.read.seen_at
    alert.sightings += 1
    is_latest = alert.last_seen_at is None or seen_at >= alert.last_seen_at
    alert.last_seen_at = seen_at if is_latest else alert.last_seen_at
    areas = sorted(_audience_of(matched).areas or ({camera.area.code} if camera.area else set()))
    if not is_latest or areas == alert.areas:
        return
    if not incident.is_new and not incident.told_before:
        incident.told_before = event_facts(alert, now=now)
    alert.areas = areas


def _audience_of(matched: MatchedEntry) -> Audience:
    return Audience.from_codes(matched.entry.audience)


def _seen(incident: _Incident, matched: MatchedEntry, camera: Camera, now: datetime) -> Hit:
    hit = _hit(matched, camera, incident.alert, now)
    if incident.alert.hit_id is None:
        incident.alert.hit_id, incident.alert.hit_seen_at = hit.id, hit.seen_at
    return hit


def _number(incident: _Incident, matched: MatchedEntry, entry: Entry) -> None:
    """Give the alert the number of its first entry, and of its latest as that of its last change."""
    alert = incident.alert
    if _is_first(incident, matched):
        alert.number = entry.seq
    alert.changed_number = entry.seq
    if incident.told_before:
        alert.moved_number = entry.seq


def _announce(incident: _Incident, now: datetime) -> None:
    facts = event_facts(incident.alert, now=now)
    if incident.is_new:
        announce("alert", facts)
    else:
        announce("alert-changed", facts | {"before": incident.told_before})
    tell_dispatch("alert.raised" if incident.is_new else "alert.changed", incident.alert, now=now)


def _is_first(incident: _Incident, matched: MatchedEntry) -> bool:
    return incident.is_new and matched is incident.matches[0]


def _draft(incident: _Incident, matched: MatchedEntry, actor: Actor) -> ledger.Draft:
    return ledger.Draft(
        kind=Kind.ALERT_RAISED if _is_first(incident, matched) else Kind.ALERT_SIGHTED,
        actor=actor,
        subject=f"alert:{incident.alert.pk}",
        details={
            "read": str(matched.read.id),
            "grade": matched.match.grade,
            "category": matched.entry.category,
            "snapshot": matched.entry.snapshot_id,
            "entry": matched.entry.pk,
            "stale_list": matched.is_stale,
        },
    )


def _hit(matched: MatchedEntry, camera: Camera, alert: Alert, now: datetime) -> Hit:
    read, entry, snapshot = matched.read, matched.entry, matched.entry.snapshot
    read_facts = {field.name: getattr(read, field.name) for field in ReadFacts._meta.get_fields()}  # noqa: SLF001
    return Hit(
        **read_facts,
        agency_id=read.agency_id,
        seen_at=read.seen_at,
        id=uuid.uuid4(),
        alert_id=alert.pk,
        read_id=read.id,
        raised_at=now,
        camera=camera,
        camera_name=camera.name,
        place=place_name_at(camera, read.seen_at),
        grade=matched.match.grade,
        comparison=comparison_of(matched),
        hotlist_name=snapshot.hotlist.name,
        hotlist_source=snapshot.hotlist.source,
        snapshot_id=snapshot.pk,
        snapshot_effective_at=snapshot.effective_at,
        snapshot_digest=bytes(snapshot.file_digest).hex(),
        snapshot_layout=snapshot.layout,
        is_stale=matched.is_stale,
        entry_id=entry.pk,
        entry_line=entry.line,
        entry_plate_as_given=entry.plate_as_given,
        entry_state=entry.state,
        entry_category=entry.category,
        entry_reason=entry.reason,
        entry_case_number=entry.case_number,
        entry_instructions=entry.instructions,
        entry_cautions=entry.cautions,
        entry_vehicle=entry.vehicle,
        entry_expires_at=entry.expires_at,
    )


def comparison_of(matched: MatchedEntry) -> dict[str, Any]:
    """Return why *matched* has its grade, as a hit and a candidate keep it."""
    entry_state = None if matched.entry.state == ANY_STATE else matched.entry.state
    return {
        "reasons": reasons(matched.match, read_state=matched.read.state, entry_state=entry_state),
        "characters": [asdict(place) for place in matched.match.characters],
        "state": matched.match.state,
        "vehicle": [asdict(difference) for difference in disagreements(matched.read, matched.entry)],
    }
