"""Taking a hit out of the thirty days, under a case number (RET-2)."""

import json
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from platewarden.alerts.models import Alert, Hit
from platewarden.cases.models import Case, PreservedHit
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.policy.actor import Actor
from platewarden.reads.days import day_of

_OF_THE_ALERT: Final = (
    "number",
    "raised_at",
    "priority",
    "verified_at",
    "characters",
    "state",
    "status_check",
    "disposed_at",
    "finding",
    "action_taken",
)


@transaction.atomic
def preserve_hit(*, alert: Alert, hit: Hit, case_number: str, actor: Actor, now: datetime) -> PreservedHit:
    """Copy *hit* with its images into the case, sealed under the case's own key.

    > RET-2: A record taken into a case file leaves these rules for those of the case. That happens only under a
    > case number.

    The rule that lets it happen is the disposition's (a stop, an arrest, a recovery); this is part of that
    act. Who verified and who disposed is kept with it: when its day is purged, the alert forgets them.

    Raises:
        KeyUnavailable: The images cannot be opened or sealed; nothing is preserved, nothing is disposed.
        ImageUnavailable: Likewise.
    """
    case, is_new = Case.objects.get_or_create(
        agency_id=alert.agency_id,
        number=case_number.strip(),
        defaults={"opened_at": now, "opened_by": actor.name},
    )
    sealed = _seal_under_case(case, alert, hit)
    preserved = PreservedHit.objects.create(
        case=case,
        alert_id=alert.pk,
        preserved_at=now,
        preserved_by=actor.name,
        facts=sealed[0],
        plate_image=sealed[1],
        vehicle_image=sealed[2],
    )
    if is_new:
        details = {"number": case.number}
        ledger.append(Kind.CASE_OPENED, actor=actor, subject=f"case:{case.pk}", details=details)
    ledger.append(Kind.HIT_PRESERVED, actor=actor, subject=f"alert:{alert.pk}", details={"case": case.number})
    return preserved


def _seal_under_case(case: Case, alert: Alert, hit: Hit) -> list[str]:
    store = image_store()
    of_day = Shelf.of_day(hit.agency_id, day_of(hit.seen_at))
    plate = store.open(of_day, f"{hit.read_id}/plate", hit.plate_image)
    vehicle = store.open(of_day, f"{hit.read_id}/vehicle", hit.vehicle_image)
    facts = json.dumps(facts_of(alert, hit), default=_plain, sort_keys=True).encode()
    contents = (("facts", facts), ("plate", plate), ("vehicle", vehicle))
    return store.seal(Shelf.of_case(case.pk), [(f"{alert.pk}/{name}", content) for name, content in contents])


def facts_of(alert: Alert, hit: Hit) -> dict[str, Any]:
    """Return everything *hit* says, and how its *alert* was verified and ended by whom, ready for JSON."""
    people = {"verified_by": alert.verified_by, "disposed_by": alert.disposed_by}
    ending = {name: getattr(alert, name) for name in _OF_THE_ALERT}
    return {
        "hit": {field.attname: getattr(hit, field.attname) for field in hit._meta.concrete_fields},  # noqa: SLF001
        "alert": ending | {role: user.username if user else "" for role, user in people.items()},
    }


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"a hit does not hold {type(value).__name__}")
