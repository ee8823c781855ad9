"""What the camera pages show: whether each camera may submit, and whether it does."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Sum

from platewarden.cameras.credentials import newest_live
from platewarden.cameras.models import Camera, CameraCredential, Deployment, FieldOfViewStatement
from platewarden.cameras.standing import (
    approved_statements,
    counting_statement,
    facts_of,
    last_move,
    period_of,
)
from platewarden.cameras.statements import is_waiting
from platewarden.policy.capture import FOUND_MOVED, CameraKind, may_submit
from platewarden.policy.decision import Decision
from platewarden.policy.deployments import Period
from platewarden.policy.parameters import Parameters
from platewarden.reads.models import ReadCount
from platewarden.site.components import Badge

DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class CameraSheet:
    """One camera as it stands now.

    Attributes:
        camera: The camera.
        decision: Whether it may submit, and if not, why.
        statement: The approved statement that counts where it stands, lapsed or not; None where there is none.
        statement_until: When that lapses.
        renew_from: From when on people are told to renew it.
        was_signed: Whether any statement of it was ever approved.
        waiting: The latest statement that waits for a second person.
        deployment: Of a portable camera: the deployment in force.
        credential: The newest credential by which it is known now.
        reads_24h: How many reads it submitted in the hours of the last day.
        state_unknown_24h: How many of them came without a state.
        last_hour: The start of the last hour in which it submitted any.
        now: The moment of all of this.
    """

    camera: Camera
    decision: Decision
    statement: FieldOfViewStatement | None
    statement_until: datetime | None
    renew_from: datetime | None
    was_signed: bool
    waiting: FieldOfViewStatement | None
    deployment: Deployment | None
    credential: CameraCredential | None
    reads_24h: int
    state_unknown_24h: int
    last_hour: datetime | None
    now: datetime

    @property
    def is_statement_in_force(self) -> bool:
        """Whether the statement still holds (CAP-1)."""
        return self.statement_until is not None and self.now < self.statement_until

    @property
    def renews_soon(self) -> bool:
        """Whether it is time to renew the statement."""
        return self.renew_from is not None and self.is_statement_in_force and self.renew_from <= self.now

    @property
    def obstacle(self) -> str:
        """Why the camera cannot submit, in two words; empty when it can."""
        if self.decision.allowed:
            return ""
        if self.camera.suspended_at is not None:
            return "Suspended"
        if self.camera.approved_at is None:
            return "Not approved"
        if self.camera.kind == CameraKind.PORTABLE and self.deployment is None:
            return "Not deployed"
        return self._lacks_statement or "No credential"

    @property
    def _lacks_statement(self) -> str:
        if self.is_statement_in_force:
            return ""
        if self.statement is not None:
            return "Statement lapsed"
        if self.decision == FOUND_MOVED:
            return "Found elsewhere"
        has_moved = self.was_signed and last_move(self.camera) is not None
        return "Moved, not signed anew" if has_moved else "No statement"

    @property
    def unknown_share(self) -> int:
        """Reads without a state, in percent."""
        return round(100 * self.state_unknown_24h / self.reads_24h) if self.reads_24h else 0


def sheets_of(cameras: Iterable[Camera], *, parameters: Parameters, now: datetime) -> list[CameraSheet]:
    """Return *cameras* as sheets, in their order, in a fixed number of look-ups however many there are."""
    cameras = list(cameras)
    facts, approved = facts_of(cameras, now=now), approved_statements(cameras)
    waiting, deployed = waiting_statements(cameras), _deployed(cameras, now=now)
    counts = ReadCount.objects.filter(camera__in=cameras, reads__gt=0).values("camera_id").order_by()
    last_hours = dict(counts.annotate(last=Max("hour")).values_list("camera_id", "last"))
    recent = counts.filter(hour__gt=now - DAY).annotate(all=Sum("reads"), unknown=Sum("state_unknown"))
    by_camera = {row["camera_id"]: (row["all"], row["unknown"]) for row in recent}
    credentials = newest_live(cameras, now=now)
    valid = parameters.days("capture.statement_valid_days")
    notice = parameters.days("accounts.duty_notice_days")
    sheets = []
    for camera in cameras:
        deployment = deployed.get(camera.pk)
        counting = counting_statement(camera, approved[camera.pk])
        found = counting.get(deployment.pk if deployment else None)
        until = found.signed_at + valid if found else None
        reads, unknown = by_camera.get(camera.pk, (0, 0))
        sheets.append(
            CameraSheet(
                camera=camera,
                decision=may_submit(facts[camera.pk], parameters=parameters, now=now),
                statement=found,
                statement_until=until,
                renew_from=until - notice if until else None,
                was_signed=bool(approved[camera.pk]),
                waiting=waiting.get(camera.pk),
                deployment=deployment,
                credential=credentials.get(camera.pk),
                reads_24h=reads,
                state_unknown_24h=unknown,
                last_hour=last_hours.get(camera.pk),
                now=now,
            )
        )
    return sheets


def waiting_statements(cameras: list[Camera]) -> dict[int, FieldOfViewStatement]:
    """Return the latest statement of each of *cameras* that waits for a second person, by the camera's id."""
    by_id = {camera.pk: camera for camera in cameras}
    undecided = FieldOfViewStatement.objects.filter(
        camera__in=cameras, approved_at__isnull=True, declined_at__isnull=True
    )
    return {
        statement.camera_id: statement
        for statement in undecided.select_related("signed_by", "deployment").order_by("signed_at", "id")
        if is_waiting(statement, by_id[statement.camera_id])
    }


def _deployed(cameras: list[Camera], *, now: datetime) -> dict[int, Deployment]:
    current = Deployment.objects.filter(camera__in=cameras, starts_at__lte=now, ends_at__gt=now)
    return {
        deployment.camera_id: deployment
        for deployment in current.select_related("authorised_by")
        if (period := period_of(deployment)) is not None and period.holds(now)
    }


@dataclass(frozen=True, slots=True)
class DeploymentLine:
    """One deployment as the page of its camera shows it."""

    deployment: Deployment
    period: Period | None
    now: datetime

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for a second person."""
        return self.deployment.authorised_at is None and self.can_end

    @property
    def can_end(self) -> bool:
        """Whether there is something left to end."""
        return self.deployment.ended_at is None and self.now < self.deployment.ends_at

    @property
    def badge(self) -> Badge:
        """Where it stands."""
        if self.is_waiting:
            return Badge("Waits for a second person", "warning", "clock")
        if self.period is None:
            return Badge("Never authorised", "quiet")
        if self.period.holds(self.now):
            return Badge("Deployed now", "good", "check")
        return Badge("Over", "quiet") if self.period.ends_at <= self.now else Badge("Ahead", "plain", "clock")


def deployments_of(camera: Camera, *, now: datetime) -> list[DeploymentLine]:
    """Return the deployments of *camera*, the latest first."""
    people = ("asked_by", "authorised_by", "ended_by")
    found = Deployment.objects.filter(camera=camera).select_related(*people)
    return [DeploymentLine(deployment, period_of(deployment), now) for deployment in found[:200]]


def standing_now(sheet: CameraSheet) -> Camera:
    """Return the camera of *sheet* with the place where it stands now, for a map; a portable one as deployed."""
    camera = copy(sheet.camera)
    if camera.kind == CameraKind.PORTABLE:
        where = sheet.deployment
        camera.latitude, camera.longitude = (where.latitude, where.longitude) if where else (None, None)
    return camera


def hours_of(camera: Camera, *, now: datetime) -> list[ReadCount]:
    """Return the counts of the hours of the last day in which *camera* submitted anything, the newest first."""
    return list(ReadCount.objects.filter(camera=camera, hour__gt=now - DAY).order_by("-hour"))
