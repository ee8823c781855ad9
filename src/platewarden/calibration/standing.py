"""How the daily proof stands: when it last succeeded, how the last run went, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime

from platewarden.calibration.models import CalibrationRun
from platewarden.calibration.setting_up import source_of
from platewarden.cameras.models import Camera
from platewarden.policy.calibration import is_proof_late
from platewarden.policy.parameters import Parameters
from platewarden.site.components import relative
from platewarden.site.looks import shared


@dataclass(frozen=True, slots=True)
class Standing:
    """The proof as it stands now.

    Attributes:
        is_set_up: Whether the source of rendered pictures is on the register.
        is_approved: Whether a second person has approved it.
        latest: The latest run that has finished; None before the first.
        passed: The latest that succeeded; None before the first.
        is_late: Whether that is too long ago.
        now: The moment of all of this.
    """

    is_set_up: bool
    is_approved: bool
    latest: CalibrationRun | None
    passed: CalibrationRun | None
    is_late: bool
    now: datetime

    @property
    def has_failed(self) -> bool:
        """Whether the latest run failed."""
        return self.latest is not None and not self.latest.has_passed

    @property
    def told(self) -> str:
        """When it last succeeded, in words."""
        return relative(self.passed.started_at, now=self.now) if self.passed else "never"

    @property
    def tone(self) -> str:
        """The tone of `told`."""
        if not self.is_set_up:
            return "warning"
        return "danger" if self.is_late or self.has_failed else "good"

    @property
    def note(self) -> str:
        """What is wrong and what to do; the time it took, where nothing is."""
        if not self.is_set_up:
            return "Set it up on the calibration page: nothing proves yet that the path works."
        if not self.is_approved:
            return "A second person must approve its source on the camera's page."
        if self.latest is not None and self.has_failed:
            return f"The latest run failed. {self.latest.problem}"
        if self.is_late:
            return "It is late: see whether the worker runs, and run it now on the calibration page."
        return f"From picture to alert in {self.slowest_ms / 1000:.1f} s at most."

    @property
    def slowest_ms(self) -> int:
        """Milliseconds from picture to alert, of the slowest of our plates in the latest run that succeeded."""
        return max((one["milliseconds"] for one in self.passed.plates), default=0) if self.passed else 0


@shared
def _known_of(agency_id: int) -> tuple[CalibrationRun | None, CalibrationRun | None, Camera | None]:
    """Return the latest run of the agency, the latest that succeeded, and the camera that its pictures come from."""
    runs = CalibrationRun.objects.filter(agency_id=agency_id, finished_at__isnull=False)
    return runs.first(), runs.filter(has_passed=True).first(), source_of(agency_id)


def standing_of(agency_id: int, *, parameters: Parameters, now: datetime) -> Standing:
    """Return how the proof of the agency stands at *now*."""
    latest, passed, source = _known_of(agency_id)
    return Standing(
        is_set_up=source is not None,
        is_approved=source is not None and source.is_approved,
        latest=latest,
        passed=passed,
        is_late=is_proof_late(passed.started_at if passed else None, parameters=parameters, now=now),
        now=now,
    )
