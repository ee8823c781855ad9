"""The facts of a hit's report, as its layout takes them; docs/reference/hit-report.md describes each (RPT-1)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import User
from platewarden.alerts.blind import entry_state_of, looks_of
from platewarden.alerts.history import Event, history_of
from platewarden.alerts.models import Alert, Hit
from platewarden.alerts.pages import in_words
from platewarden.cameras.models import Camera
from platewarden.matching.grades import Grade, StateRelation
from platewarden.policy.hits import ActionTaken, Basis, Comparison, Finding, StatusReason
from platewarden.policy.hotlists import Category
from platewarden.policy.use import Purpose
from platewarden.reports.materials import Material
from platewarden.reports.pictures import picture
from platewarden.reports.receipts import Proofs
from platewarden.site.components import alert_badge

EVENTS_PRINTED: Final = 10
"""Events that a report prints; with more it would outgrow its two pages. All are attached."""

_ALIKE: Final = frozenset({"same", "open"})
_RELATIONS: Final = {
    "confusable": "look alike",
    "different": "different",
    "inserted": "read and not in the entry",
    "missing": "in the entry and not read",
}
_STATES: Final = {
    StateRelation.AGREES: "The state agrees.",
    StateRelation.ANY: "The entry is for any state.",
    StateRelation.UNKNOWN: "The state is unknown.",
    StateRelation.DIFFERS: "The states differ.",
}


@dataclass(frozen=True, slots=True)
class Making:
    """Who has a report made, when, under which ledger entry, and for which case."""

    by: User
    roles: str
    at: datetime
    entry: int
    case_number: str
    is_reconstructed: bool


def entries_of(alert: Alert) -> list[int]:
    """Return the numbers of the ledger entries that a report on *alert* names and proves."""
    return [event.entry for event in history_of(alert)]


def facts_of(material: Material, making: Making, proofs: Proofs) -> dict[str, Any]:
    """Return everything that the layout of a hit's report shows."""
    clock = _Clock(ZoneInfo(owning_agency().time_zone))
    alert, hit = material.alert, material.hit
    events = history_of(alert)
    facts: dict[str, Any] = {
        "agency": {"name": owning_agency().name, "county": owning_agency().county},
        "report": _report(material, making, clock),
        "standing": _standing(alert),
        "read": _read(hit, clock),
        "entry": _entry(hit),
        "list": _list(hit, clock),
        "match": _match(hit),
        "events": [_event(event, clock) for event in events[-EVENTS_PRINTED:]],
        "events_left_out": max(0, len(events) - EVENTS_PRINTED),
        "first_looks": [_look(look, clock) for look in looks_of(hit)],
        "status_check": _status_check(alert, hit),
        "basis": _basis(alert),
        "disposition": _disposition(material, clock),
        "receipts": proofs.printed(making.entry),
    }
    pictures = {
        "plate": picture(material.plate_image, "plate-image"),
        "vehicle": picture(material.vehicle_image, "vehicle-image"),
    }
    return {**facts, "images": pictures, "attachments": _attachments(facts, proofs)}


class _Clock:
    """Shows moments on the agency's clock."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def show(self, moment: datetime | None) -> str:
        return moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S %Z") if moment else ""


def _report(material: Material, making: Making, clock: _Clock) -> dict[str, Any]:
    preserved = material.preserved
    kept = (
        f"sealed in this case since {clock.show(preserved.preserved_at)}"
        if preserved
        else "the hit is in no case"
    )
    return {
        "number": material.alert.number,
        "case_number": making.case_number,
        "made_at": clock.show(making.at),
        "made_by": f"{making.by.full_name} ({making.by.username}), {making.roles}",
        "entry": making.entry,
        "reconstructed": making.is_reconstructed,
        "kept": kept,
    }


def _standing(alert: Alert) -> dict[str, Any]:
    if alert.verified_at is None:
        return {"verified": False, "match": False, "words": "UNVERIFIED", "ending": ""}
    seen = {"characters": Comparison(alert.characters), "state": Comparison(alert.state)}
    is_match = all(outcome is Comparison.MATCH for outcome in seen.values())
    words = ", ".join(f"{part} {outcome.value}" for part, outcome in seen.items())
    head = "Verified" if is_match else "Compared, and no match"
    status = alert.status_check.replace("_", " ")
    ending = f"Ended: {alert_badge(alert).text.lower()}." if alert.disposed_at else "It has not ended yet."
    return {
        "verified": True,
        "match": is_match,
        "words": f"{head}: {words}; status {status}.",
        "ending": ending,
    }


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _read(hit: Hit, clock: _Clock) -> dict[str, Any]:
    camera = Camera.objects.filter(pk=hit.camera_id).first()
    has_position = hit.latitude is not None and hit.longitude is not None
    return {
        "plate_as_read": hit.plate_as_read,
        "plate": hit.plate,
        "state": hit.state,
        "state_confidence": _percent(hit.state_confidence),
        "confidence": _percent(hit.confidence),
        "characters": [
            {"character": place["read"], "percent": _percent(place["confidence"])}
            for place in hit.comparison["characters"]
            if place["read"]
        ],
        "alternates": [f"{other['plate']} {_percent(other['confidence'])} %" for other in hit.alternates],
        "seen_at": clock.show(hit.seen_at),
        "camera": hit.camera_name,
        "camera_kind": camera.kind if camera else "kind not known",
        "place": hit.place,
        "position": f"{hit.latitude:.5f}, {hit.longitude:.5f}" if has_position else "",
        "vehicle": hit.vehicle,
        "id": str(hit.read_id),
    }


def _entry(hit: Hit) -> dict[str, Any]:
    state = entry_state_of(hit)
    return {
        "plate_as_given": hit.entry_plate_as_given,
        "state": "any state, expressly" if state is None else state or "the list does not say",
        "state_code": "any" if state is None else state or "?",
        "category": Category(hit.entry_category).label,
        "reason": hit.entry_reason,
        "case_number": hit.entry_case_number,
        "vehicle": hit.entry_vehicle,
        "instructions": hit.entry_instructions,
    }


def _list(hit: Hit, clock: _Clock) -> dict[str, Any]:
    return {
        "name": hit.hotlist_name,
        "source": hit.hotlist_source,
        "effective_at": clock.show(hit.snapshot_effective_at),
        "age": in_words(hit.raised_at - hit.snapshot_effective_at),
        "is_stale": hit.is_stale,
        "snapshot": hit.snapshot_id,
        "entry": hit.entry_id,
        "line": hit.entry_line,
        "layout": hit.snapshot_layout,
        "sha256": hit.snapshot_digest,
    }


def _match(hit: Hit) -> dict[str, Any]:
    differences = hit.comparison.get("vehicle", [])
    warnings = [f"{one['part']}: seen {one['read']}, described {one['entry']}" for one in differences]
    return {
        "grade": Grade(hit.grade).label,
        "state": _STATES[StateRelation(hit.comparison["state"])],
        "characters": [
            {
                "read": place["read"] or "-",
                "entry": place["entry"] or "-",
                "agrees": place["relation"] in _ALIKE,
                "words": _RELATIONS.get(place["relation"], ""),
            }
            for place in hit.comparison["characters"]
        ],
        "warnings": [*warnings, *(["the list was past its age"] if hit.is_stale else [])],
    }


def _event(event: Event, clock: _Clock) -> dict[str, Any]:
    return {
        "at": clock.show(event.at),
        "who": event.by,
        "what": event.title.removeprefix(f"{event.by} "),
        "detail": event.detail,
        "entry": event.entry,
    }


def _look(look: Any, clock: _Clock) -> dict[str, Any]:
    outcome = look.outcome
    return {
        "by": look.by,
        "at": clock.show(look.at),
        "characters": look.look.characters,
        "state": look.look.state or "not readable",
        "outcome": f"Characters {outcome.characters.value}, state {outcome.state.value}.",
    }


def _status_check(alert: Alert, hit: Hit) -> dict[str, Any]:
    reason = StatusReason(alert.status_reason).label if alert.status_reason else ""
    outcome = alert.status_check.replace("_", " ")
    return {"outcome": outcome, "reason": reason, "note": hit.status_check_note}


def _basis(alert: Alert) -> dict[str, Any]:
    purpose = Purpose.HOTLIST_PATROL
    is_touching = bool(alert.action_taken) and ActionTaken(alert.action_taken).touches_someone
    rests_on = Basis(alert.basis).label if alert.basis else "not stated by who ended it"
    return {
        "purpose": purpose.label,
        "clause": f"USE-3; V.C-use, item {purpose.item}",
        "action": rests_on if is_touching else "",
    }


def _disposition(material: Material, clock: _Clock) -> dict[str, Any]:
    alert = material.alert
    by = (
        f"{material.disposed_by or 'name not kept'}, {clock.show(alert.disposed_at)}"
        if alert.disposed_at
        else ""
    )
    return {
        "finding": Finding(alert.finding).label if alert.finding else "",
        "action": ActionTaken(alert.action_taken).label if alert.action_taken else "",
        "by": by,
        "note": material.hit.disposition_note,
    }


def _attachments(facts: dict[str, Any], proofs: Proofs) -> list[dict[str, Any]]:
    files: list[tuple[str, str, str, str]] = [
        (
            "report-facts.json",
            json.dumps(facts, indent=1),
            "application/json",
            "The facts of this report, as data",
        ),
        (
            "ledger-entries.json",
            json.dumps(proofs.entries(), indent=1),
            "application/json",
            "What each ledger entry says, with the salt that ties it to its leaf",
        ),
        *(
            (f"entry-{seq}.tlog-proof", receipt.encode(), "text/plain", f"Receipt of ledger entry {seq}")
            for seq, receipt in sorted(proofs.receipts.items())
        ),
    ]
    return [_attachment(*file) for file in files]


def _attachment(name: str, content: str, mime: str, description: str) -> dict[str, Any]:
    return {"name": name, "bytes": content.encode(), "mime": mime, "description": description}
