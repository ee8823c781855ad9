"""Every write about statements of what a camera sees: sign, look, approve, decline; and the end of a still's time."""

import hashlib
from datetime import datetime

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras import device_stills, stills
from platewarden.cameras.models import Camera, DeviceStill, FieldOfViewStatement, Settled, StillLook
from platewarden.cameras.moves import settle_findings
from platewarden.cameras.seeing import forget_fingerprint, keep_fingerprint
from platewarden.cameras.standing import approved_statements, deployment_at, last_move
from platewarden.images.store import Shelf, image_store
from platewarden.images.sweeping import sweep
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import statements as policy
from platewarden.policy import stills as stills_policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import require
from platewarden.policy.notices import NoticeKind
from platewarden.policy.rights import Right, may


def sign_statement(
    *, camera: Camera, text: str, still: bytes, actor: Actor, now: datetime, is_sent_used: bool = False
) -> FieldOfViewStatement:
    """Let *actor* sign what *camera* sees, with a *still* of it; it holds once a second person has approved it.

    Of a portable camera it belongs to the deployment in force. The still is made plain and sealed first; where
    *is_sent_used* and there is none, it is the one that the camera's device sent, which was both before.

    Raises:
        PolicyRefusal: *actor* may not, or something is missing.
        ImageError: The still is no picture that we accept; the message says why.
        LedgerUnavailable: It cannot be recorded, so nothing is signed.
    """
    kind = CameraKind(camera.kind)
    deployment = deployment_at(camera, now) if kind is CameraKind.PORTABLE else None
    is_from_device = is_sent_used and not still
    decision = policy.may_sign_statement(
        actor,
        kind=kind,
        text=text,
        has_still=bool(still) or is_from_device,
        is_deployed=deployment is not None,
    )
    require(decision, action="statement.sign")
    picture, painted = stills.prepared(still) if still else (b"", 0)
    with transaction.atomic():
        camera = Camera.objects.select_for_update().get(
            pk=camera.pk
        )  # signing and moving come one after the other
        sent = None
        if is_from_device:
            sent, picture = _sent_still(camera, actor=actor, now=now)
            painted = sent.painted
        statement = FieldOfViewStatement.objects.create(
            camera=camera, deployment=deployment, text=text.strip(), signed_by_id=int(actor.id), signed_at=now
        )
        if picture:
            statement.still = stills.seal(statement, picture)
            statement.save(update_fields=["still"])
            keep_fingerprint(statement, picture)
        if sent is not None:
            sent.statement = statement
            device_stills.destroy(sent)
        ledger.append(
            Kind.STATEMENT_SIGNED,
            actor=actor,
            subject=f"camera:{camera.pk}",
            details={
                "statement": statement.pk,
                "deployment": deployment.pk if deployment else None,
                "still": hashlib.sha256(picture).hexdigest() if picture else "",
                "plates_painted_over": painted,
                "device_still": sent.pk if sent else None,
            },
        )
        _tell_approvers(statement, actor=actor, now=now)
    return statement


def _sent_still(camera: Camera, *, actor: Actor, now: datetime) -> tuple[DeviceStill, bytes]:
    """Return the still that the device of *camera* sent, and its picture; raises PolicyRefusal where there is none."""
    sent = device_stills.still_waiting(camera, now=now)
    picture = device_stills.unsealed(sent) if sent else None
    has_looked = sent is not None and device_stills.has_looked(sent, actor)
    decision = stills_policy.may_use_still(actor, is_waiting=picture is not None, has_looked=has_looked)
    require(decision, action="statement.sign")
    assert sent is not None
    assert picture is not None
    return sent, picture


def _tell_approvers(statement: FieldOfViewStatement, *, actor: Actor, now: datetime) -> None:
    text = f"What the camera {statement.camera.name} sees is signed. Look at its picture, and approve or decline it."
    tell(
        kind=NoticeKind.STATEMENT_WAITS,
        subject=f"camera:{statement.camera_id}",
        text=text,
        to_role=Role.SUPERVISOR,
        actor=actor,
        now=now,
        once_key=f"statement:{statement.pk}",
    )


@transaction.atomic
def look_at_still(*, statement: FieldOfViewStatement, actor: Actor, now: datetime) -> bytes | None:
    """Return the still of *statement* for *actor* to look at; None where it cannot be shown. The look is an entry.

    Raises:
        PolicyRefusal: *actor* may not look at stills.
        LedgerUnavailable: It cannot be recorded, so it is not shown.
    """
    require(may(actor, Right.SEE_STILLS), action="statement.look")
    still = stills.unsealed(statement)
    if still is not None:
        StillLook.objects.get_or_create(statement=statement, user_id=int(actor.id), defaults={"at": now})
    ledger.append(
        Kind.STILL_OPENED,
        actor=actor,
        subject=f"camera:{statement.camera_id}",
        details={"statement": statement.pk, "shown": still is not None},
    )
    return still


@transaction.atomic
def approve_statement(*, statement: FieldOfViewStatement, actor: Actor, now: datetime) -> None:
    """Let *actor* approve *statement*: the camera may submit under it, also where it was suspended before.

    Raises:
        PolicyRefusal: *actor* signed it, registered the camera, has not looked at the still, or it is too late.
        LedgerUnavailable: It cannot be recorded, so nothing is approved.
    """
    camera = Camera.objects.select_for_update().get(pk=statement.camera_id)
    statement.refresh_from_db()
    has_looked = not statement.still or statement.looks.filter(user_id=_account(actor)).exists()
    decision = policy.may_approve_statement(
        actor,
        registered_by_id=str(camera.registered_by_id),
        signed_by_id=str(statement.signed_by_id),
        signed_at=statement.signed_at,
        is_waiting=is_waiting(statement, camera),
        has_looked=has_looked,
        parameters=parameters_at(now),
        now=now,
    )
    require(decision, action="camera.approve")
    statement.approved_at, statement.approved_by_id = now, int(actor.id)
    statement.save(update_fields=["approved_at", "approved_by"])
    camera.approved_at, camera.approved_by_id, camera.suspended_at = now, int(actor.id), None
    camera.save(update_fields=["approved_at", "approved_by", "suspended_at"])
    _settle(camera, actor=actor, now=now)
    settle_findings(camera, as_=Settled.SIGNED, actor=actor, now=now, known_at=statement.signed_at)
    ledger.append(
        Kind.CAMERA_APPROVED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={"statement": statement.pk},
    )


@transaction.atomic
def decline_statement(*, statement: FieldOfViewStatement, why: str, actor: Actor, now: datetime) -> None:
    """Let *actor* decline *statement*, and say why: what the camera sees is to be changed, or signed anew.

    Raises:
        PolicyRefusal: *actor* does not approve cameras, or it was decided on before.
        LedgerUnavailable: It cannot be recorded, so nothing changes.
    """
    camera = Camera.objects.select_for_update().get(pk=statement.camera_id)
    statement.refresh_from_db()
    decision = policy.may_decline_statement(actor, is_waiting=is_waiting(statement, camera))
    require(decision, action="statement.decline")
    statement.declined_at, statement.declined_by_id, statement.declined_why = now, int(actor.id), why.strip()
    statement.save(update_fields=["declined_at", "declined_by", "declined_why"])
    _settle(camera, actor=actor, now=now)
    ledger.append(
        Kind.STATEMENT_DECLINED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={"statement": statement.pk, "why": statement.declined_why},
    )


def is_waiting(statement: FieldOfViewStatement, camera: Camera) -> bool:
    """Whether *statement* waits for a second person, and the camera still stands as it says."""
    is_open = statement.approved_at is None and statement.declined_at is None
    moved_at = last_move(camera)
    return is_open and (moved_at is None or statement.signed_at > moved_at)


def destroy_old_stills(*, now: datetime) -> int:
    """Destroy stills whose statements ended longer ago than they are kept; return how many.

    A statement ends when a later one takes its place, when it is declined, or when its year is over.
    """
    parameters = parameters_at(now)
    limit = now - parameters.days("capture.still_keep_days")
    valid = parameters.days("capture.statement_valid_days")
    destroyed = 0
    for statement in FieldOfViewStatement.objects.exclude(still="").filter(signed_at__lte=limit):
        if _ended_at(statement, statement.signed_at + valid) > limit:
            continue
        stills.destroy(statement)
        forget_fingerprint(statement)
        statement.still, statement.still_destroyed_at = "", now
        statement.save(update_fields=["still", "still_destroyed_at"])
        destroyed += 1
    kept = FieldOfViewStatement.objects.values_list("pk", "still")
    sweep(image_store(), Shelf.of_statement, {key: [still] if still else [] for key, still in kept}, now=now)
    return destroyed


def _ended_at(statement: FieldOfViewStatement, year_over_at: datetime) -> datetime:
    later = approved_statements([statement.camera])[statement.camera_id]
    next_at = (
        each.approved_at for each in later if each.signed_at > statement.signed_at and each.approved_at
    )
    return min([year_over_at, *next_at, *([statement.declined_at] if statement.declined_at else [])])


def _settle(camera: Camera, *, actor: Actor, now: datetime) -> None:
    subject = f"camera:{camera.pk}"
    settle(subject=subject, kinds=[NoticeKind.STATEMENT_WAITS], actor=actor, now=now)


def _account(actor: Actor) -> int:
    return int(actor.id) if actor.is_person and actor.id.isdecimal() else 0
