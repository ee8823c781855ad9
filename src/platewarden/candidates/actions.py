"""Every write about candidates: keep them, look at them, raise an alert from one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert
from platewarden.alerts.raising import comparison_of, raise_alerts
from platewarden.candidates.models import Candidate
from platewarden.corrections.matching import found_wrong
from platewarden.hotlists.in_force import in_force
from platewarden.hotlists.matching import MatchedEntry, match_with
from platewarden.hotlists.models import Entry
from platewarden.images.inline import data_uri
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.matching.plates import skeleton
from platewarden.policy import candidates as policy
from platewarden.policy.actor import Actor
from platewarden.policy.audiences import Audience
from platewarden.policy.decision import require
from platewarden.policy.use import Purpose
from platewarden.reads.days import day_of
from platewarden.reads.models import Read

PURPOSE: Final = Purpose.HOTLIST_PATROL
"""What looking at candidates is for, and nothing else: to identify vehicles on the hotlist."""


@dataclass(frozen=True, slots=True)
class Look:
    """A candidate's read and images, as somebody has them before their eyes; an image that fails is empty."""

    read: Read
    plate_image: str
    vehicle_image: str


def keep_candidates(*, matches: Sequence[MatchedEntry], now: datetime) -> None:
    """Keep each of *matches* for a person to judge; must run inside the transaction that stores the reads.

    What rests on an entry that was found wrong for this very plate is none, for it could not become an alert either.
    """
    if not matches:
        return
    wrong = found_wrong([(matched.entry, matched.read.plate) for matched in matches])
    Candidate.objects.bulk_create(
        _candidate(matched, now) for matched in matches if (matched.entry.pk, matched.read.plate) not in wrong
    )


def _candidate(matched: MatchedEntry, now: datetime) -> Candidate:
    read, entry, snapshot = matched.read, matched.entry, matched.entry.snapshot
    return Candidate(
        agency_id=read.agency_id,
        seen_at=read.seen_at,
        id=uuid.uuid4(),
        read_id=read.id,
        found_at=now,
        camera_id=read.camera_id,
        grade=matched.match.grade,
        comparison=comparison_of(matched),
        audience=Audience.from_codes(entry.audience).codes,
        is_stale=matched.is_stale,
        hotlist_name=snapshot.hotlist.name,
        snapshot_id=snapshot.pk,
        snapshot_effective_at=snapshot.effective_at,
        entry_id=entry.pk,
        entry_plate_as_given=entry.plate_as_given,
        entry_state=entry.state,
        entry_category=entry.category,
        entry_reason=entry.reason,
        entry_case_number=entry.case_number,
        entry_vehicle=entry.vehicle,
        opened_by=[],
    )


@transaction.atomic
def look_through(candidates: Sequence[Candidate], *, actor: Actor) -> None:
    """Record that *actor* looks through *candidates*, which are about to be shown with their plates.

    > USE-1: Every access to past reads states its purpose; there is no way in without one.

    Raises:
        PolicyRefusal: *actor* may see none.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    require(policy.may_see_candidates(actor), action="candidates.list")
    if candidates:
        details: dict[str, JSON] = {
            "purpose": PURPOSE.value,
            "reads": [str(one.read_id) for one in candidates],
        }
        ledger.append(Kind.CANDIDATES_LISTED, actor=actor, outcome="shown", details=details)


def reads_of(candidates: Sequence[Candidate]) -> dict[uuid.UUID, Read]:
    """Return the reads behind *candidates* that are still there, by the read's id."""
    keys = [(one.agency_id, one.seen_at, one.read_id) for one in candidates]
    reads = Read.objects.filter(pk__in=keys).select_related("camera") if keys else Read.objects.none()
    return {read.id: read for read in reads}


@transaction.atomic
def open_candidate(*, candidate: Candidate, read: Read, actor: Actor) -> Look:
    """Record that *actor* looks at *candidate*, and return its images; every look is an entry of its own.

    Raises:
        PolicyRefusal: *actor* may see none.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    require(policy.may_see_candidates(actor), action="candidate.open")
    look = Look(read, _image(read, "plate", read.plate_image), _image(read, "vehicle", read.vehicle_image))
    me = int(actor.id)
    if look.plate_image and me not in candidate.opened_by:
        Candidate.objects.filter(pk=candidate.pk).update(opened_by=[*candidate.opened_by, me])
    shown = [name for name, uri in (("plate", look.plate_image), ("vehicle", look.vehicle_image)) if uri]
    details: dict[str, JSON] = {"purpose": PURPOSE.value, "read": str(read.id), "images": [*shown]}
    ledger.append(Kind.CANDIDATE_OPENED, actor=actor, subject=f"candidate:{candidate.id}", details=details)
    return look


def _image(read: Read, view: str, reference: str) -> str:
    shelf = Shelf.of_day(read.agency_id, day_of(read.seen_at))
    try:
        return data_uri(image_store().open(shelf, f"{read.id}/{view}", reference))
    except (KeyUnavailable, ImageUnavailable, OSError):
        return ""


@transaction.atomic
def promote(*, candidate: Candidate, reason: str, actor: Actor, now: datetime) -> Alert:
    """Raise an alert from *candidate*, in *actor*'s name and for a written *reason*.

    The alert is as unverified as any: whoever raises it has not thereby compared it for a stop (HIT-2).

    Raises:
        PolicyRefusal: They may not, have not looked, give no reason, or the entry is no longer in force.
        LedgerUnavailable: It cannot be recorded.
    """
    parameters = parameters_at(now)
    candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    read = reads_of([candidate]).get(candidate.read_id)
    entry = entries_in_force([candidate], now=now).get(candidate.entry_id)
    matched = match_with(read, entry, parameters=parameters, now=now) if read and entry else None
    facts = policy.PromotionFacts(
        reason=reason,
        opened_by=frozenset(map(str, candidate.opened_by)),
        is_promoted=candidate.promoted_at is not None,
        still_matches=matched is not None,
        is_found_wrong=matched is not None and bool(found_wrong([(matched.entry, matched.read.plate)])),
    )
    require(policy.may_promote(actor, facts, parameters=parameters), action="candidate.promote")
    assert matched is not None
    subject, details = f"candidate:{candidate.id}", {"reason": reason.strip(), "read": str(candidate.read_id)}
    ledger.append(Kind.CANDIDATE_PROMOTED, actor=actor, subject=subject, details=details)
    (alert,) = raise_alerts(matches=[matched], camera=matched.read.camera, actor=actor, now=now)
    Candidate.objects.filter(pk=candidate.pk).update(
        promoted_at=now, promoted_by_id=int(actor.id), alert_id=alert.pk
    )
    return alert


def entries_in_force(candidates: Sequence[Candidate], *, now: datetime) -> dict[int, Entry]:
    """Return the entries behind *candidates* that would match now, with snapshot and list, by their number then.

    An entry has another number in each snapshot of its list, so it is known again by what it says.
    """
    if not candidates:
        return {}
    usable = in_force(parameters=parameters_at(now), now=now)
    meant = Q(pk__in={one.entry_id for one in candidates}) | Q(
        skeleton__in=set(map(_skeleton_of, candidates))
    )
    entries = Entry.objects.filter(
        usable, meant, agency_id=candidates[0].agency_id, snapshot__is_current=True
    ).select_related("snapshot__hotlist")
    by_number = {entry.pk: entry for entry in entries}
    by_words = {_words(entry.snapshot.hotlist.name, entry): entry for entry in entries}
    found = {
        one.entry_id: by_number.get(one.entry_id)
        or by_words.get((one.hotlist_name, one.entry_plate_as_given, one.entry_state, one.entry_category))
        for one in candidates
    }
    return {number: entry for number, entry in found.items() if entry}


def _words(hotlist: str, entry: Entry) -> tuple[str, str, str, str]:
    return hotlist, entry.plate_as_given, entry.state, entry.category


def _skeleton_of(candidate: Candidate) -> str:
    return skeleton("".join(place["entry"] for place in candidate.comparison["characters"]))
