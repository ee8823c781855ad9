"""What the camera pages show: whether each camera may submit, and whether it does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max, Sum

from platewarden.cameras.credentials import newest_live
from platewarden.cameras.models import Camera, CameraCredential, FieldOfViewStatement
from platewarden.policy.parameters import Parameters
from platewarden.reads.models import ReadCount
from platewarden.site.components import Badge

DAY: Final = timedelta(hours=24)
RENEW_WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CameraSheet:
    """One camera as it stands now.

    Attributes:
        camera: The camera.
        statement: Its latest field-of-view statement.
        statement_until: When that lapses.
        credential: The newest credential by which it is known now.
        reads_24h: How many reads it submitted in the hours of the last day.
        state_unknown_24h: How many of them came without a state.
        last_hour: The start of the last hour in which it submitted any.
        now: The moment of all of this.
    """

    camera: Camera
    statement: FieldOfViewStatement | None
    statement_until: datetime | None
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
        """Whether the statement lapses within a month."""
        return self.statement_until is not None and self.now < self.statement_until <= self.now + RENEW_WITHIN

    @property
    def obstacle(self) -> str:
        """Why the camera cannot submit; empty when it can."""
        if self.camera.suspended_at is not None:
            return "Suspended"
        if self.camera.approved_at is None:
            return "Not approved"
        if not self.is_statement_in_force:
            return "Statement lapsed"
        return "" if self.credential else "No credential"

    @property
    def badge(self) -> Badge:
        """Whether it works; a camera that says nothing is never called healthy."""
        if self.obstacle:
            return Badge(self.obstacle, "warning", "warning")
        if not self.reads_24h:
            return Badge("No reads in 24 h", "warning", "question")
        return Badge("Submitting", "plain", "check")

    @property
    def unknown_share(self) -> int:
        """Reads without a state, in percent."""
        return round(100 * self.state_unknown_24h / self.reads_24h) if self.reads_24h else 0


def sheets_of(cameras: Iterable[Camera], *, parameters: Parameters, now: datetime) -> list[CameraSheet]:
    """Return *cameras* as sheets, in their order, in four look-ups however many there are."""
    cameras = list(cameras)
    statements: dict[int, FieldOfViewStatement] = {}
    for statement in FieldOfViewStatement.objects.filter(camera__in=cameras).order_by("signed_at"):
        statements[statement.camera_id] = statement
    counts = ReadCount.objects.filter(camera__in=cameras, reads__gt=0).values("camera_id").order_by()
    last_hours = dict(counts.annotate(last=Max("hour")).values_list("camera_id", "last"))
    recent = counts.filter(hour__gt=now - DAY).annotate(all=Sum("reads"), unknown=Sum("state_unknown"))
    by_camera = {row["camera_id"]: (row["all"], row["unknown"]) for row in recent}
    valid = parameters.days("capture.statement_valid_days")
    credentials = newest_live(cameras, now=now)
    return [
        CameraSheet(
            camera=camera,
            statement=(found := statements.get(camera.pk)),
            statement_until=found.signed_at + valid if found else None,
            credential=credentials.get(camera.pk),
            reads_24h=by_camera.get(camera.pk, (0, 0))[0],
            state_unknown_24h=by_camera.get(camera.pk, (0, 0))[1],
            last_hour=last_hours.get(camera.pk),
            now=now,
        )
        for camera in cameras
    ]


def hours_of(camera: Camera, *, now: datetime) -> list[ReadCount]:
    """Return the counts of the hours of the last day in which *camera* submitted anything, the newest first."""
    return list(ReadCount.objects.filter(camera=camera, hour__gt=now - DAY).order_by("-hour"))
