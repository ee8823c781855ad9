"""Purge what is due, and confirm the clock after a jump."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from platewarden.accounts.models import Agency
from platewarden.adoption.in_force import parameters_at
from platewarden.alerts.models import Alert, AlertOpening
from platewarden.calibration.models import CalibrationAlert
from platewarden.cases.holds import forget_wanted
from platewarden.images.store import ImageStore, Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.ledger.models import LedgerBody
from platewarden.notices.actions import forget_about
from platewarden.policy import retention as policy
from platewarden.policy.actor import Actor
from platewarden.policy.decision import Decision, require
from platewarden.policy.parameters import Parameters
from platewarden.queries.holding import forget_expired
from platewarden.reads import days
from platewarden.reads.models import Capture, Reading
from platewarden.retention.authorising import authorisation_in_force
from platewarden.retention.models import PurgeClock
from platewarden.webhooks import actions as webhooks

Result = TypeVar("Result")

WAIT: Final = "2s"
"""How long a purge waits for a lock at a time; whoever submits reads queues behind it for as long."""

ATTEMPTS: Final = 3
"""How often it tries before it leaves the day to the next purge."""


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


class PurgeIncompleteError(Exception):
    """Some of what is due is still there; the next purge goes on with it.

    Attributes:
        done: What was destroyed all the same.
        failures: What went wrong, by day.
    """

    def __init__(self, done: list[Destruction], failures: Mapping[date, Exception]) -> None:
        days_left = ", ".join(f"{day} ({_reason(failure)})" for day, failure in failures.items())
        super().__init__(f"Still there: {days_left}. It is tried again every ten minutes.")
        self.done, self.failures = done, failures


class ClockDoubtedError(Exception):
    """The clock jumped forward; the purge waits until the administrator has confirmed it.

    Attributes:
        decision: Why, and what to do.
    """

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.reason} {decision.remedy}")
        self.decision = decision


def days_due(*, parameters: Parameters, now: datetime) -> list[date]:
    """Return the capture days that are past their limit and not purged yet, oldest first."""
    return [day for day in kept_days() if policy.is_due(day, parameters=parameters, now=now)]


def kept_days() -> list[date]:
    """Return the capture days of which anything is left, oldest first.

    A day may have left images or a key and no rows: of a submission that failed, or of a purge that died.
    """
    return sorted(image_store().days().union(days.kept()))


def purge_due(*, actor: Actor, now: datetime) -> list[Destruction]:
    """Purge every day that is due, oldest first; expired queries go as well. A day that cannot go holds up no other.

    Raises:
        PolicyRefusal: *actor* may not start a purge.
        ClockDoubtedError: The clock jumped forward since the last purge; nothing was destroyed.
        PurgeIncompleteError: A day is blocked, or cannot be recorded; what was begun is finished next time.
    """
    require(policy.may_purge(actor), action="day.purge")
    parameters = parameters_at(now)
    _check_clock(actor=actor, parameters=parameters, now=now)
    done: list[Destruction] = []
    failures: dict[date, Exception] = {}
    try:
        destroy_backup_keys(actor=actor, parameters=parameters, now=now)
    except (OSError, DatabaseError, ledger.LedgerUnavailable) as failure:
        failures[days.day_of(now)] = failure
    for day in days_due(parameters=parameters, now=now):
        try:
            done.append(_purge_day(day, actor=actor, now=now))
        except (OSError, DatabaseError, ledger.LedgerUnavailable) as failure:
            failures[day] = failure
    forget_expired(now=now)
    if failures:
        raise PurgeIncompleteError(done, failures) from next(iter(failures.values()))
    return done


def destroy_backup_keys(*, actor: Actor, parameters: Parameters, now: datetime) -> int:
    """Destroy the keys of backups of which the oldest reads are about to be past their day; return how many.

    > RET-1: Reads, images and everything made from them go together
    """
    keystore = image_store().keystore
    due = {
        name: oldest
        for name, oldest in keystore.backups().items()
        if policy.backup_ends_at(oldest, parameters=parameters) <= now
    }
    for name, oldest in due.items():
        with transaction.atomic(durable=True):
            ledger.append(
                Kind.KEY_DESTROYED,
                actor=actor,
                subject=f"backup:{name.text.rpartition('-')[2]}",
                outcome="ordered",
                details={"keys": {"": keystore.identify(name)}, "oldest_day": oldest.isoformat()},
            )
        keystore.destroy(name)
    return len(due)


def _reason(failure: Exception) -> str:
    """Say what went wrong in words that hold no value of any row."""
    if isinstance(failure.__cause__, LockNotAvailable):
        return "another database session holds it: end the session"
    if isinstance(failure, OSError):
        return f"the disk: {failure.strerror or failure}"
    return "the ledger took no record" if isinstance(failure, ledger.LedgerUnavailable) else "the database"


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
    key_ids = _ordered(day) | _patiently(lambda: _close(day, actor=actor))
    store, shelves = image_store(), list(shelves_of(day).values())
    for shelf in shelves:
        store.destroy_key(shelf)
    objects, stuck = _remove_objects(store, shelves)
    rows, entry = _patiently(lambda: _drop(day, key_ids, objects, actor=actor, now=now))
    if stuck:  # noise without its key; the day stays due until they are gone
        raise stuck
    return Destruction(day, key_ids, objects, rows, entry)


def _remove_objects(store: ImageStore, shelves: Iterable[Shelf]) -> tuple[int, OSError | None]:
    """Remove the objects on *shelves*; return how many went and what stopped others from going."""
    removed, stuck = 0, None
    for shelf in shelves:
        try:
            removed += store.remove_objects(shelf)
        except OSError as error:
            stuck = error
    return removed, stuck


def _patiently(act: Callable[[], Result]) -> Result:
    """Do *act* in a transaction that waits for locks shortly, and again when somebody else holds one.

    Shortly, because whoever submits reads queues behind a purge that waits.
    """
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = %s", [WAIT])
                return act()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable) or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _drop(
    day: date, key_ids: Mapping[int, str], objects: int, *, actor: Actor, now: datetime
) -> tuple[dict[str, int], int]:
    rows = _reduce_alerts(day) | _forget(day)
    entry = ledger.append(
        Kind.DAY_PURGED,
        actor=actor,
        subject=days.subject_of(day),
        details={
            "keys_destroyed": {str(agency): key for agency, key in key_ids.items()},
            "objects_removed": objects,
            "rows_removed": rows,
            **_authority(now),
            "at": now.isoformat(),
        },
    )
    return rows, entry.seq


def _authority(now: datetime) -> dict[str, JSON]:
    """Say under whose standing authorisation a day goes; it goes without one as well (RET-4)."""
    authorisation = authorisation_in_force(now)
    if authorisation is None:
        return {"authority": "RET-1: automatic; no standing authorisation is in force", "authorisation": None}
    return {
        "authority": "RET-4: standing authorisation by the administrator",
        "authorisation": authorisation.entry,
    }


def _ordered(day: date) -> dict[int, str]:
    """Return the ids of keys of *day* whose destruction is on the ledger already: of a purge that died."""
    ordered = LedgerBody.objects.filter(subject=days.subject_of(day), leaf__kind=Kind.KEY_DESTROYED)
    keys = [body.content["details"]["keys"] for body in ordered.order_by("pk")]
    return {int(agency): key for one in keys for agency, key in one.items()}


def _close(day: date, *, actor: Actor) -> dict[int, str]:
    """Let no more reads of *day* in, put on the ledger which keys go, and return their ids by agency.

    Submissions that are being stored are waited for; so nothing is added to a day behind the purge's back, and
    no crash can lose the ids of the keys.
    """
    days.lock(day)
    if not days.closed([day]):
        ledger.append(Kind.DAY_CLOSED, actor=actor, subject=days.subject_of(day))
    keystore = image_store().keystore
    found = {agency: keystore.identify(shelf.key) for agency, shelf in shelves_of(day).items()}
    key_ids = {agency: identifier for agency, identifier in found.items() if identifier}
    if key_ids:
        ledger.append(
            Kind.KEY_DESTROYED,
            actor=actor,
            subject=days.subject_of(day),
            outcome="ordered",
            details={"keys": {str(agency): identifier for agency, identifier in key_ids.items()}},
        )
    return key_ids


def shelves_of(day: date) -> dict[int, Shelf]:
    """Return the shelves of *day*, by agency."""
    return {agency: Shelf.of_day(agency, day) for agency in Agency.objects.values_list("pk", flat=True)}


def _reduce_alerts(day: date) -> dict[str, int]:
    """Leave of the day's alerts category, grade, outcome, disposition and times; nobody's name, no way to a read."""
    alerts = Alert.objects.filter(hit_seen_at__range=bounds_of(day))
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
    captures, _ = Capture.objects.filter(seen_at__range=bounds_of(day)).delete()
    readings, _ = Reading.objects.filter(seen_at__range=bounds_of(day)).delete()
    calibrations, _ = CalibrationAlert.objects.filter(seen_at__range=bounds_of(day)).delete()
    wanted = forget_wanted(*bounds_of(day))
    lost = days.drop(day)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM plates_seen WHERE last_day <= %s", [day])
        return {
            **lost,
            "calibration_alerts": calibrations,
            "captures": captures,
            "plates_seen": cursor.rowcount,
            "readings": readings,
            "wanted_reads": wanted,
        }


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """Return the first and the last moment of *day* (UTC)."""
    opens = datetime.combine(day, time.min, tzinfo=UTC)
    return opens, opens + timedelta(days=1) - timedelta(microseconds=1)
