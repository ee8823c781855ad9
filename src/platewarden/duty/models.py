"""Shifts: who has signed on, for which areas, until when, and what they have muted meanwhile."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from platewarden.accounts.models import Agency, User


class Shift(models.Model):
    """One person's time on duty; it ends by their hand or by itself, whichever comes first.

    `areas` holds codes of areas, and is empty for all of them. `muted` is the highest priority that stays silent
    until `muted_until`; empty for none.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="shifts")
    areas = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    muted = models.CharField(max_length=8, blank=True, default="")
    muted_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "shifts"
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="one_shift_a_person"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("started_at")), name="a_shift_lasts"),
        ]

    def __str__(self) -> str:
        return f"shift {self.pk}"
