"""Values of policy parameters as adopted: proposed by one person, approved by another, in force from a date."""

from django.db import models
from django.db.models import F, Q

from platewarden.accounts.models import User


class AdoptedValue(models.Model):
    """One value of one parameter; in force from `in_force_from` once somebody else has approved it."""

    name = models.CharField(max_length=64)
    value = models.JSONField()
    why = models.CharField(max_length=500)
    in_force_from = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "adopted_values"
        ordering = ["in_force_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="approver_is_not_proposer",
            )
        ]

    def __str__(self) -> str:
        return self.name
