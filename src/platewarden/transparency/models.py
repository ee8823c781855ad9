"""Figures by month, as measured and as published, and what the portal says of the present moment."""

from django.db import models
from django.db.models import F, Q

from platewarden.accounts.models import Agency, User


class MonthlyFigures(models.Model):
    """One month, plate-free: `counts` as measured once and for all, `published` as the public sees them.

    Once a row is there, its counts stay; once it is published, everything of it does: the database sees to it.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    month = models.DateField()
    counts = models.JSONField()
    measured_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published = models.JSONField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entry = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "transparency_months"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "month"], name="figures_once_a_month"),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | (Q(reviewed_by__isnull=False) & ~Q(published_by=F("reviewed_by"))),
                name="publisher_is_not_reviewer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class PresentState(models.Model):
    """What the portal says of the present moment, measured by the timer: readers cost the database nothing."""

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, primary_key=True)
    facts = models.JSONField()
    measured_at = models.DateTimeField()

    class Meta:
        db_table = "transparency_state"

    def __str__(self) -> str:
        return f"state at {self.measured_at:%Y-%m-%d %H:%M}"


class PortalCheck(models.Model):
    """One quarterly check that the portal says what is so."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    found = models.TextField(max_length=2000)

    class Meta:
        db_table = "transparency_checks"
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"check of {self.at:%Y-%m-%d}"
