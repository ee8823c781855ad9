"""Secret addresses of calendars, and who has looked at them; no duty is ever typed in or kept here."""

from django.db import models
from django.db.models import Q

from platewarden.accounts.models import User


class CalendarAddress(models.Model):
    """The digest of the secret in one person's calendar address; whoever holds the secret sees that person's duties."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calendar_addresses")
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "calendar_addresses"
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at__isnull=True), name="one_live_calendar_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"


class CalendarLook(models.Model):
    """One look at a calendar from one network address; without `calendar` the secret was nobody's."""

    calendar = models.ForeignKey(
        CalendarAddress, on_delete=models.CASCADE, null=True, blank=True, related_name="looks"
    )
    address = models.CharField(max_length=45)
    network = models.CharField(max_length=49, blank=True, default="")  # what looks are counted by
    at = models.DateTimeField()

    class Meta:
        db_table = "calendar_looks"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["network", "at"], name="calendar_looks_of_network")]

    def __str__(self) -> str:
        return f"look {self.pk}"
