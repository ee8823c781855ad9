"""Reports on all searches of a period. Figures are frozen when they are drawn up; nothing changes once it is signed."""

from django.db import models
from django.db.models import Q

from platewarden.accounts.models import Agency, User
from platewarden.policy.halfyears import Period


class AuditReport(models.Model):
    """One report. A correction is another one of the same period, which names the one it corrects; both stay.

    `figures` and `summary` are frozen, `note` is the signed checkpoint that they were taken with. `pdf` are the bytes
    that were signed; their digest stands here and in the ledger's entry of the signature, which decides.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    begins_on = models.DateField()
    ends_on = models.DateField()
    edition = models.PositiveSmallIntegerField()
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    reason = models.TextField(max_length=2000, blank=True, default="")
    figures = models.JSONField()
    summary = models.JSONField()
    note = models.TextField(max_length=4000)
    is_invented = models.BooleanField(default=False)
    counted = models.PositiveIntegerField()
    on_ledger = models.PositiveIntegerField()
    built_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    built_at = models.DateTimeField()
    built_entry = models.BigIntegerField()
    conclusion = models.TextField(max_length=4000, blank=True, default="")
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_entry = models.BigIntegerField(null=True, blank=True)
    pdf = models.BinaryField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_entry = models.BigIntegerField(null=True, blank=True)
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)
    received_note = models.TextField(max_length=2000, blank=True, default="")
    received_entry = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "audit_reports"
        ordering = ["-begins_on", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "begins_on", "edition"], name="one_report_an_edition"),
            models.CheckConstraint(
                condition=Q(counted=models.F("on_ledger")), name="a_report_leaves_no_search_out"
            ),
            models.CheckConstraint(
                condition=Q(signed_at=None) | ~Q(sha256="") & Q(pdf__isnull=False, checked_at__isnull=False),
                name="signed_reports_are_checked_and_kept",
            ),
            models.CheckConstraint(
                condition=Q(received_at=None) | Q(signed_at__isnull=False), name="received_once_signed"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call it, e.g. ``AUD-2026-01-1``: the first month of its period, and the edition."""
        return f"AUD-{self.begins_on:%Y-%m}-{self.edition}"

    @property
    def period(self) -> Period:
        """The period that it is about."""
        return Period(self.begins_on, self.ends_on)

    @property
    def is_signed(self) -> bool:
        """Whether it has been signed, and with that delivered."""
        return self.signed_at is not None
