"""What a case number keeps beyond the thirty days: sealed copies, under the case's own key (RET-2)."""

from django.db import models

from platewarden.accounts.models import Agency


class Case(models.Model):
    """A case of the agency, known here by its number alone."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    number = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)

    class Meta:
        db_table = "cases"
        constraints = [models.UniqueConstraint(fields=["agency", "number"], name="one_case_a_number")]

    def __str__(self) -> str:
        return f"case {self.pk}"


class PreservedHit(models.Model):
    """A hit as it stood when a stop, an arrest or a recovery took it into a case.

    `facts` (JSON), `plate_image` and `vehicle_image` refer into the sealed store, under the case's key.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hits")
    alert_id = models.UUIDField(unique=True)
    preserved_at = models.DateTimeField()
    preserved_by = models.CharField(max_length=64)
    facts = models.CharField(max_length=96)
    plate_image = models.CharField(max_length=96)
    vehicle_image = models.CharField(max_length=96)

    class Meta:
        db_table = "preserved_hits"

    def __str__(self) -> str:
        return f"hit preserved in case {self.case_id}"


class CaseReport(models.Model):
    """The report of a hit, kept in its case: `sealed` refers to the PDF under the case's key, `entry` to the ledger."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    alert_id = models.UUIDField(db_index=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)
    sealed = models.CharField(max_length=96)
    digest = models.BinaryField(max_length=32)
    entry = models.BigIntegerField()

    class Meta:
        db_table = "case_reports"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"report in case {self.case_id}"
