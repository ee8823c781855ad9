"""Runs of our own plates through the path, and what they raise: nothing that anybody could be stopped on."""

from django.db import models

from platewarden.accounts.models import Agency
from platewarden.cameras.models import Camera


class CalibrationAlert(models.Model):
    """An alert of its own kind: it sounds for nobody, is in no list of alerts, and needs no verification.

    It is a table of its own, so that no page, sound, statistic or disposition can take it for an alert about a
    vehicle. It goes with the day of its read, like a hit.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    number = models.BigIntegerField(unique=True)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT)
    read_id = models.UUIDField()
    seen_at = models.DateTimeField(db_index=True)
    raised_at = models.DateTimeField()
    grade = models.CharField(max_length=32)

    class Meta:
        db_table = "calibration_alerts"
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"calibration alert {self.number}"


class CalibrationRun(models.Model):
    """One run: what became of each of our plates; `plates` holds `running.Passed` as JSON."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    started_at = models.DateTimeField()
    asked_by = models.CharField(max_length=64)
    finished_at = models.DateTimeField(null=True, blank=True)
    has_passed = models.BooleanField(default=False)
    problem = models.CharField(max_length=500, blank=True, default="")
    plates = models.JSONField(default=list)

    class Meta:
        db_table = "calibration_runs"
        ordering = ["-started_at"]
        indexes = [
            models.Index(
                fields=["agency", "-started_at"], condition=models.Q(has_passed=True), name="runs_that_passed"
            )
        ]

    def __str__(self) -> str:
        return f"calibration run {self.pk}"
