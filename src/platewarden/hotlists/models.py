"""Lists, their loaded snapshots, and entries; only the current snapshot of a list can match."""

from datetime import datetime, timedelta
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce

from platewarden.accounts.models import Agency, User
from platewarden.hotlists.parts import ENDS, FOUND_BY_PARTS, HEADLESS, TAILLESS
from platewarden.policy.hotlists import MAY_SURVIVE

LONGEST_LIFE: Final = timedelta(days=30)
"""What the database lets a manual entry last at most, whatever parameter is in force: its ceiling."""

LONGEST_WITHOUT_NUMBER: Final = timedelta(hours=24)
"""Likewise of an exigent entry without its number, unless its category is one that may survive."""

_BY_LIST: Final = Q(entered_by__isnull=True)
_FOUND_BY_PARTS: Final = Q(anchor="", category__in=[category.value for category in FOUND_BY_PARTS])


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


class Step(models.Model):
    """What distinguishes a snapshot from the one it replaced, kept a few days for cars that carry the older one."""

    snapshot = models.OneToOneField(Snapshot, on_delete=models.CASCADE, primary_key=True, related_name="step")
    since = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        db_table = "hotlist_steps"

    def __str__(self) -> str:
        return f"step to snapshot {self.snapshot_id}"


class Change(models.Model):
    """One entry that a step removed or added, by plate and fingerprint."""

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="changes")
    plate = models.CharField(max_length=10)
    fingerprint = models.BigIntegerField()
    is_removed = models.BooleanField()

    class Meta:
        db_table = "hotlist_changes"

    def __str__(self) -> str:
        return f"change {self.pk}"


class UploadState(models.TextChoices):
    """Where a file on its way onto a list stands; nothing of it matches before ``LOADED``."""

    WAITING = "waiting", "Waiting to be checked"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked: waits for your decision"
    CONFIRMED = "confirmed", "Waiting to be loaded"
    LOADING = "loading", "Being loaded"
    LOADED = "loaded", "Loaded: in use"
    REFUSED = "refused", "Refused: nothing was loaded"
    CANCELLED = "cancelled", "Cancelled: nothing was loaded"
    FAILED = "failed", "Broken off: nothing was loaded"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens with it."""
        return self in {self.LOADED, self.REFUSED, self.CANCELLED, self.FAILED}

    @property
    def is_running(self) -> bool:
        """Whether the worker has it, or is to take it up."""
        return self in {self.WAITING, self.CHECKING, self.CONFIRMED, self.LOADING}


class Upload(models.Model):
    """A file on its way onto a list: looked through, shown, confirmed, loaded; it waits in the spool meanwhile.

    `report` and `difference` name lines and numbers; `first` and `examples` hold plates for whoever decides, and
    are emptied when it is over. `compared_with` is the snapshot that the difference refers to.
    """

    id = models.UUIDField(primary_key=True)
    hotlist = models.ForeignKey(Hotlist, on_delete=models.PROTECT, related_name="uploads")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    file_name = models.CharField(max_length=160)
    file_digest = models.BinaryField(max_length=32, default=bytes)
    size = models.BigIntegerField()
    layout = models.CharField(max_length=32, blank=True, default="")
    category = models.CharField(max_length=32, blank=True, default="")
    state = models.CharField(max_length=12, choices=UploadState, default=UploadState.WAITING)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_cancelled = models.BooleanField(default=False)
    seen_bytes = models.BigIntegerField(default=0)
    heard_of_at = models.DateTimeField()
    report = models.JSONField(null=True, blank=True)
    difference = models.JSONField(default=dict)
    first = models.JSONField(default=list)
    examples = models.JSONField(default=dict)
    compared_with = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refusal = models.JSONField(null=True, blank=True)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "hotlist_uploads"
        ordering = ["-uploaded_at"]
        indexes = [
            models.Index(fields=["heard_of_at"], condition=Q(ended_at=None), name="hotlist_uploads_under_way")
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"


class Entry(models.Model):
    """One wanted plate on one snapshot; `plate_as_given` is shown, `plate` and `skeleton` match.

    `line` is its line in the file it came with, and `fingerprint` a number made of all it says, by which two
    versions of a list are compared; both are empty for an entry made by hand.

    A partial entry has a pattern for its `plate`, and an `anchor` by which it is found. What only entries made by
    hand have is empty on loaded ones; what those must have, the database asks for as well (HOT-2).

    That agency and snapshot exist is not asked for every one of millions of rows: an entry of neither would be found
    by nobody, and both are written before it in one transaction. Indexes are few, for a load pays for each.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    plate_as_given = models.CharField(max_length=32)
    plate = models.CharField(max_length=10)
    skeleton = models.CharField(max_length=10)
    anchor = models.CharField(max_length=4, blank=True, default="", db_default="")
    state = models.CharField(max_length=2, blank=True, default="")
    category = models.CharField(max_length=32)
    priority = models.CharField(max_length=8, default="normal")
    reason = models.CharField(max_length=500, blank=True, default="")
    case_number = models.CharField(max_length=40, blank=True, default="")
    instructions = models.CharField(max_length=500, blank=True, default="")
    cautions = models.CharField(max_length=500, blank=True, default="", db_default="")
    vehicle_type = models.CharField(max_length=24, blank=True, default="")
    vehicle_make = models.CharField(max_length=24, blank=True, default="")
    vehicle_model = models.CharField(max_length=32, blank=True, default="")
    vehicle_colour = models.CharField(max_length=24, blank=True, default="")
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    entered_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_exigent = models.BooleanField(default=False)
    line = models.PositiveIntegerField(null=True, blank=True)
    fingerprint = models.BigIntegerField(null=True, blank=True)
    audience = ArrayField(models.CharField(max_length=40), default=list, blank=True, db_default=[])
    needs_approval = models.BooleanField(default=False, db_default=False)
    approved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    renewed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "hotlist_entries"
        indexes = [
            models.Index(fields=["agency", "skeleton"], name="entries_by_skeleton"),
            models.Index(fields=["agency", "anchor"], condition=~Q(anchor=""), name="partial_entries"),
            *(
                models.Index(
                    F("agency"),
                    Func("skeleton", template=part),
                    condition=_FOUND_BY_PARTS,
                    name=f"entries_{name}",
                )
                for name, part in (("headless", HEADLESS), ("by_ends", ENDS), ("tailless", TAILLESS))
            ),
            models.Index(
                fields=["entered_by"], condition=Q(entered_by__isnull=False), name="entries_by_hand"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=_BY_LIST | (Q(reason__regex=r"\S") & ~Q(state="")),
                name="manual_entry_says_why_and_state",
            ),
            models.CheckConstraint(
                condition=_BY_LIST | ~Q(case_number="") | Q(is_exigent=True), name="manual_entry_has_number"
            ),
            models.CheckConstraint(
                condition=_BY_LIST
                | Q(
                    expires_at__isnull=False,
                    expires_at__lte=Coalesce(F("renewed_at"), F("entered_at")) + LONGEST_LIFE,
                ),
                name="manual_entry_ends_within_30_days",
            ),
            models.CheckConstraint(
                condition=_BY_LIST
                | Q(is_exigent=False)
                | Q(category__in=[category.value for category in MAY_SURVIVE])
                | Q(expires_at__lte=F("entered_at") + LONGEST_WITHOUT_NUMBER),
                name="exigent_entry_ends_within_a_day",
            ),
            models.CheckConstraint(condition=Q(anchor="") | ~_BY_LIST, name="partial_entry_is_by_hand"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("entered_by")),
                name="entrant_does_not_approve",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="approval_has_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"

    def is_over(self, *, now: datetime) -> bool:
        """Whether it has ended at *now*, by itself or by somebody's hand."""
        return self.withdrawn_at is not None or (self.expires_at is not None and self.expires_at <= now)

    @property
    def vehicle(self) -> str:
        """The vehicle as the entry describes it, in words; empty when it does not."""
        parts = (self.vehicle_colour, self.vehicle_make, self.vehicle_model, self.vehicle_type)
        return " ".join(part for part in parts if part)

    @property
    def is_partial(self) -> bool:
        """Whether it leaves characters of the plate open."""
        return bool(self.anchor)
