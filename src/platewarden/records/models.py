"""Requests for records by whoever is no law-enforcement or prosecutorial agency, and by courts."""

from django.db import models

from platewarden.accounts.models import Agency, User
from platewarden.policy.records import RecordsFacts, RecordsKind


class RecordsRequest(models.Model):
    """One request: who asks and for what is sealed, when it came and how it was answered is not.

    Days are days of the agency's calendar, as the statute counts them; `sealed` refers to what the requester wrote.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    kind = models.CharField(max_length=16)
    received_on = models.DateField()
    answer_on = models.DateField(null=True, blank=True)
    sealed = models.CharField(max_length=96)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    acknowledged_on = models.DateField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    extended_to = models.DateField(null=True, blank=True)
    extended_because = models.CharField(max_length=500, blank=True, default="")
    answered_on = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=16, blank=True, default="")
    answer_note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "records_requests"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"records request {self.pk}"

    @property
    def facts(self) -> RecordsFacts:
        """The request as the rules look at it."""
        return RecordsFacts(
            kind=RecordsKind(self.kind),
            received_on=self.received_on,
            answer_on=self.answer_on,
            acknowledged_on=self.acknowledged_on,
            extended_to=self.extended_to,
            answered_on=self.answered_on,
        )
