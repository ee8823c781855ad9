"""Candidates; `candidates` is partitioned by capture day (UTC), and goes with its reads."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from platewarden.accounts.models import Agency, User
from platewarden.cameras.models import Camera


class Candidate(models.Model):
    """A match that raised no alert: which read, the entry as it stood, and how they compare.

    The read's own facts stay with the read: where that has gone, there is nothing left to judge.
    """

    pk = models.CompositePrimaryKey("agency_id", "seen_at", "id")
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING)
    seen_at = models.DateTimeField()
    id = models.UUIDField()
    read_id = models.UUIDField()
    found_at = models.DateTimeField()
    camera = models.ForeignKey(Camera, on_delete=models.DO_NOTHING)
    grade = models.CharField(max_length=32)
    comparison = models.JSONField()
    audience = ArrayField(models.CharField(max_length=40))
    is_stale = models.BooleanField()
    hotlist_name = models.CharField(max_length=80)
    snapshot_id = models.BigIntegerField()
    snapshot_effective_at = models.DateTimeField()
    entry_id = models.BigIntegerField()
    entry_plate_as_given = models.CharField(max_length=32)
    entry_state = models.CharField(max_length=2)
    entry_category = models.CharField(max_length=32)
    entry_reason = models.CharField(max_length=500)
    entry_case_number = models.CharField(max_length=40)
    entry_vehicle = models.CharField(max_length=120)
    opened_by = ArrayField(models.BigIntegerField())
    promoted_at = models.DateTimeField(null=True)
    promoted_by = models.ForeignKey(User, on_delete=models.DO_NOTHING, null=True, related_name="+")
    alert_id = models.UUIDField(null=True)

    class Meta:
        db_table = "candidates"
        managed = False
