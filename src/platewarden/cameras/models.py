"""Cameras, what they look at and where they stand, what they are known by, and how they do."""

from django.db import models

from platewarden.accounts.models import Agency, User
from platewarden.policy.cameras import CredentialStyle, Protocol, Travel
from platewarden.policy.capture import CameraKind


class Area(models.Model):
    """A part of the county by which people on duty divide the alerts of cameras among themselves."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="areas")
    code = models.SlugField(max_length=24)
    name = models.CharField(max_length=60)

    class Meta:
        db_table = "areas"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="one_area_a_code")]

    def __str__(self) -> str:
        return self.name


class Camera(models.Model):
    """One camera; it submits reads only while approved and under a valid statement.

    What is registered of its place says where it looks from: a change of it is a move, after which nobody has yet
    signed what it sees (`moved_at`, CAP-1). `found_moved_at` is when it was found to be elsewhere than it should: it
    counts as a move until two people say that it was none (`MoveFinding`). `clock_zone` is the zone of times that the
    device sends without one.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="cameras")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in CameraKind])
    place = models.CharField(max_length=160)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    heading_degrees = models.PositiveSmallIntegerField(null=True, blank=True)
    lane = models.CharField(max_length=40, blank=True, default="")
    travel = models.CharField(
        max_length=12, blank=True, default="", choices=[(each.value, each.label) for each in Travel]
    )
    owner = models.CharField(max_length=80, blank=True, default="")
    make = models.CharField(max_length=40, blank=True, default="")
    model = models.CharField(max_length=60, blank=True, default="")
    protocol = models.CharField(
        max_length=16, default=Protocol.PLATEWARDEN, choices=[(each.value, each.label) for each in Protocol]
    )
    clock_zone = models.CharField(max_length=40, default="UTC")
    moved_at = models.DateTimeField(null=True, blank=True)
    found_moved_at = models.DateTimeField(null=True, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="cameras")
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cameras"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="one_camera_a_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_approved(self) -> bool:
        """Whether a second person let it submit, and nobody has suspended it since."""
        return self.approved_at is not None and self.suspended_at is None


class CameraCredential(models.Model):
    """A secret by which a camera is known, as a digest; it ends when another has taken its place, or at once."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="credentials")
    style = models.CharField(max_length=8, choices=[(each.value, each.label) for each in CredentialStyle])
    digest = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "camera_credentials"
        ordering = ["-issued_at", "-id"]

    def __str__(self) -> str:
        return f"credential {self.pk} of camera {self.camera_id}"


class Deployment(models.Model):
    """A portable camera set up at a place for a time, asked for by one person and authorised by another (CAP-5)."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="deployments")
    place = models.CharField(max_length=160)
    latitude = models.FloatField()
    longitude = models.FloatField()
    heading_degrees = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    authorised_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    authorised_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "deployments"
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="a_deployment_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"deployment {self.pk} of camera {self.camera_id}"


class FieldOfViewStatement(models.Model):
    """A dated statement that a camera sees public places only (CAP-1), signed by one person, approved by another.

    `still` is a reference into the sealed store, on a shelf of the statement's own; empty for the source of rendered
    pictures, which has no lens, and once the still has been destroyed at the end of its time (`still_destroyed_at`).
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="statements")
    deployment = models.ForeignKey(
        Deployment, on_delete=models.PROTECT, null=True, blank=True, related_name="statements"
    )
    text = models.TextField(max_length=2000)
    still = models.CharField(max_length=96, blank=True, default="")
    still_destroyed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "field_of_view_statements"
        ordering = ["-signed_at", "-id"]

    def __str__(self) -> str:
        return f"statement for camera {self.camera_id}"


class DeviceStill(models.Model):
    """A still that a device sent of what its camera sees, waiting for whoever signs that (CAP-1, CAP-4).

    `still` is a reference into the sealed store, on a shelf of its own; empty once it was used in `statement`, replaced
    by a later one, or destroyed unused. What stays then is that it was sent. `sent_digest` is of the file as the device
    signed it, `digest` of the picture that was made of it, both SHA-256 in hexadecimal.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="device_stills")
    device = models.SlugField(max_length=40)
    at = models.DateTimeField()
    is_asked_for = models.BooleanField()
    is_live = models.BooleanField()
    sent_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    painted = models.PositiveSmallIntegerField()
    still = models.CharField(max_length=96, blank=True, default="")
    statement = models.OneToOneField(
        FieldOfViewStatement, on_delete=models.PROTECT, null=True, blank=True, related_name="device_still"
    )

    class Meta:
        db_table = "device_stills"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"still {self.pk} that a device sent of camera {self.camera_id}"


class DeviceStillLook(models.Model):
    """That a person looked at a still that a device sent: nobody signs with what they have not looked at (CAP-1)."""

    sent = models.ForeignKey(DeviceStill, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "device_still_looks"
        constraints = [
            models.UniqueConstraint(fields=["sent", "user"], name="one_look_a_person_at_a_sent_still")
        ]

    def __str__(self) -> str:
        return f"look at the still {self.sent_id} of a device"


class StillLook(models.Model):
    """That a person looked at the still of a statement: nobody approves what they have not looked at (CAP-1)."""

    statement = models.ForeignKey(FieldOfViewStatement, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "still_looks"
        constraints = [models.UniqueConstraint(fields=["statement", "user"], name="one_look_a_person")]

    def __str__(self) -> str:
        return f"look at the still of statement {self.statement_id}"


class CameraPosition(models.Model):
    """How far from its registered place a camera last said that it is, and how often in a row that was too far.

    One row a camera that stays in one place and says where it is; no row: unknown. `away` deliveries in a row, the
    first of them of what it saw at `away_since`, said another place.
    """

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="position")
    reported_at = models.DateTimeField()
    metres = models.PositiveIntegerField()
    away = models.PositiveIntegerField(default=0)
    away_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "camera_positions"

    def __str__(self) -> str:
        return f"what camera {self.camera_id} says of its place"


class FoundBy(models.TextChoices):
    """By what a camera was found to have moved."""

    POSITION = "position", "what it says of its place"
    VIEW = "view", "what it sees"


class Settled(models.TextChoices):
    """How a finding ended."""

    UNMOVED = "unmoved", "two people said that it did not move"
    SIGNED = "signed", "what it sees was signed and approved anew"
    REGISTERED = "registered", "its place in the register was changed"


class MoveFinding(models.Model):
    """That a camera seems to have moved (CAP-1), what people said of it, and how that ended.

    By its position it counts as moved; what it sees is less sure, and is for people to look at. `metres` is of the one,
    `share_percent` and `shift_permille` are of the other: how much of its still it sees, and how far that has shifted.

    `latitude` and `longitude` are where the camera said it was, to about ten metres: its own place, of no vehicle. Of
    a finding that two people denied they are a place that it says wrongly, which is not looked at again.
    """

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="findings")
    found_by = models.CharField(max_length=8, choices=FoundBy.choices)
    found_at = models.DateTimeField()
    metres = models.PositiveIntegerField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    share_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    shift_permille = models.PositiveSmallIntegerField(null=True, blank=True)
    unmoved_why = models.CharField(max_length=300, blank=True, default="")
    unmoved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unmoved_at = models.DateTimeField(null=True, blank=True)
    settled = models.CharField(max_length=10, blank=True, default="", choices=Settled.choices)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "camera_move_findings"
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["camera", "found_by"],
                condition=models.Q(settled_at__isnull=True),
                name="one_open_finding_a_camera",
            )
        ]

    def __str__(self) -> str:
        return f"finding {self.pk} that camera {self.camera_id} moved"


class StatementView(models.Model):
    """The fingerprint of a statement's still: where edges run in it, coarsely (`edge.views.fingerprint`).

    Boxes are handed it, to compare what they see. It goes with its still.
    """

    statement = models.OneToOneField(
        FieldOfViewStatement, on_delete=models.CASCADE, primary_key=True, related_name="view"
    )
    fingerprint = models.BinaryField(max_length=3888)

    class Meta:
        db_table = "statement_views"

    def __str__(self) -> str:
        return f"fingerprint of the still of statement {self.statement_id}"


class CameraView(models.Model):
    """What the box of a camera last said of its view, against the still of a statement; one row a camera.

    `state` is one of `edge.views.fingerprint.View`; `fitted_at` is when it last said that the view fits.
    """

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="view")
    statement = models.ForeignKey(FieldOfViewStatement, on_delete=models.CASCADE, related_name="+")
    reported_at = models.DateTimeField()
    state = models.CharField(max_length=8)
    share_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    shift_permille = models.PositiveSmallIntegerField(null=True, blank=True)
    fitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "camera_views"

    def __str__(self) -> str:
        return f"what camera {self.camera_id} sees"


class CameraContact(models.Model):
    """When a camera was last heard from, and what it said of itself; one row a camera."""

    camera = models.OneToOneField(Camera, on_delete=models.CASCADE, primary_key=True, related_name="contact")
    heard_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    version = models.CharField(max_length=40, default="")

    class Meta:
        db_table = "camera_contacts"

    def __str__(self) -> str:
        return f"last contact of camera {self.camera_id}"


class CameraHour(models.Model):
    """What one camera delivered in one hour, as counts and times without any plate; it may outlive the reads.

    Sums are kept beside their counts, so that means can be taken over any span: `delay_ms` over `delayed` reads,
    `skew_ms` over `compared` looks at its clock (positive: its clock is ahead). `worst_skew_ms` is the one farthest
    from zero. Reads themselves are counted in `read_counts`.
    """

    pk = models.CompositePrimaryKey("camera_id", "hour")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=0)
    heartbeats = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    delayed = models.PositiveIntegerField(default=0)
    delay_ms = models.BigIntegerField(default=0)
    worst_delay_ms = models.BigIntegerField(default=0)
    compared = models.PositiveIntegerField(default=0)
    skew_ms = models.BigIntegerField(default=0)
    worst_skew_ms = models.BigIntegerField(default=0)

    class Meta:
        db_table = "camera_hours"

    def __str__(self) -> str:
        return f"an hour of camera {self.camera_id}"


class DroppedField(models.Model):
    """How often, in one hour, one camera sent a field that may not be kept; its name, never what was in it (CAP-2)."""

    pk = models.CompositePrimaryKey("camera_id", "hour", "name")
    camera = models.ForeignKey(Camera, on_delete=models.CASCADE, related_name="dropped_fields")
    hour = models.DateTimeField()
    name = models.CharField(max_length=48)
    times = models.PositiveIntegerField()

    class Meta:
        db_table = "camera_dropped_fields"

    def __str__(self) -> str:
        return f"a field dropped from camera {self.camera_id}"
