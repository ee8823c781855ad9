"""Lists, their loaded snapshots, and entries; only the current snapshot of a list can match."""

from django.db import models
from django.db.models import Q

from platewarden.accounts.models import Agency, User


class Hotlist(models.Model):
    """One list under one name from one source (HOT-1)."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="hotlists")
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=160)
    max_age_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    is_manual = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    class Meta:
        db_table = "hotlists"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="one_hotlist_a_name"),
            models.UniqueConstraint(
                fields=["agency"], condition=Q(is_manual=True), name="one_manual_hotlist"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Snapshot(models.Model):
    """One loaded version of a list; `is_current` says which one matches."""

    hotlist = models.ForeignKey(Hotlist, on_delete=models.PROTECT, related_name="snapshots")
    effective_at = models.DateTimeField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=64)
    file_name = models.CharField(max_length=160, blank=True, default="")
    file_digest = models.BinaryField(max_length=32)
    layout = models.CharField(max_length=32, blank=True, default="")
    accepted = models.PositiveIntegerField()
    repeated = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=dict)
    difference = models.JSONField(default=dict)
    is_current = models.BooleanField(default=True)

    class Meta:
        db_table = "hotlist_snapshots"
        ordering = ["-loaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["hotlist"], condition=Q(is_current=True), name="one_current_snapshot_a_hotlist"
            )
        ]

    def __str__(self) -> str:
        return f"snapshot {self.pk}"

    @property
    def left_out(self) -> int:
        """How many lines of the file were left out."""
        return sum(self.refused.values())


class Entry(models.Model):
    """One wanted plate on one snapshot; `plate_as_given` is shown, `plate` and `skeleton` match.

    `line` is its line in the file it came with, and `fingerprint` a number made of all it says, by which two
    versions of a list are compared; both are empty for an entry made by hand.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="entries")
    plate_as_given = models.CharField(max_length=32)
    plate = models.CharField(max_length=10)
    skeleton = models.CharField(max_length=10)
    state = models.CharField(max_length=2, blank=True, default="")
    category = models.CharField(max_length=32)
    priority = models.CharField(max_length=8, default="normal")
    reason = models.CharField(max_length=500, blank=True, default="")
    case_number = models.CharField(max_length=40, blank=True, default="")
    instructions = models.CharField(max_length=500, blank=True, default="")
    vehicle_type = models.CharField(max_length=24, blank=True, default="")
    vehicle_make = models.CharField(max_length=24, blank=True, default="")
    vehicle_model = models.CharField(max_length=32, blank=True, default="")
    vehicle_colour = models.CharField(max_length=24, blank=True, default="")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_exigent = models.BooleanField(default=False)
    line = models.PositiveIntegerField(null=True, blank=True)
    fingerprint = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "hotlist_entries"
        indexes = [models.Index(fields=["agency", "skeleton"], name="entries_by_skeleton")]

    def __str__(self) -> str:
        return f"entry {self.pk}"
