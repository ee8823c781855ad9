"""Endpoints that two people set up, and what was sent to them."""

from django.db import models
from django.db.models import F, Q

from platewarden.accounts.models import Agency, User


class Endpoint(models.Model):
    """Where messages go; nothing is sent before a second person has adopted it, nor after it was withdrawn.

    The key that signs lies in a file of the keys folder, never in the database.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    adopted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "webhook_endpoints"
        ordering = ["-proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(adopted_by__isnull=True) | ~Q(adopted_by=F("proposed_by")),
                name="adopter_is_not_proposer",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        """Whether messages go there."""
        return self.adopted_at is not None and self.withdrawn_at is None


class Delivery(models.Model):
    """One message to one endpoint; its id and its body stay the same however often it is sent."""

    id = models.UUIDField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.CharField(max_length=24)
    alert_id = models.UUIDField(null=True, blank=True)
    body = models.TextField()
    created_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True, default="")
    delivered_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "webhook_deliveries"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["alert_id"], name="deliveries_by_alert"),
            models.Index(
                fields=["created_at"],
                condition=Q(delivered_at=None, dead_at=None),
                name="deliveries_on_their_way",
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
