"""What a case number keeps beyond the thirty days: sealed copies, under the case's own key (RET-2)."""

from django.db import models

from platewarden.accounts.models import Agency, User


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

    `hit_id` is empty on the hit that the alert was raised by, and names each further sighting of the same alert, which
    the case gets with it. `facts` (JSON), `plate_image` and `vehicle_image` refer into the sealed store, under the
    case's key.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hits")
    alert_id = models.UUIDField()
    hit_id = models.UUIDField(null=True, blank=True)
    preserved_at = models.DateTimeField()
    preserved_by = models.CharField(max_length=64)
    facts = models.CharField(max_length=96)
    plate_image = models.CharField(max_length=96)
    vehicle_image = models.CharField(max_length=96)

    class Meta:
        db_table = "preserved_hits"
        constraints = [
            models.UniqueConstraint(
                fields=["alert_id", "hit_id"], nulls_distinct=False, name="one_copy_of_a_sighting"
            )
        ]

    def __str__(self) -> str:
        return f"hit preserved in case {self.case_id}"

    def name_of(self, part: str) -> str:
        """Return the name under which *part* of it is sealed: ``facts``, ``plate`` or ``vehicle``."""
        return f"{self.alert_id}/{self.hit_id}/{part}" if self.hit_id else f"{self.alert_id}/{part}"


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


class Hold(models.Model):
    """Reads kept for a case until `ends_at`: asked for by whoever works the case, placed by an administrator.

    It stands as asked for until `placed_at` or `declined_at`; once placed, until `ended_at`. `query_entry` is the
    ledger entry of the query that found its reads.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    query_entry = models.BigIntegerField()
    authority = models.CharField(max_length=16)
    authority_text = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    ends_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True, blank=True)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_because = models.CharField(max_length=500, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=500, blank=True, default="")
    reads_kept = models.PositiveIntegerField(default=0)
    reads_gone = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "holds"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def is_asked_for(self) -> bool:
        """Whether it waits for the administrator."""
        return self.placed_at is None and self.declined_at is None

    @property
    def is_in_force(self) -> bool:
        """Whether it keeps reads."""
        return self.placed_at is not None and self.ended_at is None


class WantedRead(models.Model):
    """A read that a hold asks for and that has not been moved; it goes when its day does."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="wanted")
    read_id = models.UUIDField()
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "wanted_reads"

    def __str__(self) -> str:
        return f"read wanted by hold {self.hold_id}"


class CaseRead(models.Model):
    """A read in a case: held while its hold lasts, or taken into the case file, which `taken_at` says.

    `facts` (JSON), `plate_image` and `vehicle_image` refer into the sealed store, under the case's key; a reference is
    empty where there was nothing to seal.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reads")
    read_id = models.UUIDField()
    seen_at = models.DateTimeField()
    query_entry = models.BigIntegerField()
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, blank=True, related_name="reads")
    kept_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.CharField(max_length=64, blank=True, default="")
    facts = models.CharField(max_length=96)
    plate_image = models.CharField(max_length=96, blank=True, default="")
    vehicle_image = models.CharField(max_length=96, blank=True, default="")

    class Meta:
        db_table = "case_reads"
        ordering = ["seen_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "read_id"], name="one_copy_of_a_read_a_case")]

    def __str__(self) -> str:
        return f"read in case {self.case_id}"

    @property
    def references(self) -> list[str]:
        """Everything it refers to in the sealed store."""
        return [name for name in (self.facts, self.plate_image, self.vehicle_image) if name]


class CaseExport(models.Model):
    """A copy of a case: made by the worker, sealed under the case's key until it is fetched or expires.

    `entry` is the ledger entry that it was asked for under. What was made stays on record - when, by whom, its digest -
    when its bytes are gone.
    """

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exports")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    entry = models.BigIntegerField()
    heard_of_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    size = models.BigIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    parts = models.JSONField(default=list, blank=True)

    class Meta:
        db_table = "case_exports"
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"export of case {self.case_id}"

    @property
    def is_running(self) -> bool:
        """Whether the worker has it still to make."""
        return self.ready_at is None and self.failed_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether it is there to be fetched."""
        return self.ready_at is not None and self.gone_at is None

    @property
    def percent(self) -> int:
        """How far it has come."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def name(self) -> str:
        """Name of the bag, and of the file that it is fetched as."""
        plain = "".join(char if char.isalnum() else "-" for char in self.case.number)
        return f"case-{plain}-export-{self.entry}"
