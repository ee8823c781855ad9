"""Cameras and the signed statements of what they look at."""

from django.db import models

from platewarden.accounts.models import Agency, User
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
    """One camera; it submits reads only while approved and under a valid statement."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="cameras")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in CameraKind])
    place = models.CharField(max_length=160)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    heading_degrees = models.PositiveSmallIntegerField(null=True, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="cameras")
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suspended_at = models.DateTimeField(null=True, blank=True)
    credential_digest = models.BinaryField(max_length=32, null=True, blank=True)
    credential_issued_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cameras"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="one_camera_a_code")]

    def __str__(self) -> str:
        return self.name


class FieldOfViewStatement(models.Model):
    """A dated statement that a camera sees public places only (CAP-1)."""

    camera = models.ForeignKey(Camera, on_delete=models.PROTECT, related_name="statements")
    text = models.TextField(max_length=2000)
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        db_table = "field_of_view_statements"
        ordering = ["-signed_at"]

    def __str__(self) -> str:
        return f"statement for camera {self.camera_id}"
