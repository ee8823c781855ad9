"""One row a query while its answer may be looked at again; the lasting record is the ledger's."""

from datetime import datetime

from django.db import models

from platewarden.accounts.models import Agency, User


class Query(models.Model):
    """A look at past reads with its justification; its owner's only, and only until it expires.

    One that is held waits for somebody else: `held_for` says why, `decision` what came of it. An exigent one that was
    co-signed lacks its case number until `number_due_at` is taken away again. `run_at` is its first look: what arrived
    later is not part of its answer.
    """

    RELEASED = "released"
    DENIED = "denied"

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="queries")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    purpose = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    case_number = models.CharField(max_length=40, blank=True)
    case_standing = models.CharField(max_length=60, default="")
    requested_by = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=16)
    plate_text = models.CharField(max_length=32, blank=True, default="")
    state = models.CharField(max_length=2, blank=True, default="")
    vehicle = models.JSONField(default=dict)
    camera_ids = models.JSONField(default=list)
    area = models.JSONField(default=list)
    area_km2 = models.FloatField(default=0.0)
    seen_from = models.DateTimeField()
    seen_until = models.DateTimeField()
    most = models.PositiveIntegerField(default=0)
    entry = models.BigIntegerField()
    run_at = models.DateTimeField(null=True, blank=True)
    held_for = models.JSONField(default=list)
    decision = models.CharField(max_length=8, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision_note = models.CharField(max_length=500, blank=True, default="")
    number_due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    overdue_told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "queries"
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"query {self.pk}"

    @property
    def is_released(self) -> bool:
        """Whether nobody's decision is needed, or somebody has released it."""
        return not self.held_for or self.decision == self.RELEASED

    def is_waiting(self, now: datetime) -> bool:
        """Whether it waits for a decision at *now*."""
        return bool(self.held_for) and not self.decision and now < self.expires_at


class TakenFile(models.Model):
    """A file made of an answer: nothing of it stays here, and its taker answers for it until it is settled.

    `destroy_by` is when the oldest read in it passes its limit: by then it is in its case, or destroyed.
    """

    IN_CASE = "in case"
    DESTROYED = "destroyed"

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    query_id = models.UUIDField()
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    case_number = models.CharField(max_length=40, blank=True)
    form = models.CharField(max_length=8)
    reads = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    destroy_by = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settlement = models.CharField(max_length=12, blank=True, default="")
    entry = models.BigIntegerField()

    class Meta:
        db_table = "taken_files"
        ordering = ["-taken_at"]

    def __str__(self) -> str:
        return f"file {self.pk}"
