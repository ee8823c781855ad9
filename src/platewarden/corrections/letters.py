"""Letters to the owners of entries that were found wrong: what the entry says, what is wrong with it, and who asks.

A letter holds a plate, so it is handed out and not kept; its digest is. It says nothing of where or when a vehicle
was seen, and nothing of who complained.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from platewarden.accounts.actors import owning_agency
from platewarden.accounts.models import User
from platewarden.alerts.models import Alert
from platewarden.corrections.complaints import entries_behind
from platewarden.corrections.digests import Digester, EntryFacts
from platewarden.corrections.models import Suppression
from platewarden.policy.corrections import Concern
from platewarden.policy.hits import Finding
from platewarden.policy.hotlists import Category
from platewarden.reports.materials import material_of

_WHAT: Final = {
    Finding.WRONG_ENTRY: "The entry is wrong: the vehicle that carries this plate is not the one that is looked for.",
    Finding.STALE_ENTRY: "The entry is out of date: its vehicle is no longer looked for.",
}
_ASKED: Final = (
    "Please compare the entry with your record, correct or remove it, and tell us how you decided. Until the entry "
    "changes in your list, we do not act on it for this plate. If you hold it to be right, please say so and why."
)


class NothingToWriteError(Exception):
    """Neither hit nor case nor complaint is left from which the letter could be written."""


@dataclass(frozen=True, slots=True)
class EntryShown:
    """What the owner needs to find their entry."""

    hotlist: str
    source: str
    snapshot: int
    effective_at: datetime
    plate_as_given: str
    state: str
    category: str
    reason: str
    case_number: str
    vehicle: str


def letter_facts(suppression: Suppression, *, addressed_to: str, by: User, now: datetime) -> dict[str, Any]:
    """Return what the letter about *suppression* says, as its layout takes it.

    Raises:
        NothingToWriteError: Its hit's day is over and no case has it, or its complaint is erased.
        KeyUnavailable, ImageUnavailable: What is left cannot be opened.
    """
    entry, agency = _entry_of(suppression, now=now), owning_agency()
    zone = ZoneInfo(agency.time_zone)
    as_of = entry.effective_at.astimezone(zone)
    shown = [
        ("Plate", entry.plate_as_given),
        ("State", entry.state or "not given"),
        ("Category", Category(entry.category).label),
        ("Reason", entry.reason or "not given"),
        ("Case number", entry.case_number or "not given"),
        ("Vehicle", entry.vehicle or "not described"),
        ("List", f"{entry.hotlist} ({entry.source}), as of {as_of:%Y-%m-%d %H:%M %Z}"),
    ]
    letter = {
        "reference": f"S-{suppression.pk}",
        "date": f"{now.astimezone(zone):%Y-%m-%d}",
        "addressed_to": addressed_to,
        "agency": agency.name,
        "by": by.full_name,
        "opening": "We hold the following entry of yours, and have found it to be wrong or out of date.",
        "entry": shown,
        "state_code": entry.state or "?",
        "found": " ".join(_found(suppression, zone)),
        "asked": _ASKED,
    }
    return {"agency": {"name": agency.name, "county": agency.county}, "letter": letter}


def as_text(facts: dict[str, Any]) -> str:
    """Return the letter as plain text, for e-mail or a terminal."""
    letter, agency = facts["letter"], facts["agency"]
    lines = [
        agency["name"],
        f"{agency['county']} County",
        "",
        letter["addressed_to"],
        letter["date"],
        "",
        f"CORRECTION NOTICE {letter['reference']}",
        "",
        letter["opening"],
        "",
        *(f"{term + ':':<14}{value}" for term, value in letter["entry"]),
        "",
        letter["found"],
        "",
        letter["asked"],
        "",
        f"{letter['by']}, {letter['agency']}",
        "",
    ]
    return "\n".join(lines)


def _found(suppression: Suppression, zone: ZoneInfo) -> list[str]:
    said = [_WHAT[Finding(suppression.finding)]]
    placed = f"{suppression.placed_at.astimezone(zone):%Y-%m-%d}"
    alert = Alert.objects.filter(pk=suppression.alert_id).first() if suppression.alert_id else None
    if alert:
        said.append(
            f"On {placed} a person of this agency compared a plate image with the entry (characters: "
            f"{alert.characters}; state: {alert.state}); the check of its status came out as: "
            f"{alert.status_check.replace('_', ' ')}."
        )
    concerns = sorted(suppression.complaints.values_list("concern", flat=True))
    said += [f"A resident has complained of it ({Concern(concern).label})." for concern in concerns]
    if suppression.confirmed_at:
        said.append("A second person of this agency has reviewed and confirmed the finding.")
    return said


def _entry_of(suppression: Suppression, *, now: datetime) -> EntryShown:
    alert = Alert.objects.filter(pk=suppression.alert_id).first() if suppression.alert_id else None
    material = material_of(alert, now=now) if alert else None
    if material:
        hit = material.hit
        return EntryShown(
            hit.hotlist_name,
            hit.hotlist_source,
            hit.snapshot_id,
            hit.snapshot_effective_at,
            hit.entry_plate_as_given,
            hit.entry_state,
            hit.entry_category,
            hit.entry_reason,
            hit.entry_case_number,
            hit.entry_vehicle,
        )
    return _entry_behind_complaint(suppression, now=now)


def _entry_behind_complaint(suppression: Suppression, *, now: datetime) -> EntryShown:
    for complaint in suppression.complaints.exclude(sealed=""):
        digester = Digester(suppression.agency_id)
        for matched in entries_behind(complaint, now=now):
            entry, hotlist = matched.entry, matched.entry.snapshot.hotlist
            digests = digester.digests(
                hotlist_id=hotlist.pk, facts=EntryFacts.of_entry(entry), plate=matched.read.plate
            )
            if digests.entry == bytes(suppression.entry_digest):
                return EntryShown(
                    hotlist.name,
                    hotlist.source,
                    entry.snapshot_id,
                    entry.snapshot.effective_at,
                    entry.plate_as_given,
                    entry.state,
                    entry.category,
                    entry.reason,
                    entry.case_number,
                    entry.vehicle,
                )
    raise NothingToWriteError(
        "The day of the hit is over and no case has it, so there is no plate left to write about. The suppression "
        "stays; write to the owner by the number of their record."
    )
