"""Whether cameras may submit: what the policy looks at, taken from the register, in few look-ups for many cameras."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from platewarden.adoption.in_force import parameters_at
from platewarden.cameras.credentials import IS_LIVE
from platewarden.cameras.models import Camera, Deployment, FieldOfViewStatement
from platewarden.policy.capture import CameraFacts, CameraKind, DeploymentFacts
from platewarden.policy.deployments import Period, period_in_force
from platewarden.site.prepared import fetched


class _InBrief(NamedTuple):
    """No more of an approved statement than the rules look at: every delivery waits for it."""

    deployment_id: int | None
    signed_at: datetime
    still: str


class _Standing(NamedTuple):
    """How a camera stands at this moment, whatever was known of it before its delivery had come in whole."""

    is_known: bool
    is_approved: bool
    moved_at: datetime | None
    found_moved_at: datetime | None


Stated = TypeVar("Stated", FieldOfViewStatement, _InBrief)


def camera_facts(camera: Camera, *, now: datetime) -> CameraFacts:
    """Return what the policy looks at before *camera* may submit."""
    return facts_of([camera], now=now)[camera.pk]


def facts_of(cameras: Iterable[Camera], *, now: datetime) -> dict[int, CameraFacts]:
    """Return what the policy looks at, by the id of each of *cameras*, which learn when they were last moved."""
    cameras = list(cameras)
    standing, statements = _standing_and_stated(cameras, now=now)
    deployments = _late_deployments(cameras, now=now)
    facts = {}
    for camera in cameras:
        held = standing[camera.pk]
        camera.moved_at, camera.found_moved_at = held.moved_at, held.found_moved_at
        signed = _signed(camera, statements[camera.pk])
        facts[camera.pk] = CameraFacts(
            is_approved=held.is_approved,
            is_credential_revoked=not held.is_known,
            statement_signed_at=signed.get(None),
            kind=CameraKind(camera.kind),
            deployments=tuple(
                DeploymentFacts(period.starts_at, period.ends_at, signed.get(deployment.pk))
                for deployment, period in deployments[camera.pk]
            ),
            is_found_moved=_is_found_moved(camera, statements[camera.pk]),
        )
    return facts


def last_move(camera: Camera) -> datetime | None:
    """Return when *camera* was last moved, as far as anybody knows: as it was said, or as it was found."""
    return max((at for at in (camera.moved_at, camera.found_moved_at) if at), default=None)


def _is_found_moved(camera: Camera, statements: Iterable[_InBrief]) -> bool:
    """Whether *camera* was found to have moved, and nothing else has been said or approved of it since."""
    found_at = camera.found_moved_at
    if found_at is None or (camera.moved_at is not None and camera.moved_at >= found_at):
        return False
    return not counting_statement(camera, statements)


def approved_statements(cameras: Iterable[Camera]) -> dict[int, list[FieldOfViewStatement]]:
    """Return the statements that a second person has approved, by camera, the oldest first."""
    approved = FieldOfViewStatement.objects.filter(camera__in=list(cameras), approved_at__isnull=False)
    found: dict[int, list[FieldOfViewStatement]] = defaultdict(list)
    for statement in approved.select_related("signed_by", "approved_by").order_by("signed_at", "id"):
        found[statement.camera_id].append(statement)
    return found


_STANDING_AND_STATED: Final = f"""
SELECT cameras.id, EXISTS (SELECT FROM camera_credentials WHERE camera_id = cameras.id AND {IS_LIVE}),
    cameras.approved_at IS NOT NULL AND cameras.suspended_at IS NULL, cameras.moved_at, cameras.found_moved_at,
    stated.deployment_id, stated.signed_at, stated.still
FROM cameras
LEFT JOIN field_of_view_statements stated ON stated.camera_id = cameras.id AND stated.approved_at IS NOT NULL
WHERE cameras.id = ANY (%s::bigint[])
ORDER BY stated.signed_at, stated.id
"""  # noqa: S608 - our own words; values are parameters


def _standing_and_stated(
    cameras: Iterable[Camera], *, now: datetime
) -> tuple[dict[int, _Standing], dict[int, list[_InBrief]]]:
    """Return how each of *cameras* stands, and its approved statements, the oldest first; both by its id."""
    standing, stated = {}, defaultdict(list)
    for number, is_known, is_approved, moved_at, found_moved_at, *statement in fetched(
        _STANDING_AND_STATED, [now, now, [one.pk for one in cameras]]
    ):
        standing[number] = _Standing(is_known, is_approved, moved_at, found_moved_at)
        if statement[1] is not None:
            stated[number].append(_InBrief(*statement))
    return standing, stated


def counting_statement(camera: Camera, statements: Iterable[Stated]) -> dict[int | None, Stated]:
    """Return of approved *statements*, the oldest first, the one that counts, by deployment; None for none.

    One from before the camera was moved does not count, nor one without a still where there is a lens.
    """
    moved_at = last_move(camera)
    return {
        statement.deployment_id: statement
        for statement in statements
        if (moved_at is None or statement.signed_at > moved_at)
        and (statement.still or camera.kind == CameraKind.RENDERED)
    }


def _signed(camera: Camera, statements: Iterable[_InBrief]) -> dict[int | None, datetime]:
    counting = counting_statement(camera, statements)
    return {deployment: statement.signed_at for deployment, statement in counting.items()}


def period_of(deployment: Deployment) -> Period | None:
    """Return when *deployment* is in force; None where it never is."""
    asked = Period(deployment.starts_at, deployment.ends_at)
    return period_in_force(asked, authorised_at=deployment.authorised_at, ended_at=deployment.ended_at)


def deployment_at(camera: Camera, moment: datetime) -> Deployment | None:
    """Return the deployment of *camera* that is in force at *moment*; None where it is not deployed."""
    for deployment in camera.deployments.all():
        period = period_of(deployment)
        if period is not None and period.holds(moment):
            return deployment
    return None


def place_at(camera: Camera, moment: datetime) -> tuple[float | None, float | None]:
    """Return latitude and longitude of where *camera* stood at *moment*, as far as the register knows."""
    where: Camera | Deployment = camera
    if camera.kind == CameraKind.PORTABLE:
        where = deployment_at(camera, moment) or camera
    return where.latitude, where.longitude


def place_name_at(camera: Camera, moment: datetime) -> str:
    """Return what people call the place where *camera* stood at *moment*."""
    if camera.kind == CameraKind.PORTABLE and (deployment := deployment_at(camera, moment)):
        return deployment.place
    return camera.place


def _late_deployments(
    cameras: Iterable[Camera], *, now: datetime
) -> dict[int, list[tuple[Deployment, Period]]]:
    """Return deployments in force, or ended so lately that reads may still come in, by camera."""
    found: dict[int, list[tuple[Deployment, Period]]] = defaultdict(list)
    portable = [camera for camera in cameras if camera.kind == CameraKind.PORTABLE]
    if not portable:
        return found
    since = now - parameters_at(now).hours("capture.deployment_delivery_hours")
    asked = Deployment.objects.filter(
        camera__in=portable, authorised_at__isnull=False, starts_at__lte=now, ends_at__gt=since
    )
    for deployment in asked.order_by("starts_at"):
        period = period_of(deployment)
        if period and period.starts_at <= now and since < period.ends_at:
            found[deployment.camera_id].append((deployment, period))
    return found
