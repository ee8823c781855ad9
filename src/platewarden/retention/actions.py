"""Purge what is due, and confirm the clock after a jump."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert, AlertOpening
from platewarden.calibration.models import CalibrationAlert
from platewarden.images.store import Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import forget_about
from platewarden.policy import retention as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, require
from platewarden.policy.parameters import Parameters
from platewarden.queries.models import Query
from platewarden.reads import days
from platewarden.reads.models import Capture
from platewarden.retention.models import PurgeClock
from platewarden.webhooks import actions as webhooks


@dataclass(frozen=True, slots=True)
class Destruction:
    """What one purge of one day destroyed.

    Attributes:
        day: The capture day (UTC).
        key_ids: Identifiers of the destroyed keys, by agency.
        objects: Number of sealed objects removed from storage.
        rows: Rows lost, by table.
        entry: The ledger entry that records it.
    """

    day: date
    key_ids: Mapping[int, str]
    objects: int
    rows: Mapping[str, int]
    entry: int


class ClockDoubtedError(Exception):
    """The clock jumped forward; the purge waits until the administrator has confirmed it.

    Attributes:
        decision: Why, and what to do.
    """

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.reason} {decision.remedy}")
        self.decision = decision


def days_due(*, parameters: Parameters, now: datetime) -> list[date]:
    """Return the capture days that are past their limit and not purged yet, oldest first.

    A day may have left images or a key and no rows: of a submission that failed, or of a purge that died.
    """
    left = image_store().days().union(days.kept())
    return sorted(day for day in left if policy.is_due(day, parameters=parameters, now=now))


def purge_due(*, actor: Actor, now: datetime) -> list[Destruction]:
    """Purge every day that is due, oldest first; expired queries go as well.

    Raises:
        PolicyRefusal: *actor* may not start a purge.
        ClockDoubtedError: The clock jumped forward since the last purge; nothing was destroyed.
        LedgerUnavailable: The destruction cannot be recorded; what was begun is finished next time.
    """
    require(policy.may_purge(actor), action="day.purge")
    parameters = parameters_at(now)
    _check_clock(actor=actor, parameters=parameters, now=now)
    done = [_purge_day(day, actor=actor, now=now) for day in days_due(parameters=parameters, now=now)]
    Query.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
    return done


@transaction.atomic
def confirm_clock(*, actor: Actor, now: datetime) -> None:
    """Record that the administrator has compared the clock, and let the purge go on."""
    require(policy.may_confirm_clock(actor), action="clock.confirm")
    PurgeClock.objects.update_or_create(id=1, defaults={"last_seen_at": now, "paused_at": None})
    ledger.append(Kind.PURGE_RESUMED, actor=actor, details={"clock": now.isoformat()})


def _check_clock(*, actor: Actor, parameters: Parameters, now: datetime) -> None:
    clock = PurgeClock.objects.filter(id=1).first()
    decision = policy.may_trust_clock(clock.last_seen_at if clock else None, parameters=parameters, now=now)
    if decision.allowed:
        PurgeClock.objects.update_or_create(id=1, defaults={"last_seen_at": now, "paused_at": None})
        return
    if clock and clock.paused_at is None:
        with transaction.atomic():
            PurgeClock.objects.filter(id=1).update(paused_at=now)
            ledger.append(
                Kind.PURGE_PAUSED, actor=actor, outcome="paused", details={"reason": decision.reason}
            )
    raise ClockDoubtedError(decision)


def _purge_day(day: date, *, actor: Actor, now: datetime) -> Destruction:
    key_ids = _close(day, actor=actor)
    objects = sum(image_store().destroy(shelf)[1] for shelf in _shelves(day).values())
    with transaction.atomic(durable=True):
        rows = _reduce_alerts(day) | _forget(day)
        entry = ledger.append(
            Kind.DAY_PURGED,
            actor=actor,
            subject=days.subject_of(day),
            details={
                "keys_destroyed": {str(agency): key for agency, key in key_ids.items()},
                "objects_removed": objects,
                "rows_removed": rows,
                "authority": "RET-1: automatic at the end of the retention period",
                "at": now.isoformat(),
            },
        )
    return Destruction(day, key_ids, objects, rows, entry.seq)


def _close(day: date, *, actor: Actor) -> dict[int, str]:
    """Let no more reads of *day* in, put on the ledger which keys go, and return their ids by agency.

    Submissions that are being stored are waited for; so nothing is added to a day behind the purge's back, and
    no crash can lose the ids of the keys.
    """
    with transaction.atomic(durable=True):
        days.lock(day)
        if not days.closed([day]):
            ledger.append(Kind.DAY_CLOSED, actor=actor, subject=days.subject_of(day))
        keystore = image_store().keystore
        found = {agency: keystore.identify(shelf.key) for agency, shelf in _shelves(day).items()}
        key_ids = {agency: identifier for agency, identifier in found.items() if identifier}
        if key_ids:
            details = {"keys": {str(agency): identifier for agency, identifier in key_ids.items()}}
            ledger.append(
                Kind.KEY_DESTROYED,
                actor=actor,
                subject=days.subject_of(day),
                outcome="ordered",
                details=details,
            )
    return key_ids


def _shelves(day: date) -> dict[int, Shelf]:
    return {agency: Shelf.of_day(agency, day) for agency in Agency.objects.values_list("pk", flat=True)}


def _reduce_alerts(day: date) -> dict[str, int]:
    """Leave of the day's alerts category, grade, outcome, disposition and times; nobody's name, no way to a read."""
    alerts = Alert.objects.filter(hit_seen_at__range=_bounds(day))
    alert_ids = list(alerts.values_list("pk", flat=True))
    notices = forget_about(f"alert:{alert_id}" for alert_id in alert_ids)
    messages = webhooks.forget_about(alert_ids)
    openings, _ = AlertOpening.objects.filter(alert__in=alerts).delete()
    reduced = alerts.update(
        hit_id=None,
        hit_seen_at=None,
        last_seen_at=None,
        audience=[],
        areas=[],
        acknowledged_by=None,
        verified_by=None,
        disposed_by=None,
    )
    return {"alert_openings": openings, "alerts_reduced": reduced, "notices": notices, "webhooks": messages}


def _forget(day: date) -> dict[str, int]:
    captures, _ = Capture.objects.filter(seen_at__range=_bounds(day)).delete()
    calibrations, _ = CalibrationAlert.objects.filter(seen_at__range=_bounds(day)).delete()
    lost = days.drop(day)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM plates_seen WHERE last_day <= %s", [day])
        return {
            **lost,
            "calibration_alerts": calibrations,
            "captures": captures,
            "plates_seen": cursor.rowcount,
        }


def _bounds(day: date) -> tuple[datetime, datetime]:
    opens = datetime.combine(day, time.min, tzinfo=UTC)
    return opens, opens + timedelta(days=1) - timedelta(microseconds=1)
