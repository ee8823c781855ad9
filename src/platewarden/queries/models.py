"""One row a query while its answer may be looked at again; the lasting record is the ledger's."""

from django.db import models

from platewarden.accounts.models import Agency, User


class Query(models.Model):
    """A look at past reads with its justification; its owner's only, and only until it expires."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="queries")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    purpose = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    case_number = models.CharField(max_length=40)
    requested_by = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=16)
    plate_text = models.CharField(max_length=32, blank=True, default="")
    camera_ids = models.JSONField(default=list)
    seen_from = models.DateTimeField()
    seen_until = models.DateTimeField()
    entry = models.BigIntegerField()

    class Meta:
        db_table = "queries"
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"query {self.pk}"
