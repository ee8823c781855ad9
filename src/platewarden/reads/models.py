"""Reads and what goes with them; `reads` is partitioned by capture day (UTC)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from platewarden.accounts.models import Agency
from platewarden.cameras.models import Camera


class VehicleFacts(models.Model):
    """The vehicle characteristics that may be kept, and nothing else about a vehicle (CAP-2)."""

    vehicle_type = models.CharField(max_length=24, default="")
    vehicle_make = models.CharField(max_length=24, default="")
    vehicle_model = models.CharField(max_length=32, default="")
    vehicle_colour = models.CharField(max_length=24, default="")

    class Meta:
        abstract = True

    @property
    def vehicle(self) -> str:
        """The vehicle as the camera saw it, in words; empty when nothing of it was recognised."""
        return vehicle_in_words(self.vehicle_colour, self.vehicle_make, self.vehicle_model, self.vehicle_type)


def vehicle_in_words(colour: str, make: str, model: str, kind: str) -> str:
    """Return what is known of a vehicle, in words: a recogniser that cannot tell says ``unknown``."""
    return " ".join(part for part in (colour, make, model, kind) if part and part != "unknown")


class ReadFacts(VehicleFacts):
    """What one camera saw of one plate; a hit keeps a copy of the same facts."""

    plate = models.CharField(max_length=10)
    plate_as_read = models.CharField(max_length=32)
    confidence = models.FloatField()
    char_confidences = ArrayField(models.FloatField())
    alternates = models.JSONField(default=list)
    state = models.CharField(max_length=2, default="")
    state_confidence = models.FloatField(default=0.0)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    plate_image = models.CharField(max_length=96)
    vehicle_image = models.CharField(max_length=96)

    class Meta:
        abstract = True


class Read(ReadFacts):
    """One observation of one plate by one camera.

    `plate_image` and `vehicle_image` are references into the sealed store of the capture day.
    """

    pk = models.CompositePrimaryKey("agency_id", "seen_at", "id")
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING)
    seen_at = models.DateTimeField()
    id = models.UUIDField()
    received_at = models.DateTimeField()
    camera = models.ForeignKey(Camera, on_delete=models.DO_NOTHING)

    class Meta:
        db_table = "reads"
        managed = False


class Capture(models.Model):
    """The register of capture ids that makes submission idempotent; purged with its read.

    Where a device signed the read, it holds what the signature needs beside the read itself: the signature, the key
    (`devices.DeviceKey`), how far the device's clock was ahead, and whether it told its position.
    """

    pk = models.CompositePrimaryKey("agency_id", "camera_id", "capture_id")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT)
    capture_id = models.CharField(max_length=80)
    digest = models.BinaryField(max_length=32)
    read_id = models.UUIDField()
    seen_at = models.DateTimeField(db_index=True)
    signature = models.CharField(max_length=96, blank=True, default="")
    signed_by = models.BigIntegerField(null=True, blank=True)
    clock_offset_seconds = models.FloatField(null=True, blank=True)
    has_position = models.BooleanField(default=False)

    class Meta:
        db_table = "captures"


class Reading(models.Model):
    """One of the readings of a pass that its camera read more than once; purged with its read.

    Of the readings of a pass that of the highest revision stands; the others are kept until their day ends, and say in
    `superseded_by` which read has taken their place.
    """

    pk = models.CompositePrimaryKey("agency_id", "read_id")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    read_id = models.UUIDField()
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT)
    pass_id = models.CharField(max_length=80)
    revision = models.PositiveIntegerField()
    seen_at = models.DateTimeField(db_index=True)
    superseded_by = models.UUIDField(null=True, blank=True)

    class Meta:
        db_table = "readings"
        indexes = [models.Index(fields=["agency", "camera", "pass_id", "seen_at"], name="readings_by_pass")]

    def __str__(self) -> str:
        return f"reading {self.read_id}"


class PlateSeen(models.Model):
    """One row a plate: where patterns and near plates are looked up before the exact search."""

    pk = models.CompositePrimaryKey("agency_id", "plate")
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING)
    plate = models.CharField(max_length=10)
    skeleton = models.CharField(max_length=10)
    last_day = models.DateField()

    class Meta:
        db_table = "plates_seen"
        managed = False


class ReadCount(models.Model):
    """How many reads one camera submitted in one hour; `entry` is the ledger entry that says so."""

    pk = models.CompositePrimaryKey("agency_id", "camera_id", "hour")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    camera = models.ForeignKey(Camera, on_delete=models.PROTECT)
    hour = models.DateTimeField()
    reads = models.PositiveIntegerField()
    state_unknown = models.PositiveIntegerField()
    entry = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "read_counts"
