"""The clock as the purge last saw it."""

from django.db import models


class PurgeClock(models.Model):
    """When the purge last ran, so that a clock that jumps forward destroys nothing (one row)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last_seen_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "purge_clock"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_purge_clock")]

    def __str__(self) -> str:
        return "purge clock"
