"""Every write about deployments of portable cameras: ask, authorise, end (CAP-5)."""

from datetime import datetime

from django.db import transaction

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.models import Camera, Deployment
from platewarden.ledger import actions as ledger
from platewarden.ledger.kinds import Kind
from platewarden.notices.actions import settle, tell
from platewarden.policy import deployments as policy
from platewarden.policy.actor import Actor, Role
from platewarden.policy.capture import CameraKind
from platewarden.policy.decision import require
from platewarden.policy.deployments import Period
from platewarden.policy.notices import NoticeKind


@transaction.atomic
def ask_deployment(
    *,
    camera: Camera,
    place: str,
    latitude: float,
    longitude: float,
    heading_degrees: int | None,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Deployment:
    """Ask that *camera* be set up at a place for a time; it is deployed once a second person has authorised it.

    Raises:
        PolicyRefusal: *actor* may not, the camera is not portable, or it is elsewhere in that time.
        LedgerUnavailable: It cannot be recorded, so nothing is asked for.
    """
    Camera.objects.select_for_update().get(pk=camera.pk)  # it is asked for one deployment at a time
    asked = Period(starts_at, ends_at)
    decision = policy.may_ask_deployment(
        actor,
        kind=CameraKind(camera.kind),
        asked=asked,
        others=[Period(one.starts_at, one.ends_at) for one in camera.deployments.filter(ended_at=None)],
        parameters=parameters_at(now),
        now=now,
    )
    require(decision, action="deployment.ask")
    deployment = Deployment.objects.create(
        camera=camera,
        place=place.strip(),
        latitude=latitude,
        longitude=longitude,
        heading_degrees=heading_degrees,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip(),
        asked_by_id=int(actor.id),
        asked_at=now,
    )
    _record_asked(deployment, actor=actor, now=now)
    return deployment


def _record_asked(deployment: Deployment, *, actor: Actor, now: datetime) -> None:
    """Put *deployment* on the ledger as asked for, and tell those who may authorise it."""
    camera = deployment.camera
    ledger.append(
        Kind.DEPLOYMENT_ASKED,
        actor=actor,
        subject=f"camera:{camera.pk}",
        details={
            "deployment": deployment.pk,
            "place": deployment.place,
            "from": deployment.starts_at.isoformat(),
            "until": deployment.ends_at.isoformat(),
            "reason": deployment.reason,
        },
    )
    tell(
        kind=NoticeKind.DEPLOYMENT_WAITS,
        subject=f"camera:{camera.pk}",
        text=f"Somebody asks to deploy the camera {camera.name}. Authorise it on its page, or end it.",
        to_role=Role.SUPERVISOR,
        actor=actor,
        due_at=policy.authorise_by(deployment.starts_at, asked_at=now, parameters=parameters_at(now)),
        now=now,
        once_key=f"deployment:{deployment.pk}",
    )


@transaction.atomic
def authorise_deployment(*, deployment: Deployment, actor: Actor, now: datetime) -> None:
    """Let *actor* authorise *deployment*: from now on, or from its start, the camera may submit from there.

    Raises:
        PolicyRefusal: *actor* asked for it, does not approve cameras, or it is decided on or over.
        LedgerUnavailable: It cannot be recorded, so nothing is authorised.
    """
    deployment = Deployment.objects.select_for_update().get(pk=deployment.pk)
    decision = policy.may_authorise_deployment(
        actor,
        asked_by_id=str(deployment.asked_by_id),
        ends_at=deployment.ends_at,
        is_open=deployment.authorised_at is None and deployment.ended_at is None,
        now=now,
    )
    require(decision, action="deployment.authorise")
    deployment.authorised_at, deployment.authorised_by_id = now, int(actor.id)
    deployment.save(update_fields=["authorised_at", "authorised_by"])
    _settle(deployment, actor=actor, now=now)
    _record(Kind.DEPLOYMENT_AUTHORISED, deployment, actor)


@transaction.atomic
def end_deployment(*, deployment: Deployment, actor: Actor, now: datetime) -> None:
    """End *deployment*, or the request for it, at once; what is over already stays as it is.

    Raises:
        PolicyRefusal: *actor* neither keeps the register nor approves cameras.
        LedgerUnavailable: It cannot be recorded, so nothing ends.
    """
    require(policy.may_plan_deployments(actor), action="deployment.end")
    deployment = Deployment.objects.select_for_update().get(pk=deployment.pk)
    if deployment.ended_at is not None or deployment.ends_at <= now:
        return
    deployment.ended_at, deployment.ended_by_id = now, int(actor.id)
    deployment.save(update_fields=["ended_at", "ended_by"])
    _settle(deployment, actor=actor, now=now)
    _record(Kind.DEPLOYMENT_ENDED, deployment, actor)


def _settle(deployment: Deployment, *, actor: Actor, now: datetime) -> None:
    kinds = [NoticeKind.DEPLOYMENT_WAITS]
    settle(subject=f"camera:{deployment.camera_id}", kinds=kinds, actor=actor, now=now)


def _record(kind: Kind, deployment: Deployment, actor: Actor) -> None:
    subject = f"camera:{deployment.camera_id}"
    ledger.append(kind, actor=actor, subject=subject, details={"deployment": deployment.pk})
