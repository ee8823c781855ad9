"""The clock as the purge last saw it, and the standing authorisation to destroy."""

from django.db import models

from platewarden.accounts.models import Agency, User


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


class Authorisation(models.Model):
    """The administrator's standing authorisation to destroy what is past its day (RET-4); `entry` is on the ledger."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    statement = models.CharField(max_length=500)
    entry = models.BigIntegerField()

    class Meta:
        db_table = "destruction_authorisations"
        ordering = ["-given_at", "-pk"]

    def __str__(self) -> str:
        return f"authorisation {self.pk}"
