"""Edge devices: their keys, the codes they enrol by, the settings they are given, and what they last said."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from platewarden.accounts.models import Agency, User


class Device(models.Model):
    """A box that reads for one camera or several.

    Which cameras those are, is said by the live credentials of the style ``device`` (`actions.cameras_of`): whoever
    gives a camera another credential takes it from its device.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="devices")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "devices"
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["agency", "code"], name="one_device_a_code")]

    def __str__(self) -> str:
        return self.name


class DeviceKey(models.Model):
    """A public Ed25519 key of a device, as a line of text (C2SP signed-note); an ended one still proves old reads."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="keys")
    verifier = models.CharField(max_length=240, unique=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "device_keys"
        ordering = ["-since", "-id"]

    def __str__(self) -> str:
        return f"key {self.pk} of device {self.device_id}"


class DeviceEnrolment(models.Model):
    """The digest of a one-time code with which a device enrols, for these cameras; its issuer answers for it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    cameras = ArrayField(models.BigIntegerField())
    digest = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "device_enrolments"
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return f"enrolment of {self.code}"


class DeviceSettings(models.Model):
    """One version of the settings of a device; the highest is the one it is given."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="settings")
    version = models.PositiveIntegerField()
    values = models.JSONField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=64)

    class Meta:
        db_table = "device_settings"
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["device", "version"], name="one_setting_a_version")]

    def __str__(self) -> str:
        return f"settings {self.version} of device {self.device_id}"


class DeviceState(models.Model):
    """What a device last said of itself, as counts and times without any plate; one row a device."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="state")
    reported_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict)
    wrong_signatures = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "device_states"

    def __str__(self) -> str:
        return f"state of device {self.device_id}"
