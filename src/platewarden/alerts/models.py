"""Hits and alerts.

A hit copies everything it needs from the read and the matched entry, and is kept by capture day: it goes with
its day. An alert holds only what may outlive the day - category, grade, outcome of the verification,
disposition and times - and points at its hit until the purge clears that pointer. Later reads of the same plate
that match the same entry join it: they are hits of their own, with the same `alert_id`.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from platewarden.accounts.models import Agency, User
from platewarden.cameras.models import Camera
from platewarden.reads.models import ReadFacts


class Hit(ReadFacts):
    """A match that the agency alerts on: the read's facts, the entry's facts, and how they compare."""

    pk = models.CompositePrimaryKey("agency_id", "seen_at", "id")
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING)
    seen_at = models.DateTimeField()
    id = models.UUIDField()
    alert_id = models.UUIDField()
    read_id = models.UUIDField()
    raised_at = models.DateTimeField()
    camera = models.ForeignKey(Camera, on_delete=models.DO_NOTHING)
    camera_name = models.CharField(max_length=80)
    place = models.CharField(max_length=160)
    grade = models.CharField(max_length=32)
    comparison = models.JSONField()
    hotlist_name = models.CharField(max_length=80)
    hotlist_source = models.CharField(max_length=160)
    snapshot_id = models.BigIntegerField()
    snapshot_effective_at = models.DateTimeField()
    snapshot_digest = models.CharField(max_length=64, default="")
    snapshot_layout = models.CharField(max_length=32, default="")
    is_stale = models.BooleanField()
    entry_id = models.BigIntegerField()
    entry_line = models.PositiveIntegerField(null=True)
    entry_plate_as_given = models.CharField(max_length=32)
    entry_state = models.CharField(max_length=2)
    entry_category = models.CharField(max_length=32)
    entry_reason = models.CharField(max_length=500)
    entry_case_number = models.CharField(max_length=40)
    entry_instructions = models.CharField(max_length=500)
    entry_cautions = models.CharField(max_length=500, default="")
    entry_vehicle = models.CharField(max_length=120)
    entry_expires_at = models.DateTimeField(null=True)
    first_looks = models.JSONField(default=list)
    status_check_note = models.CharField(max_length=500, default="")
    disposition_note = models.CharField(max_length=500, default="")
    disposition_case_number = models.CharField(max_length=40, default="")

    class Meta:
        db_table = "hits"
        managed = False


class Alert(models.Model):
    """The notice of a hit to people; `number` is its ledger entry, so that numbers follow commit order.

    `changed_number` is the entry of its latest change: who comes back asks for what changed after the last number
    they know; `moved_number` is the entry of its latest move to other areas. `audience` and `areas` say for whom it
    is (`policy.audiences`); they and `last_seen_at` go with its day. `superseded_at` is when its camera had
    read the plate again, so that no read that stands supports it any more.
    """

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    number = models.BigIntegerField(unique=True)
    hit_seen_at = models.DateTimeField(null=True, blank=True)
    hit_id = models.UUIDField(null=True, blank=True)
    raised_at = models.DateTimeField()
    category = models.CharField(max_length=32)
    grade = models.CharField(max_length=32)
    priority = models.CharField(max_length=8)
    audience = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    areas = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    changed_number = models.BigIntegerField()
    moved_number = models.BigIntegerField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    sightings = models.PositiveIntegerField(default=1)
    escalated_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    characters = models.CharField(max_length=16, blank=True, default="")
    state = models.CharField(max_length=16, blank=True, default="")
    status_check = models.CharField(max_length=16, blank=True, default="")
    status_reason = models.CharField(max_length=16, blank=True, default="")
    superseded_at = models.DateTimeField(null=True, blank=True)
    disposed_at = models.DateTimeField(null=True, blank=True)
    disposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    finding = models.CharField(max_length=24, blank=True, default="")
    action_taken = models.CharField(max_length=24, blank=True, default="")
    basis = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        db_table = "alerts"
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["hit_seen_at"], name="alerts_by_capture_day"),
            models.Index(fields=["agency", "number"], condition=Q(disposed_at=None), name="alerts_open"),
            models.Index(fields=["agency", "changed_number"], name="alerts_by_change"),
        ]

    def __str__(self) -> str:
        return f"alert {self.number}"


class AlertOpening(models.Model):
    """Who has had an alert's images before their eyes; verification asks for it (HIT-2)."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="openings")
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "alert_openings"

    def __str__(self) -> str:
        return f"opening of {self.alert_id}"
