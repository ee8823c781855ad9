"""Taking a hit out of the thirty days, under a case number (RET-2), with the reports that are made of it."""

import hashlib
import json
from collections import defaultdict
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert, Hit
from platewarden.cases.copies import copy_of_hit
from platewarden.cases.models import Case, CaseExport, CaseRead, CaseReport, PreservedHit
from platewarden.devices.evidence import signature_of
from platewarden.images.store import Shelf, image_store
from platewarden.images.sweeping import sweep
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.retention import may_preserve
from platewarden.reads.days import day_of

_OF_THE_ALERT: Final = (
    "number",
    "raised_at",
    "priority",
    "verified_at",
    "characters",
    "state",
    "status_check",
    "status_reason",
    "disposed_at",
    "finding",
    "action_taken",
    "basis",
)


@transaction.atomic
def preserve_hit(*, alert: Alert, hit: Hit, case_number: str, actor: Actor, now: datetime) -> PreservedHit:
    """Copy *hit* with its images into the case, sealed under the case's own key.

    > RET-2: A record taken into a case file leaves these rules for those of the case. That happens only under a
    > case number.

    The rule that lets it happen is the caller's; this is part of that act. Who verified and who disposed is kept
    with it: when its day is purged, the alert forgets them. A hit that a case has already stays there, and is copied
    anew as it now stands. Every further sighting of the alert goes with it, for they are one event.

    Raises:
        KeyUnavailable: The images cannot be opened or sealed; nothing is preserved, nothing is disposed.
        ImageUnavailable: Likewise.
    """
    kept = copy_of_hit(alert.pk)
    case = kept.case if kept else open_case(alert.agency_id, case_number, actor=actor, now=now)
    preserved = kept or PreservedHit(case=case, alert_id=alert.pk, preserved_at=now, preserved_by=actor.name)
    _seal(preserved, alert, hit)
    further = _further_sightings(alert, hit)
    for sighting in further:
        copy = PreservedHit(case=case, alert_id=alert.pk, preserved_at=now, preserved_by=actor.name)
        copy.hit_id = sighting.id
        _seal(copy, alert, sighting)
    details: dict[str, JSON] = {"case": case.number, "sightings": len(further)}
    ledger.append(Kind.HIT_PRESERVED, actor=actor, subject=f"alert:{alert.pk}", details=details)
    return preserved


def _further_sightings(alert: Alert, hit: Hit) -> list[Hit]:
    """Return the sightings of *alert* beside *hit* that its case does not have yet, oldest first."""
    known = PreservedHit.objects.filter(alert_id=alert.pk, hit_id__isnull=False).values_list(
        "hit_id", flat=True
    )
    hits = Hit.objects.filter(agency_id=alert.agency_id, alert_id=alert.pk).exclude(id=hit.id)
    return list(hits.exclude(id__in=list(known)).order_by("seen_at"))


def open_case(agency_id: int, number: str, *, actor: Actor, now: datetime) -> Case:
    """Return the case *number*, opened if there was none; in the caller's transaction, whose rule let it happen."""
    case, is_new = Case.objects.get_or_create(
        agency_id=agency_id, number=number.strip(), defaults={"opened_at": now, "opened_by": actor.name}
    )
    if is_new:
        details = {"number": case.number, "case": case.number}
        ledger.append(Kind.CASE_OPENED, actor=actor, subject=f"case:{case.pk}", details=details)
    return case


def case_that_has(alert: Alert) -> str:
    """Return the number of the case that has the hit of *alert*; empty when none has."""
    kept = copy_of_hit(alert.pk)
    return kept.case.number if kept else ""


@transaction.atomic
def preserve_by_hand(
    *, alert: Alert, hit: Hit, case_number: str, actor: Actor, now: datetime
) -> PreservedHit:
    """Take *hit* into a case although nobody was stopped and nothing taken, e.g. because a vehicle was located.

    A hit that a case has already stays in that case.

    Raises:
        PolicyRefusal: *actor* may not, or the number is none (RET-2).
        KeyUnavailable, ImageUnavailable: The images cannot be opened or sealed; nothing is preserved.
        LedgerUnavailable: It cannot be recorded.
    """
    decision = may_preserve(actor, case_number, parameters=parameters_at(now))
    require(decision, action="case.preserve", facts={"alert": alert.pk})
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    preserved = copy_of_hit(alert.pk)
    return preserved or preserve_hit(alert=alert, hit=hit, case_number=case_number, actor=actor, now=now)


@transaction.atomic
def keep_report(
    *, preserved: PreservedHit, pdf: bytes, entry: int, actor: Actor, now: datetime
) -> CaseReport:
    """Seal the report *pdf* in the case that has its hit; *entry* is the ledger entry that it was made under.

    Raises:
        KeyUnavailable: It cannot be sealed; it is not kept.
        LedgerUnavailable: It cannot be recorded.
    """
    digest = hashlib.sha256(pdf)
    name = f"{preserved.alert_id}/report/{entry}"
    (reference,) = image_store().seal(Shelf.of_case(preserved.case_id), [(name, pdf)])
    report = CaseReport.objects.create(
        case_id=preserved.case_id,
        alert_id=preserved.alert_id,
        made_at=now,
        made_by=actor.name,
        sealed=reference,
        digest=digest.digest(),
        entry=entry,
    )
    details: dict[str, JSON] = {"case": preserved.case.number, "report": entry, "sha256": digest.hexdigest()}
    ledger.append(Kind.REPORT_KEPT, actor=actor, subject=f"alert:{preserved.alert_id}", details=details)
    return report


@transaction.atomic
def open_report(*, report: CaseReport, actor: Actor) -> bytes:
    """Return the PDF of a report that a case keeps, with an entry that *actor* took it.

    Raises:
        KeyUnavailable, ImageUnavailable: It cannot be opened.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    name = f"{report.alert_id}/report/{report.entry}"
    pdf = image_store().open(Shelf.of_case(report.case_id), name, report.sealed)
    details: dict[str, JSON] = {"case": report.case.number, "report": report.entry}
    ledger.append(Kind.REPORT_OPENED, actor=actor, subject=f"alert:{report.alert_id}", details=details)
    return pdf


def sweep_cases(*, actor: Actor, now: datetime) -> int:
    """Remove sealed copies that belong to no record: a disposition that failed after sealing leaves them.

    > RET-2: A record taken into a case file leaves these rules for those of the case.

    What never got into a case stays under the thirty days; a day is enough to know. Returns how many went.
    """
    references: dict[int, list[str]] = defaultdict(list)
    for case_id in Case.objects.values_list("pk", flat=True):
        references[case_id] = []
    for hit in PreservedHit.objects.all():
        references[hit.case_id] += [hit.facts, hit.plate_image, hit.vehicle_image]
    for case_id, reference in CaseReport.objects.values_list("case_id", "sealed"):
        references[case_id].append(reference)
    for read in CaseRead.objects.all():
        references[read.case_id] += read.references
    for case_id, parts in CaseExport.objects.values_list("case_id", "parts"):
        references[case_id] += parts
    removed = sweep(image_store(), Shelf.of_case, references, now=now)
    if removed:
        with transaction.atomic():
            ledger.append(Kind.CASE_SWEPT, actor=actor, details={"removed": removed})
    return removed


def _seal(preserved: PreservedHit, alert: Alert, hit: Hit) -> None:
    store = image_store()
    of_day = Shelf.of_day(hit.agency_id, day_of(hit.seen_at))
    plate = store.open(of_day, f"{hit.read_id}/plate", hit.plate_image)
    vehicle = store.open(of_day, f"{hit.read_id}/vehicle", hit.vehicle_image)
    facts = json.dumps(facts_of(alert, hit), default=_plain, sort_keys=True).encode()
    contents = (("facts", facts), ("plate", plate), ("vehicle", vehicle))
    named = [(preserved.name_of(name), content) for name, content in contents]
    references = store.seal(Shelf.of_case(preserved.case_id), named)
    preserved.facts, preserved.plate_image, preserved.vehicle_image = references
    preserved.save()


def facts_of(alert: Alert, hit: Hit) -> dict[str, Any]:
    """Return everything *hit* says, and how its *alert* was verified and ended by whom, ready for JSON."""
    people = {
        "acknowledged_by": alert.acknowledged_by,
        "verified_by": alert.verified_by,
        "disposed_by": alert.disposed_by,
    }
    ending = {name: getattr(alert, name) for name in _OF_THE_ALERT}
    return {
        "hit": {field.attname: getattr(hit, field.attname) for field in hit._meta.concrete_fields},  # noqa: SLF001
        "alert": ending | {role: user.username if user else "" for role, user in people.items()},
        "signed": signature_of(hit.read_id, hit.seen_at),
    }


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a hit does not hold {type(value).__name__}")
