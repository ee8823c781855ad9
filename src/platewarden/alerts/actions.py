"""What people do with an alert: open it, take it, verify it, dispose of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.alerts import blind
from platewarden.alerts.changes import record_change
from platewarden.alerts.doors import hit_of
from platewarden.alerts.models import Alert, AlertOpening, Hit
from platewarden.cases.actions import case_that_has, preserve_hit
from platewarden.corrections.counting import count_finding
from platewarden.corrections.suppressing import suppress_hit
from platewarden.images.inline import data_uri
from platewarden.images.keystore import KeyUnavailable
from platewarden.images.store import ImageUnavailable, Shelf, image_store
from platewarden.ledger import actions as ledger
from platewarden.ledger.actions import Entry
from platewarden.ledger.bodies import JSON
from platewarden.ledger.kinds import Kind
from platewarden.policy import hits as policy
from platewarden.policy import verification as looking
from platewarden.policy.actor import Actor
from platewarden.policy.decision import require
from platewarden.policy.hits import (
    ActionTaken,
    Basis,
    Comparison,
    Finding,
    StatusCheck,
    StatusReason,
    Verification,
)
from platewarden.policy.verification import FirstLook
from platewarden.reads.days import day_of


class HitGoneError(Exception):
    """The alert's day is over: there is nothing left to verify or to dispose of."""


class PreservationError(Exception):
    """The hit cannot be preserved in its case, so the disposition was not recorded."""


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody has before their eyes.

    Attributes:
        plate_image: The plate image as a data: URI; empty where it cannot be shown.
        vehicle_image: Likewise the vehicle image.
        is_covered: Whether read text, entry and list are kept from them until they have typed what they see.
    """

    plate_image: str
    vehicle_image: str
    is_covered: bool = False

    @property
    def shown(self) -> list[str]:
        """Which images there are."""
        images = (("plate", self.plate_image), ("vehicle", self.vehicle_image))
        return [name for name, image in images if image]


@dataclass(frozen=True, slots=True)
class Disposition:
    """How an alert ended.

    Attributes:
        finding: What was found.
        action: What was done.
        case_number: The case it belongs to; empty when there is none.
        note: A note, kept as long as the hit.
        basis: What a stop, an arrest or a recovery rested on, where that was said.
    """

    finding: Finding
    action: ActionTaken
    case_number: str = ""
    note: str = ""
    basis: Basis | None = None


@transaction.atomic
def look_through(alerts: Sequence[Alert], *, actor: Actor, shown: str) -> None:
    """Record that *actor* looks through *alerts*, whose hits are about to be shown; *shown* says in which list.

    Raises:
        PolicyRefusal: *actor* may see no alerts.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    require(policy.may_see_alerts(actor), action="alerts.list")
    if alerts:
        details: dict[str, JSON] = {"shown": shown, "alerts": [alert.number for alert in alerts]}
        ledger.append(Kind.ALERTS_LISTED, actor=actor, outcome="shown", details=details)


def open_alert(*, alert: Alert, hit: Hit, actor: Actor, now: datetime) -> Look:
    """Record that *actor* looks at *alert*, and return its images; every look is an entry of its own.

    Only who had the plate image before their eyes can verify (HIT-2), so only that look is remembered. Whoever
    renders it shows neither read text nor entry nor list while `Look.is_covered`.

    Raises:
        PolicyRefusal: *actor* may see no alerts.
        LedgerUnavailable: The look cannot be recorded, so there is none.
    """
    require(policy.may_see_alerts(actor), action="alert.open", facts={"alert": alert.pk})
    plate_image, parameters = _image(hit, "plate"), parameters_at(now)
    may_see = blind.may_be_shown(alert, hit, actor=actor, parameters=parameters, has_image=bool(plate_image))
    covered = not may_see.allowed
    look = Look(plate_image, _image(hit, "vehicle"), covered)
    with transaction.atomic():
        if look.plate_image:
            AlertOpening.objects.create(alert=alert, user_id=int(actor.id), opened_at=now)
        details: dict[str, JSON] = {
            "read": str(hit.read_id),
            "images": look.shown,
            "covered": covered,
        }
        ledger.append(Kind.ALERT_OPENED, actor=actor, subject=f"alert:{alert.pk}", details=details)
    return look


def _image(hit: Hit, view: str) -> str:
    shelf = Shelf.of_day(hit.agency_id, day_of(hit.seen_at))
    reference = hit.plate_image if view == "plate" else hit.vehicle_image
    try:
        return data_uri(image_store().open(shelf, f"{hit.read_id}/{view}", reference))
    except (KeyUnavailable, ImageUnavailable, OSError):
        return ""


@transaction.atomic
def acknowledge(*, alert: Alert, actor: Actor, now: datetime) -> Entry:
    """Let *actor* take *alert* upon themselves; a colleague may take it over.

    Raises:
        PolicyRefusal: They may not, or it has ended.
        LedgerUnavailable: It cannot be recorded.
    """
    alert = _lock(alert)
    decision = policy.may_acknowledge(actor, is_disposed=alert.disposed_at is not None)
    require(decision, action="alert.acknowledge", facts={"alert": alert.pk})
    alert.acknowledged_at, alert.acknowledged_by_id = now, int(actor.id)
    alert.save(update_fields=["acknowledged_at", "acknowledged_by"])
    return record_change(Kind.ALERT_ACKNOWLEDGED, alert=alert, actor=actor, now=now)


@transaction.atomic
def take_first_look(*, alert: Alert, look: FirstLook, actor: Actor, now: datetime) -> Entry:
    """Record what *actor* sees on the plate image before the entry is shown; once, and as typed.

    What they typed stays with the hit and goes with its day; the ledger keeps how it came out.

    Raises:
        PolicyRefusal: They may not, have not opened the image, looked before, or it has ended (HIT-2).
        HitGoneError: The alert's day is over.
        LedgerUnavailable: It cannot be recorded, and the entry stays covered.
    """
    alert = _lock(alert)
    hit = _visible_hit(alert, now=now)
    decision = looking.may_take_first_look(actor, blind.look_facts(alert, hit))
    require(decision, action="alert.first_look", facts={"alert": alert.pk})
    recorded = blind.recorded_look(hit, look, actor=actor, now=now)
    _write_on(hit, first_looks=[*hit.first_looks, recorded.row()])
    _preserve(alert, hit, "", actor=actor, now=now)
    outcome = recorded.outcome
    details = {
        "read": str(hit.read_id),
        "characters": outcome.characters.value,
        "state": outcome.state.value,
    }
    return ledger.append(Kind.ALERT_FIRST_LOOK, actor=actor, subject=f"alert:{alert.pk}", details=details)


@transaction.atomic
def verify(*, alert: Alert, verification: Verification, actor: Actor, now: datetime) -> Entry:
    """Record what *actor* saw when comparing image and entry; the latest comparison counts.

    The ledger keeps the outcome of each; the note stays with the hit and goes with its day.

    Raises:
        PolicyRefusal: They may not, have not looked, do not say why, or it has ended (HIT-2).
        HitGoneError: The alert's day is over.
        PreservationError: A case has the hit, and its copy cannot be renewed; nothing was recorded.
        LedgerUnavailable: It cannot be recorded.
    """
    alert = _lock(alert)
    hit = _visible_hit(alert, now=now)
    facts = _verification_facts(alert, hit, verification, actor=actor, now=now)
    require(looking.may_verify(actor, facts, now=now), action="alert.verify", facts={"alert": alert.pk})
    outcome = _outcome(verification)
    Alert.objects.filter(pk=alert.pk).update(verified_at=now, verified_by_id=int(actor.id), **outcome)
    alert.refresh_from_db()
    _write_on(hit, status_check_note=verification.status_note.strip())
    _preserve(alert, hit, "", actor=actor, now=now)
    has_note = bool(verification.status_note.strip())
    details: dict[str, JSON] = {"read": str(hit.read_id), **outcome, "note": has_note}
    if facts.first_look is not None:
        details["against_first_look"] = facts.first_look.contradicts(verification)
    return record_change(Kind.ALERT_VERIFIED, alert=alert, actor=actor, now=now, details=details)


@transaction.atomic
def dispose(*, alert: Alert, disposition: Disposition, actor: Actor, now: datetime) -> Entry:
    """Record how *alert* ended; a stop, an arrest or a recovery takes the hit into its case in the same act.

    An entry found stale or wrong no longer alerts for this plate, from the same act on.

    Raises:
        PolicyRefusal: It is unverified, its verification does not carry this, no case is named, it has
            ended, or *actor* may not (HIT-2, HIT-3).
        HitGoneError: The alert's day is over.
        PreservationError: The images cannot be opened or sealed anew; nothing was recorded.
        LedgerUnavailable: It cannot be recorded.
    """
    alert = _lock(alert)
    hit = _visible_hit(alert, now=now)
    decision = policy.may_dispose(
        actor, _disposition_facts(alert, hit, disposition), parameters=parameters_at(now), now=now
    )
    require(decision, action="alert.dispose", facts={"alert": alert.pk})
    _end(alert, disposition, actor=actor, now=now)
    case_number = disposition.case_number.strip()
    _write_on(hit, disposition_note=disposition.note.strip(), disposition_case_number=case_number)
    count_finding(hit=hit, finding=disposition.finding, now=now)
    _follow_up(alert, hit, disposition, actor=actor, now=now)
    details = {
        "read": str(hit.read_id),
        "finding": disposition.finding.value,
        "action": disposition.action.value,
        "basis": alert.basis,
        "case": case_number,
    }
    return record_change(Kind.ALERT_DISPOSED, alert=alert, actor=actor, now=now, details=details)


def latest_verification(alert: Alert, hit: Hit) -> Verification | None:
    """Return the verification that counts; None while *alert* is unverified."""
    if alert.verified_at is None:
        return None
    return Verification(
        Comparison(alert.characters),
        Comparison(alert.state),
        StatusCheck(alert.status_check),
        hit.status_check_note,
        StatusReason(alert.status_reason) if alert.status_reason else None,
    )


def _lock(alert: Alert) -> Alert:
    """Return *alert* as it is now, and let nobody else change it until this transaction ends."""
    return Alert.objects.select_for_update().get(pk=alert.pk)


def _visible_hit(alert: Alert, *, now: datetime) -> Hit:
    hit = hit_of(alert, parameters=parameters_at(now), now=now)
    if hit is None:
        raise HitGoneError("The day of this alert is over and its hit is gone: nothing was recorded.")
    return hit


def _verification_facts(
    alert: Alert, hit: Hit, verification: Verification, *, actor: Actor, now: datetime
) -> looking.VerificationFacts:
    own = blind.look_of(hit, actor)
    return looking.VerificationFacts(
        verification=verification,
        opened_by=blind.openers_of(alert),
        is_disposed=alert.disposed_at is not None,
        first_look=own.outcome if own else None,
        asks_first_look=parameters_at(now).flag("hits.blind_first_look"),
    )


def _outcome(verification: Verification) -> dict[str, str]:
    is_unchecked = verification.status_check is StatusCheck.NOT_POSSIBLE
    reason = verification.status_reason if is_unchecked else None
    return {
        "characters": verification.characters.value,
        "state": verification.state.value,
        "status_check": verification.status_check.value,
        "status_reason": reason.value if reason else "",
    }


def _disposition_facts(alert: Alert, hit: Hit, disposition: Disposition) -> policy.DispositionFacts:
    return policy.DispositionFacts(
        verification=latest_verification(alert, hit),
        finding=disposition.finding,
        action=disposition.action,
        case_number=disposition.case_number,
        is_disposed=alert.disposed_at is not None,
        kept_in=case_that_has(alert),
    )


def _end(alert: Alert, disposition: Disposition, *, actor: Actor, now: datetime) -> None:
    alert.disposed_at, alert.disposed_by_id = now, int(actor.id)
    alert.finding, alert.action_taken = disposition.finding.value, disposition.action.value
    rests_on = disposition.basis if disposition.action.touches_someone else None
    alert.basis = rests_on.value if rests_on else ""
    alert.save(update_fields=["disposed_at", "disposed_by", "finding", "action_taken", "basis"])


def _follow_up(alert: Alert, hit: Hit, disposition: Disposition, *, actor: Actor, now: datetime) -> None:
    """Take the hit into its case, and keep a wrong entry from alerting again, where the disposition asks for it."""
    must_keep, number = disposition.action.touches_someone, disposition.case_number
    _preserve(alert, hit, number, must_keep=must_keep, actor=actor, now=now)
    if disposition.finding.blames_entry:
        try:
            suppress_hit(alert=alert, hit=hit, finding=disposition.finding, actor=actor, now=now)
        except KeyUnavailable as error:
            raise PreservationError(
                "The key of the register cannot be used, so the wrong entry cannot be kept from alerting, and nothing "
                "was recorded. Tell your administrator."
            ) from error


def _preserve(
    alert: Alert, hit: Hit, case_number: str, *, must_keep: bool = False, actor: Actor, now: datetime
) -> None:
    """Copy the hit into its case as it now stands, if it must be kept or a case has it already."""
    if not must_keep and not case_that_has(alert):
        return
    try:
        preserve_hit(alert=alert, hit=hit, case_number=case_number, actor=actor, now=now)
    except (KeyUnavailable, ImageUnavailable, OSError) as error:
        raise PreservationError(
            "The images of this hit cannot be opened and sealed for the case, so nothing was recorded. "
            "Tell your administrator now: the hit must be preserved before its day ends."
        ) from error


def _write_on(hit: Hit, **said: Any) -> None:
    """Write what people *said* on the hit, where it goes with its day."""
    for name, value in said.items():
        setattr(hit, name, value)
    if not Hit.objects.filter(pk=hit.pk).update(**said):
        raise HitGoneError("The day of this alert has just been purged: nothing was recorded.")
